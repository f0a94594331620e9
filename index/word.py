"""A DOCX file becomes lines: paragraphs with automatic numbers, headings by style, tables as rows, notes at the end.

The only importer of python-docx; knows nothing of what the lines say.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.oxml import parse_xml

from index.content import Content, Lines, damaged
from index.errors import UserError
from index.numerals import counted
from index.tables import table_lines, table_unit

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
# Deleted words, the far end of moved ones, and second forms of the same drawing are not part of the text.
_SKIPPED = {_FALLBACK, *(_W + name for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText", "tcPr"))}
_BODY_LEVEL = 9  # outline levels are 0 to 8; 9 says body text
_NOTES = (("footnotes", "footnote"), ("endnotes", "endnote"))
_MOST_COLUMNS = 500
Element = Any  # lxml has no types of its own


def read_word(data: bytes, path: Path) -> Content:
    """The text of a DOCX file in reading order. UserError where it cannot be opened.

    A note's mark stays at its place as [n]; the notes themselves follow the text under a line 注释. Text boxes follow
    their paragraph.
    """
    try:
        document = docx.Document(io.BytesIO(data))
        walker = _Walker(document.part)
        body = document.element.body
    except Exception as error:  # python-docx lets through whatever zipfile, lxml and its own part loader raise
        raise damaged(path, "DOCX", error) from error
    if body is None:
        raise UserError(f"{path} has no body", "a DOCX file with text", "Open it, save it again, and retry.")
    walker.block(body)
    walker.notes()
    return walker.lines.content()


class _Walker:
    """Walks the body once, in order; counts automatic numbers and notes as it meets them."""

    def __init__(self, part: Any) -> None:
        self.lines = Lines()
        self._related = {
            relation.reltype.removeprefix(_RELATION): parse_xml(relation.target_part.blob)
            for relation in part.rels.values()
            if not relation.is_external
            and relation.reltype.removeprefix(_RELATION) in ("numbering", "styles", "footnotes", "endnotes")
        }
        self._styles = {s.get(_W + "styleId"): s for s in self._of("styles", "style")}
        self._numbering = _Numbering(self._of("numbering", "abstractNum"), self._of("numbering", "num"))
        self._marks: list[tuple[str, str]] = []  # kind and id of the notes, in the order of their marks
        self._unit = ""

    def block(self, parent: Element) -> None:
        """The paragraphs and tables in `parent`, through content controls and tracked insertions."""
        for child in parent:
            if child.tag == _W + "p":
                self._paragraph(child)
            elif child.tag == _W + "tbl":
                for line in table_lines(*_grid(child, self._cell), self._unit):
                    self.lines.add(line)
                self._unit = ""
            elif child.tag not in _SKIPPED and isinstance(child.tag, str):
                self.block(child)

    def notes(self) -> None:
        """The notes whose marks were met, numbered in that order."""
        bodies: dict[tuple[str, str], Element] = {}
        for part, tag in _NOTES:
            bodies |= {(tag, note.get(_W + "id")): note for note in self._of(part, tag)}
        found = [(n, bodies[mark]) for n, mark in enumerate(self._marks, 1) if mark in bodies]
        if found:
            self.lines.add("注释", 1)
        for n, note in found:
            words = " ".join(" ".join(self._text(p).split()) for p in note.iter(_W + "p"))
            self.lines.add(f"[{n}]{words}")

    def _of(self, part: str, tag: str) -> list[Element]:
        root = self._related.get(part)
        return [] if root is None else root.findall(_W + tag)

    def _paragraph(self, paragraph: Element) -> None:
        if self._is_contents(paragraph):
            return
        words = self._text(paragraph)
        number = self._numbering.next(*self._numbered(paragraph)) if words.strip() else ""
        pieces = f"{number}{words}".split("\n")
        level = self._level(paragraph)
        for piece in pieces:
            self.lines.add(piece.rstrip(), level if len(pieces) == 1 else 0)
        if words.strip():
            self._unit = table_unit(words)
        for box in paragraph.iter(_W + "txbxContent"):
            if not any(a.tag in _SKIPPED for a in box.iterancestors()):
                self.block(box)

    def _text(self, parent: Element) -> str:
        return "".join(self._pieces(parent))

    def _pieces(self, parent: Element) -> Iterator[str]:
        for child in parent:
            tag = child.tag
            if tag == _W + "t":
                yield child.text or ""
            elif tag in (_W + "br", _W + "cr"):
                yield "\n"
            elif tag == _W + "tab":
                yield "\t"
            elif tag == _W + "noBreakHyphen":
                yield "-"
            elif tag in (_W + "footnoteReference", _W + "endnoteReference"):
                self._marks.append((tag.removeprefix(_W).removesuffix("Reference"), child.get(_W + "id")))
                yield f"[{len(self._marks)}]"
            elif tag not in _SKIPPED and tag != _W + "txbxContent" and isinstance(tag, str):
                yield from self._pieces(child)

    def _cell(self, cell: Element) -> str:
        """A cell's paragraphs in one line; those of a table inside it too."""
        words = [self._text(p) for p in cell.iter(_W + "p") if not any(a.tag in _SKIPPED for a in p.iterancestors())]
        return " ".join(w for w in words if w.strip())

    def _chain(self, paragraph: Element) -> Iterator[Element]:
        """The properties that hold for a paragraph, nearest first: its own, its style's, the styles' it is based on."""
        own = paragraph.find(_W + "pPr")
        style = None
        if own is not None:
            yield own
            style = own.find(_W + "pStyle")
        seen: set[str] = set()
        name: str | None = style.get(_W + "val") if style is not None else None
        while name is not None and name in self._styles and name not in seen:
            seen.add(name)
            properties = self._styles[name].find(_W + "pPr")
            if properties is not None:
                yield properties
            based = self._styles[name].find(_W + "basedOn")
            name = based.get(_W + "val") if based is not None else None

    def _level(self, paragraph: Element) -> int:
        for properties in self._chain(paragraph):
            level = _number(properties, "outlineLvl", -1)
            if level >= 0:
                return level + 1 if level < _BODY_LEVEL else 0
        return 0

    def _is_contents(self, paragraph: Element) -> bool:
        """Whether the paragraph is a line of an automatic table of contents, whose styles are named toc 1 to toc 9."""
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        found = self._styles.get(style.get(_W + "val")) if style is not None else None
        name = found.find(_W + "name") if found is not None else None
        return name is not None and (name.get(_W + "val") or "").lower().startswith("toc ")

    def _numbered(self, paragraph: Element) -> tuple[str, int]:
        """The list and the level in it that the paragraph is numbered by; an empty name where it is not."""
        for properties in self._chain(paragraph):
            numbering = properties.find(_W + "numPr")
            if numbering is not None:
                name = numbering.find(_W + "numId")
                return (name.get(_W + "val") or "" if name is not None else ""), _number(numbering, "ilvl", 0)
        return "", 0


