"""One file becomes one Document: read, cleaned, freed of page chrome, outlined, with the map back to its raw text.

Knows the order of these steps and nothing of how each is done.
"""

from __future__ import annotations

import re
from pathlib import Path

from index.chrome import chrome_edits
from index.clean import clean
from index.outline import outline
from index.read import RawText, read
from index.records import Document, Spot
from index.textmap import Edit, TextMap, apply


def load_document(path: Path) -> Document:
    """The document of the file at `path`; its id is the file's stem. UserError as `read` raises it."""
    return assemble(read(path), path)


def assemble(raw: RawText, path: Path) -> Document:
    """The document of what was read from `path`."""
    cleaned = clean(raw.text)
    edits = chrome_edits(cleaned.text)
    text, unchromed = apply(cleaned.text, edits)
    to_raw = unchromed.compose(cleaned.map)
    told = outline(text, path.stem, _marked(raw, text, to_raw))
    return Document(
        id=path.stem,
        title=told.title,
        text=text,
        year=told.year,
        date=told.date,
        place=told.place,
        speaker=told.speaker,
        sections=told.sections,
        glossary=told.glossary,
        spots=_moved(cleaned.spots, edits),
        map=to_raw,
        filename=path.name,
        encoding=raw.encoding,
        digest=raw.digest,
        pages=tuple(to_raw.position(page) for page in _pages(raw)),
    )


def _pages(raw: RawText) -> tuple[int, ...]:
    """Where the pages of the raw text begin; a plain text has pages where it has form feeds."""
    if raw.pages or "\f" not in raw.text:
        return raw.pages
    return (0, *(match.end() for match in re.finditer("\f", raw.text)))


def _marked(raw: RawText, text: str, to_raw: TextMap) -> dict[int, int]:
    """The levels of the headings that the file marks, by where they begin in `text`; those not kept are left out.

    A file whose lines are headings for the greater part marks its looks with them, not its structure.
    """
    if len(raw.headings) * 2 > raw.text.count("\n"):
        return {}
    marked = {}
    for offset, level in raw.headings:
        at = to_raw.position(offset)
        while at < len(text) and text[at].isspace() and text[at] != "\n":
            at += 1
        if at < len(text) and to_raw.source_span(at, at + 1)[0] < raw.text.find("\n", offset):
            marked[at] = level
    return marked


def _moved(spots: tuple[Spot, ...], edits: list[Edit]) -> tuple[Spot, ...]:
    """`spots` where they lie after `edits`; a spot inside a dropped stretch is dropped with it."""
    moved: list[Spot] = []
    shift, waiting = 0, sorted(edits, key=lambda e: (e.start, e.end))
    for spot in sorted(spots, key=lambda s: s.start):
        while waiting and waiting[0].end <= spot.start:
            edit = waiting.pop(0)
            shift += len(edit.text) - (edit.end - edit.start)
        inside = sum(len(e.text) - (e.end - e.start) for e in waiting if spot.start <= e.start and e.end <= spot.end)
        if not (waiting and waiting[0].start <= spot.start and spot.end <= waiting[0].end):
            moved.append(Spot(spot.start + shift, spot.end + shift + inside, spot.raw, spot.repaired))
    return tuple(moved)
