"""An XLSX file becomes lines, a row each, under the names of its sheets. Knows cells and nothing of what they say.

python-calamine is the library; formulas are read as the values that were saved with them.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from index.content import Content, Lines, damaged
from index.errors import UserError
from index.formats import Format, SheetFormats, sheet_formats
from index.tables import table_lines

_MAX_CELLS = 5_000_000


def read_workbook(data: bytes, path: Path) -> Content:
    """The rows of all sheets that are not hidden, figures as the sheet shows them; a sheet's name is above its rows.

    A name that a new sheet has by itself is left out. UserError where the file cannot be opened or claims more cells
    than fit into memory.
    """
    formats = _formats(data, path)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        sheets = [(name, _rows(book.get_sheet_by_name(name), formats[name].cells)) for name in shown if name in formats]
    except (CalamineError, OSError, ValueError) as error:
        raise damaged(path, "XLSX", error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the library's Rust code gave up; it is no Exception
            raise
        raise damaged(path, "XLSX", ValueError("its sheets contradict each other")) from error
    lines = Lines()
    for name, rows in sheets:
        if any(any(row) for row in rows):
            if not name.lower().startswith(("sheet", "工作表")):
                lines.add(name, 1)
            for line in table_lines(rows):
                lines.add(line)
    return lines.content()


def _formats(data: bytes, path: Path) -> dict[str, SheetFormats]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            formats = dict(sheet_formats(archive))
    except (KeyError, ValueError, ElementTree.ParseError) as error:
        raise damaged(path, "XLSX", error) from error
    for name, sheet in formats.items():
        if sheet.rows * sheet.columns > _MAX_CELLS:  # the library lays out every cell before the last one
            found = f"{path} has a sheet {name} of {sheet.rows:,} rows and {sheet.columns:,} columns"
            raise UserError(found, f"at most {_MAX_CELLS:,} cells", "Delete the empty rows and columns, or split it.")
    return formats


def _rows(sheet: CalamineSheet, formats: Mapping[tuple[int, int], Format]) -> list[list[str]]:
    """All cells as words; a merged cell stands in every place that it covers."""
    table = [
        [_words(value, formats.get((at, column))) for column, value in enumerate(row)]
        for at, row in enumerate(sheet.to_python(skip_empty_area=False))
    ]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top >= len(table) or left >= len(table[top]):
            continue
        for row in table[top : bottom + 1]:
            row[left : right + 1] = [table[top][left]] * len(row[left : right + 1])
    return table


def _words(value: object, shown: Format | None) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):  # 15 digits are what the format keeps of a number
        return shown.shown(value) if shown else f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.time() else "%Y-%m-%d %H:%M")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value).strip()
