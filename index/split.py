"""Sections become passages, and stretches become sentences and clauses, all of them spans of the text. Knows no files.

The only importer of langchain_text_splitters; nothing here changes a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from index.records import Document, Passage

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

# Patterns, from the strongest boundary to the weakest. ASCII marks stand where a source writes them for full-width
# ones; between figures or letters they are part of a number, a time or a name.
_ITEM_MARK = "[一二三四五六七八九十]{1,2}是"
_SEPARATORS = (
    r"\n\n",
    r"\n",
    rf"(?<=[。！？!?；;：:])(?={_ITEM_MARK})",  # before 二是…: the head of an item goes with what it heads
    r"。",
    r"[！!]",
    r"[？?]",
    r"[；;]",
    r"，|,(?![0-9])|(?<![0-9]),",
    "",
)
SIZE = 120  # characters of a passage at most
LEAD = 30  # characters at most of the clause that tells what the rest of an item or sentence is about
_CLOSERS = "”’」』》）】\u3015)\"'"
_SENTENCE_END = re.compile(rf"(?:[。！？!?；;…]|\n)+[{_CLOSERS}]*")
_ITEM = re.compile(rf"(?<![^。！？!?；;：:\n]){_ITEM_MARK}")
_FULL_STOP = re.compile(rf"(?:[。！？!?]|\n)+[{_CLOSERS}]*")
_CLAUSE_END = re.compile(rf"{_SENTENCE_END.pattern}|(?:[，：]|(?<![0-9])[,:]|[,:](?![0-9]))+[{_CLOSERS}]*")


def split(document: Document, size: int = SIZE) -> tuple[Passage, ...]:
    """The passages of `document` in order, at most `size` characters each before trimming, none across a section.

    Every character that is not a blank lies in exactly one passage.
    """
    return tuple(
        Passage(document.id, start, end)
        for section in document.sections
        for start, end in pieces(document.text, section.start, section.end, size)
    )


def pieces(text: str, start: int, end: int, size: int = SIZE) -> list[tuple[int, int]]:
    """Spans that cover `text[start:end]`, cut at the strongest boundary that fits `size`; blank ones are left out."""
    spans: list[tuple[int, int]] = []
    at = start
    for piece in _splitter(size).split_text(text[start:end]):
        spans += _trimmed(text, at, at + len(piece))
        at += len(piece)
    if at != end:
        raise RuntimeError(f"the splitter returned {at - start} of {end - start} characters")
    return spans


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the sentences of `text[start:end]`, in order, trimmed; the mark and closing quotes stay with them."""
    return list(_cut(text, start, end, _SENTENCE_END))


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the clauses of `text[start:end]`: as sentences, and cut at commas and colons outside numbers."""
    return list(_cut(text, start, end, _CLAUSE_END))


def lead(text: str, low: int, start: int) -> tuple[int, int]:
    """The span of the words before a passage that begins at `start` which say what it is about, none before `low`.

    That is the first clause, at most LEAD characters, of the item in which it lies (二是建设法治型政府) or of the
    sentence out of which it is cut (今年主要预期目标是); (start, start) where there is neither, or where the clause
    tells a figure of its own.
    """
    if _ITEM.match(text, start):
        return start, start
    low = max(low, text.rfind("\n", low, start) + 1)
    begins = [match.start() for match in _ITEM.finditer(text, low, start)]
    begins = begins or [match.end() for match in _FULL_STOP.finditer(text, low, start)] or [low]
    begin, end = next(iter(clauses(text, begins[-1], start)), (start, start))
    told = re.search(r"\d(?!\d{0,3}年)", text[begin:end])
    return (start, start) if told else (begin, min(end, begin + LEAD))


def _cut(text: str, start: int, end: int, boundary: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    at = start
    for match in boundary.finditer(text, start, end):
        yield from _trimmed(text, at, match.end())
        at = match.end()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> list[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [(start, end)] if start < end else []


def ready() -> None:
    """Loads the library that cuts."""
    _splitter(SIZE)


@lru_cache(maxsize=8)
def _splitter(size: int) -> RecursiveCharacterTextSplitter:
    # Here, since it takes a third of a second to import and only the processes that read files cut anything.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(
        separators=list(_SEPARATORS),
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=size,
        chunk_overlap=0,
        strip_whitespace=False,
    )
