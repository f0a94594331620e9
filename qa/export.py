"""Sheets of cells → CSV, XLSX and Markdown: no cell is a formula, and none looks like something else.

The only importer of xlsxwriter. Knows cells; it must not know answers or reports.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter

from index.fold import fold

# A spreadsheet takes a cell that begins so for a formula, also after blanks and in full width.
_FORMULA = re.compile(r"\s*[=+\-@]|[\t\r\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_LONGEST = 32767  # characters that XLSX allows in a cell
_FORMAT_LONGEST = 200  # characters of a number's words that fit into its format
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # written as the file's time, so that the same table gives the same bytes


@dataclass(frozen=True, slots=True)
class Value:
    """A cell: its words, and the number that they tell, by which a spreadsheet sorts; None where they tell none.

    `notes` are what stands behind the words; Markdown makes footnotes of them.
    """

    words: str
    number: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A head and rows of as many cells; `below` are lines of text that belong under the table."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    below: tuple[str, ...] = ()


def to_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it; a cell that would be a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[_harmless(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook; a cell with a number is that number, shown as its words. The same sheets give the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties({"created": _EPOCH})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.name))
        page.freeze_panes(1, 1)
        page.set_column(0, 0, 18)
        page.set_column(1, max(len(sheet.head) - 1, 1), 28)
        for column, words in enumerate(sheet.head):
            page.write_string(0, column, words[:_LONGEST], head)
        for at, row in enumerate(sheet.rows, 1):
            for column, cell in enumerate(row):
                if cell.number is None or len(cell.words) > _FORMAT_LONGEST or '"' in cell.words:
                    page.write_string(at, column, cell.words[:_LONGEST], plain)
                else:
                    shown = {"num_format": f'"{cell.words}"', "valign": "top", "align": "left"}
                    page.write_number(at, column, cell.number, book.add_format(shown))
        for at, line in enumerate(sheet.below, len(sheet.rows) + 2):
            page.write_string(at, 0, line[:_LONGEST])
    book.close()
    return out.getvalue()


def to_markdown(sheet: Sheet) -> str:
    """A Markdown table whose cells' notes are footnotes, numbered through, then the lines below it."""
    notes: list[str] = []
    lines = [_line([markdown(words) for words in sheet.head]), _line(["---"] * len(sheet.head))]
    for row in sheet.rows:
        cells = []
        for cell in row:
            marks = ""
            for note in cell.notes:
                notes.append(f"[^{len(notes) + 1}]: {markdown(note)}")
                marks += f"[^{len(notes)}]"
            cells.append(markdown(cell.words) + marks)
        lines.append(_line(cells))
    return "\n\n".join(["\n".join(lines), *map(markdown, sheet.below), *notes]) + "\n"


def markdown(text: str) -> str:
    """`text` in one line, so that Markdown shows exactly it: no link, picture, emphasis, element or cell's edge."""
    escaped = re.sub(r"([\\`*_\[\]<>#|~$!&])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d+)(?=[.)](?:\s|$))|^(?=[-+])", lambda found: f"{found[0]}\\", escaped)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(fold(cell)) and not _PLAIN_NUMBER.fullmatch(cell) else cell


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31] or "1"
