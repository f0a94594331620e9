"""The shapes of replies about documents: the list, what became of a file that was sent, the outline.

Knows pydantic; it must not know routes or how a document is read.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class DocumentObject(BaseModel):
    """A document of the index. `year` is 0 and a text "" where the report does not tell; `pages` 0 without pages."""

    id: str
    title: str
    place: str
    year: int
    date: str
    speaker: str
    characters: int
    sections: int
    pages: int
    filename: str
    encoding: str
    sha256: str


class DocumentList(BaseModel):
    """Documents in the index's order; `total` counts all of them."""

    documents: list[DocumentObject]
    total: int


class TakenObject(BaseModel):
    """What became of one file. `status`: added, replaced, duplicate (of `duplicate_of`), previewed or refused."""

    filename: str
    status: Literal["added", "replaced", "duplicate", "previewed", "refused"]
    document: DocumentObject | None
    kind: str
    encoding: str
    characters: int
    dropped: int
    headings: int
    suspicious: int
    duplicate_of: str
    error: str


class TakenReply(BaseModel):
    """The files of one upload, in their order."""

    files: list[TakenObject]


class SectionObject(BaseModel):
    """A stretch of the report under one heading; `page` 0 where the original has no pages."""

    path: list[str]
    start: int
    end: int
    kind: str
    period: str
    page: int


class TermObject(BaseModel):
    """An entry of the report's glossary."""

    term: str
    start: int
    end: int


class Outline(BaseModel):
    """The sections in reading order, covering the text, and the glossary."""

    document: str
    sections: list[SectionObject]
    glossary: list[TermObject]
