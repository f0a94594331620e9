"""The lines of a text that hold anything, and what a heading among them is. Knows no words.

Matching is done on a folded copy of each line, character for character, so that positions stay those of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from index.fold import fold

# Ranks, outermost first; a heading closes every open heading of its own rank or deeper.
PART, MAIN, CHAPTER, ARTICLE, ITEM, SUBITEM, LEAD = range(7)
LEVELS = 6  # of headings that a file may mark

_MARKDOWN = re.compile(r"(#{1,6})[ \t]+(?=\S)")
# Every blank of Unicode and the marks without width that pages leave at the ends of lines.
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: `[start, end)` with its line break, `[first, last)` without blanks around it.

    `mark` is the level of a line that the file marks as a heading, 0 for other lines; the number signs of Markdown lie
    before `first`.
    """

    start: int
    end: int
    first: int
    last: int
    text: str
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """`line` is an index into the lines. `back` marks annexes and glossaries; `run_in` goes on as a paragraph.

    Without a `title` it ends the headings of its rank: what follows belongs to the one above them.
    """

    line: int
    rank: int
    title: str
    run_in: bool
    back: bool = False


def lines_of(text: str, marked: Mapping[int, int] | None = None) -> list[Line]:
    """The lines of `text` that hold anything, in order; `Line.text` is folded.

    `marked` tells the levels of the lines that the file itself marks as headings, by the offset of a line's first
    character that is not blank.
    """
    found: list[Line] = []
    marked = marked or {}
    at = 0
    for raw in text.splitlines(keepends=True):
        body = raw.strip(_BLANKS)
        if body:
            mark = _MARKDOWN.match(body)
            last = at + raw.index(body) + len(body)
            body = body[mark.end() :] if mark else body
            level = len(mark[1]) if mark else min(marked.get(last - len(body), 0), LEVELS)
            found.append(Line(at, at + len(raw), last - len(body), last, fold(body), level))
        at += len(raw)
    return found


def title_of(text: str, line: Line, length: int) -> str:
    """The first `length` characters of a line as a heading's words, as written."""
    return " ".join(text[line.first : line.first + length].rstrip("。. ").split())
