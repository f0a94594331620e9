"""Where a report has a place of its own for what is asked: the glossary's entry, or what it admits."""

from __future__ import annotations

from index.records import Document
from qa.failings import AS_REPORTS_ASK, asks_failings, failings
from qa.glossary import asked_entry
from qa.question import Part


def own_place(document: Document, part: Part) -> tuple[int, int] | None:
    """Start and end of the entry that explains the term asked for, or of what the document admits; None without."""
    if part.kind == "meaning":
        entry = asked_entry(document, part.asked)
        return (entry.start, entry.end) if entry else None
    told = failings(document) if asks_failings(part.asked) else None
    return (told.start, told.end) if told else None


def in_its_words(part: Part) -> str:
    """The folded question as it is searched and read: in reports' own words where it asks for what they admit."""
    return AS_REPORTS_ASK if asks_failings(part.asked) else part.words
