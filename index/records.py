"""The nouns of the index: frozen records that know nothing of files, models or questions.

A position is always an offset in characters of `Document.text`; spans are half open, `text[start:end]`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from index.textmap import TextMap


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the source that was damaged. `repaired` is empty when it could not be restored with confidence."""

    start: int
    end: int
    raw: str
    repaired: str


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One term of the 名词解释: the entry's span in the text, and the term as written there."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the report under one heading.

    `path` holds the headings from the outermost to this one, as written. `kind` is one of preamble, body, problems,
    closing, glossary, annex. `period` is what the section speaks of: a year or years and "result" or "plan", such as
    "2022 result" or "2026-2030 plan", or "" where it speaks of none. Sections follow each other without overlap and
    cover the text.
    """

    path: tuple[str, ...]
    start: int
    end: int
    kind: str
    period: str


@dataclass(frozen=True)
class Document:
    """A report as the index keeps it. `text` is what is searched, cited and shown; `map` leads back to `raw`.

    `year` is the year the report was given in (its plan's year), 0 where the text does not tell; `place` the county,
    city, province or country; `date` in ISO form or "". `digest` is the SHA-256 of the original file's bytes. `pages`
    are the positions at which the pages of the original begin, ascending, empty for kinds of file without pages.
    """

    id: str
    title: str
    text: str
    year: int
    date: str
    place: str
    speaker: str
    sections: tuple[Section, ...]
    glossary: tuple[GlossaryEntry, ...]
    spots: tuple[Spot, ...]
    map: TextMap
    filename: str
    encoding: str
    digest: str
    pages: tuple[int, ...] = ()

    @cached_property
    def _starts(self) -> list[int]:
        return [section.start for section in self.sections]

    def page_at(self, position: int) -> int:
        """The number of the page that holds `position`, from 1; 0 where the original has no pages."""
        return bisect_right(self.pages, position)

    def section_at(self, position: int) -> Section:
        """The section that holds `position`."""
        return self.sections[max(bisect_right(self._starts, position) - 1, 0)]


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document, the unit of search. Its text is `document.text[start:end]`."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. `score` ranks (higher is better); `dense` is the cosine, `lexical` the BM25 score.

    A channel that did not return the passage among its own nearest reads 0.0.
    """

    passage: Passage
    score: float
    dense: float = 0.0
    lexical: float = 0.0
