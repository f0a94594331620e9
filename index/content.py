"""What a reader of a file kind hands over: the text, and what the kind knows besides it. Knows no kind.

Offsets are in characters of `Content.text`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.errors import UserError

MEBIBYTE = 1 << 20
MAX_BYTES = 100 * MEBIBYTE  # of a file as it lies on the disk
MAX_UNPACKED = 300 * MEBIBYTE  # of all members of an archive together
MAX_PAGES = 3000
MAX_CHARACTERS = 20_000_000


@dataclass(frozen=True, slots=True)
class Content:
    """`encoding` is the codec of the bytes, "" for kinds that have none.

    `headings` are `(offset of the line, level from 1)` of the lines that the file marks as headings; `pages` the
    offsets at which the pages begin, the first of them 0, or empty for kinds without pages. Both ascend. `recognised`
    counts the pages that were read from their pictures.
    """

    text: str
    encoding: str = ""
    headings: tuple[tuple[int, int], ...] = ()
    pages: tuple[int, ...] = ()
    recognised: int = 0


Reader = Callable[[bytes, Path], Content]


class Lines:
    """Gathers lines, and the heading levels of some of them, into a Content."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 0
        self._headings: list[tuple[int, int]] = []

    def add(self, line: str, level: int = 0) -> None:
        """One line, without its break; a blank one is left out. `level` from 1 marks a heading."""
        if not line.strip():
            return
        if level:
            self._headings.append((self._size, level))
        self._parts.append(f"{line}\n")
        self._size += len(line) + 1

    def content(self, encoding: str = "") -> Content:
        """What was gathered so far."""
        return Content("".join(self._parts), encoding, tuple(self._headings))


def damaged(path: Path, kind: str, error: Exception) -> UserError:
    """The error for a file that the library of its kind cannot open."""
    reason = " ".join(str(error).split())[:120] or type(error).__name__
    return UserError(f"{path} is damaged ({reason})", f"a whole {kind} file", "Open it, save it again, and retry.")
