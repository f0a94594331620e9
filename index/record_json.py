"""A Document as a value of JSON and back. Knows records only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from index.records import Document, GlossaryEntry, Section, Spot
from index.textmap import TextMap


def value_of(document: Document) -> dict[str, Any]:
    """All fields of `document`."""
    return {
        "id": document.id,
        "title": document.title,
        "year": document.year,
        "date": document.date,
        "place": document.place,
        "speaker": document.speaker,
        "filename": document.filename,
        "encoding": document.encoding,
        "digest": document.digest,
        "text": document.text,
        "sections": [[list(s.path), s.start, s.end, s.kind, s.period] for s in document.sections],
        "glossary": [[g.term, g.start, g.end] for g in document.glossary],
        "spots": [[s.start, s.end, s.raw, s.repaired] for s in document.spots],
        "map": [list(segment) for segment in document.map.segments],
        "pages": list(document.pages),
    }


def document_of(value: Mapping[str, Any]) -> Document:
    """The document that `value_of` told. TypeError, ValueError or KeyError where `value` is none."""
    return Document(
        **{
            **value,
            "sections": tuple(Section(tuple(p), a, b, kind, period) for p, a, b, kind, period in value["sections"]),
            "glossary": tuple(GlossaryEntry(*entry) for entry in value["glossary"]),
            "spots": tuple(Spot(*spot) for spot in value["spots"]),
            "pages": tuple(value["pages"]),
            "map": TextMap(tuple((a, b, c, d) for a, b, c, d in value["map"])),
        }
    )
