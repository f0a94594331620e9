"""CSV and workbook question lists, as clerks keep them. Only importer of python-calamine; knows no measure.

python-calamine (MIT, one wheel, nothing else with it) reads XLSX and also the XLS and ODS that offices still send.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, load_workbook

from index.errors import UserError

HEADINGS = {
    "id": ("id", "编号", "序号", "题号"),
    "question": ("question", "问题", "提问", "题目"),
    "doc": ("doc", "document", "文档", "报告", "文件"),
    "type": ("type", "类型", "题型"),
    "answers": ("answers", "answer", "答案", "参考答案", "标准答案"),
    "answers_all": ("answers_all", "全部答案", "要点"),
    "evidence": ("evidence", "原文", "依据", "出处", "原文依据"),
    "history": ("history", "上文", "前文", "历史"),
    "wrong": ("wrong", "错误答案", "干扰项"),
}
_LISTS = ("answers", "answers_all", "evidence", "history", "wrong")


def sheet_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | ValueError]]:
    """Rows `(row number as the sheet counts, row)` of the first sheet, whose first filled row holds the headings.

    Headings are the contract's names or the Chinese ones in `HEADINGS`; other columns are ignored. Several values in
    one cell stand on lines of their own, or are parted by `|`. A row without an id takes its row number.
    UserError when the file cannot be read or has no column of questions.
    """
    table = _csv(path) if path.suffix.lower() in {".csv", ".tsv"} else _workbook(path)
    filled = ((number, cells) for number, cells in enumerate(table, 1) if any(cells))
    head = next(filled, (0, []))[1]
    names = [_field(cell) for cell in head]
    if "question" not in names:
        shown = "、".join(cell for cell in head if cell) or "nothing"
        raise UserError(f"{path} with the headings {shown}", "a column `question` or 问题", "Add a row of headings.")
    for number, cells in filled:
        row: dict[str, Any] = {}
        for name, cell in zip(names, cells, strict=False):
            if name and cell:
                row[name] = _values(cell) if name in _LISTS else cell
        yield number, {"id": f"row{number}"} | row


def _field(heading: str) -> str:
    plain = heading.strip().lower()
    return next((name for name, known in HEADINGS.items() if plain in known), "")


def _values(cell: str) -> list[str]:
    return [
        part.strip() for line in cell.splitlines() for part in line.replace("\uff5c", "|").split("|") if part.strip()
    ]


def _csv(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):  # Excel on Chinese Windows writes GB18030
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UserError(f"{path} is neither UTF-8 nor GB18030", "a CSV in one of them", "Save it as UTF-8.")
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


def _workbook(path: Path) -> list[list[str]]:
    try:
        rows = load_workbook(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except BaseException as error:
        # The library's Rust code may give up on a damaged file with a PanicException, which is no Exception.
        if not isinstance(error, (CalamineError, OSError)) and type(error).__name__ != "PanicException":
            raise
        reason = " ".join(str(error).split())
        raise UserError(f"{path} cannot be read ({reason})", "a workbook", "Save it again as XLSX.") from None
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: object) -> str:
    # A workbook knows numbers only as floats: an id typed as 7 must not become 7.0.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