class _Numbering:
    """The automatic numbers of paragraphs, which DOCX keeps as rules and not as text."""

    def __init__(self, abstract: list[Element], lists: list[Element]) -> None:
        rules = {a.get(_W + "abstractNumId"): a for a in abstract}
        self._lists: dict[str, tuple[str, dict[int, tuple[str, str, int]]]] = {}
        for one in lists:
            link = one.find(_W + "abstractNumId")
            name = link.get(_W + "val") if link is not None else ""
            if name in rules:
                levels = {_attribute(v, "ilvl"): _rule(v) for v in rules[name].findall(_W + "lvl")}
                self._lists[one.get(_W + "numId")] = (name, levels)
        self._counts: dict[str, dict[int, int]] = {}

    def next(self, name: str, level: int) -> str:
        """The number in front of the next paragraph of list `name` at `level`, such as "一、"; "" for bullets."""
        if name not in self._lists or level not in self._lists[name][1]:
            return ""
        shared, levels = self._lists[name]
        counts = self._counts.setdefault(shared, {})
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        kind, shape, _ = levels[level]
        if kind in ("bullet", "none"):
            return ""
        for at, (own, _, start) in levels.items():
            shape = shape.replace(f"%{at + 1}", counted(counts.get(at, start), own))
        return shape


def _rule(level: Element) -> tuple[str, str, int]:
    """A level's format, the shape of its number with %1 for the first level's, and its first number."""
    kind, shape = level.find(_W + "numFmt"), level.find(_W + "lvlText")
    return (
        kind.get(_W + "val") or "decimal" if kind is not None else "decimal",
        shape.get(_W + "val") or "" if shape is not None else "",
        _number(level, "start", 1),
    )


def _grid(table: Element, words: Any) -> tuple[list[list[str]], int]:
    """The cells of `table` with merged ones in every place they cover, and the number of its marked heading rows."""
    rows: list[list[str]] = []
    heads = 0
    for row in table.iter(_W + "tr"):
        if next(row.iterancestors(_W + "tbl")) is not table:
            continue
        cells: list[str] = []
        for cell in (c for c in row.iter(_W + "tc") if next(c.iterancestors(_W + "tr")) is row):
            properties = cell.find(_W + "tcPr")
            span, merge = 1, None
            if properties is not None:
                span = min(max(_number(properties, "gridSpan", 1), 1), _MOST_COLUMNS)
                merge = properties.find(_W + "vMerge")
            above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else ""
            joined = merge is not None and merge.get(_W + "val") != "restart"
            cells += [above if joined else words(cell)] * span
        marked = row.find(f"{_W}trPr/{_W}tblHeader")
        heads += int(marked is not None and heads == len(rows))
        rows.append(cells)
    return rows, heads


def _number(parent: Element, tag: str, default: int) -> int:
    found = parent.find(_W + tag)
    return default if found is None else _attribute(found, "val", default)


def _attribute(element: Element, name: str, default: int = 0) -> int:
    try:
        return int(element.get(_W + name))
    except (TypeError, ValueError):
        return default
