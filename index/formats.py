"""How the figures of an XLSX file are shown, as percentages and with how many decimals: its library does not tell.

Reads the parts of the archive that say so, and no cell's content but its place and style.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_PLACE, _STYLE = re.compile(rb'\br="([A-Z]{1,4})([0-9]{1,9})"'), re.compile(rb'\bs="([0-9]{1,6})"')
_FIXED = re.compile(r"[#,0 ]*0(?:\.(0+))?([%％]?)[_) \\]*")
# Formats that every file has without writing them down (ECMA-376 part 1, 18.8.30).
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}


@dataclass(frozen=True, slots=True)
class Format:
    """A fixed number of decimals, after the value was taken times a hundred where `percent`."""

    decimals: int
    percent: bool

    def shown(self, value: float) -> str:
        """`value` as the sheet shows it, without marks between thousands."""
        return f"{value * 100:.{self.decimals}f}%" if self.percent else f"{value:.{self.decimals}f}"


@dataclass(frozen=True, slots=True)
class SheetFormats:
    """`cells` are those with a fixed format, by row and column from 0; `rows` and `columns` the sheet's extent."""

    rows: int
    columns: int
    cells: Mapping[tuple[int, int], Format]


def sheet_formats(archive: zipfile.ZipFile) -> Iterator[tuple[str, SheetFormats]]:
    """Name and formats of each sheet. KeyError, ValueError or ParseError where the archive is no workbook."""
    styles = _styles(archive)
    links = {
        link.get("Id"): (link.get("Target") or "").removeprefix("/")
        for link in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        target = links.get(sheet.get(_RELATION), "")
        member = target if target.startswith("xl/") else str(PurePosixPath("xl") / target)
        if member in archive.namelist():
            yield sheet.get("name") or "", _formats(archive.read(member), styles)


def _formats(xml: bytes, styles: Mapping[int, Format]) -> SheetFormats:
    rows = columns = 0
    cells = {}
    for match in _CELL.finditer(xml):
        place = _PLACE.search(match[1])
        if place is None:
            continue
        row, column = int(place[2]), _column(place[1])
        rows, columns = max(rows, row), max(columns, column)
        style = _STYLE.search(match[1])
        if style and int(style[1]) in styles:
            cells[row - 1, column - 1] = styles[int(style[1])]
    return SheetFormats(rows, columns, cells)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _styles(archive: zipfile.ZipFile) -> dict[int, Format]:
    """The styles of cells that fix a format, by their number."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    codes = _BUILT_IN | {int(f.get("numFmtId", "0")): f.get("formatCode", "") for f in root.iter(f"{_MAIN}numFmt")}
    styles = {}
    for number, style in enumerate(root.findall(f"{_MAIN}cellXfs/{_MAIN}xf")):
        fixed = _FIXED.fullmatch(codes.get(int(style.get("numFmtId", "0")), "").split(";")[0])
        if fixed:
            styles[number] = Format(len(fixed[1] or ""), bool(fixed[2]))
    return styles
