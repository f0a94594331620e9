"""Where a report has a place of its own for what is asked: the glossary's entry, or what it admits."""

from __future__ import annotations

from collections.abc import Iterable

from index.records import Document
from qa.failings import AS_REPORTS_ASK, asks_failings, failings
from qa.glossary import asked_entry
from qa.question import Part


def own_places(documents: Iterable[Document], part: Part) -> dict[str, tuple[int, int]]:
    """By document, start and end of the entry that explains the term asked for, or of what the document admits."""
    if part.kind == "meaning":
        entries = ((one.id, asked_entry(one, part.asked)) for one in documents)
        return {name: (entry.start, entry.end) for name, entry in entries if entry}
    if not asks_failings(part.asked):
        return {}
    return {one.id: (told.start, told.end) for one in documents if (told := failings(one))}


def in_its_words(part: Part) -> str:
    """The folded question as it is searched and read: in reports' own words where it asks for what they admit."""
    return AS_REPORTS_ASK if asks_failings(part.asked) else part.words
