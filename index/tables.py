"""Tables become lines that can be quoted alone: each value with its column's heading and its unit. Knows strings only.

A table is a list of rows of cells; a merged cell stands in every place that it covers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Row = Sequence[str]
_FIGURE = re.compile(r"[-+\u2212±约超近]?[\d,，.．]*\d[%％‰]?")
_HEADING_UNIT = re.compile(r"^(.*?\S)\s*[(（]\s*(?:单位[:：])?\s*([^()（）\d]{1,8})\s*[)）]$")
_TABLE_UNIT = re.compile(r"^[(（]?(?:计量)?单位\s*[:：]\s*([^\s、,，/()（）]{1,8})[)）]?$")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位|單位")
_NO_UNIT = re.compile(r"[-—/、.\s]*|无|無")
_LONGEST_HEADING = 40


def table_lines(rows: Sequence[Row], heads: int = 0, unit: str = "") -> list[str]:
    """One line a row: `heading：value；heading：value。`, a figure followed by its unit.

    `heads` is the number of heading rows where the source tells it; otherwise a first row of words above a row with
    figures, or of three or more columns, is taken for one. The unit of a figure is that of its row (a column 单位),
    else of its heading, as in 产值（亿元）, else `unit` or what a row such as 单位：亿元 says. Rows without headings
    keep their cells in order.
    """
    table = [[" ".join(cell.split()) for cell in row] for row in rows]
    table = _without_blank_columns([row for row in table if any(row)])
    lines: list[str] = []
    while len(table) > 1 and len(table[0]) > 1 and len(set(filled := list(filter(None, table[0])))) == 1:
        words = filled[0]  # a title or a unit over the whole width
        table.pop(0)
        heads = max(heads - 1, 0)
        stated = _TABLE_UNIT.match(words)
        unit = stated[1] if stated else unit
        lines.append(words)
    heads = min(heads, len(table) - 1) if heads else int(_has_heading(table))
    names, units = _headings(table[:heads])
    unit_column = next((at for at, name in enumerate(names) if _UNIT_COLUMN.fullmatch(name)), -1)
    for row in table[heads:]:
        of_row = row[unit_column] if 0 <= unit_column < len(row) else ""
        of_row = "" if _NO_UNIT.fullmatch(of_row) or len(of_row) > 8 else of_row
        lines.append(_line(row, names, [of_row or own or unit for own in units], unit))
    return [line for line in lines if line]


def table_unit(line: str) -> str:
    """The unit that a line such as 单位：亿元 states for the table below it, or ""."""
    stated = _TABLE_UNIT.match(line.strip())
    return stated[1] if stated else ""


def _line(row: Row, names: Row, units: Row, unit: str) -> str:
    cells: list[str] = []
    if not names and len(row) == 2 and row[0] and row[1] and len(row[0]) <= _LONGEST_HEADING:
        value = row[1] + (unit if _is_figure(row[1]) else "")
        return _closed(f"{row[0].rstrip(':：')}：{value}")
    before = ""
    for at, value in enumerate(row):
        name = names[at] if at < len(names) else ""
        shown = value + (units[at] if at < len(units) and _is_figure(value) and value[-1] not in "%％‰" else "")
        cell = f"{name}：{shown}" if name and name != value else shown
        if value and cell != before:  # one merged cell over several columns is told once
            cells.append(cell)
        before = cell
    return _closed("；".join(cells))


def _closed(line: str) -> str:
    """A row is a sentence of its own; the full stop keeps it apart from the next one."""
    return line if not line or line[-1] in "。！？；!?;" else f"{line}。"


def _headings(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Names and units of the columns; of several heading rows the distinct words are joined, the upper ones first."""
    names: list[str] = []
    units: list[str] = []
    for column in zip(*rows, strict=True) if rows else ():
        words = " ".join(_distinct([word for word in column if word]))
        match = _HEADING_UNIT.match(words)
        names.append(match[1] if match else words)
        units.append(match[2] if match else "")
    return names, units


def _has_heading(table: Sequence[Row]) -> bool:
    if len(table) < 2 or len(table[0]) < 2:
        return False
    first, rest = table[0], table[1:]
    if any(_is_figure(cell) or len(cell) > _LONGEST_HEADING for cell in first) or len(_distinct(first)) < len(first):
        return False
    if not all(first[1:]):
        return False
    # Two columns of words are as often a form, its labels on the left, as a table with headings.
    return len(first) > 2 or any(_is_figure(cell) for row in rest for cell in row[1:])


def _is_figure(cell: str) -> bool:
    return bool(_FIGURE.fullmatch(cell))


def _distinct(cells: Row) -> list[str]:
    return list(dict.fromkeys(cells))


def _without_blank_columns(table: list[list[str]]) -> list[list[str]]:
    """Rows of one length, without the columns that hold nothing."""
    width = max((len(row) for row in table), default=0)
    full = [row + [""] * (width - len(row)) for row in table]
    kept = [at for at in range(width) if any(row[at] for row in full)]
    return [[row[at] for at in kept] for row in full]
