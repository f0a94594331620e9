"""A map from positions of an edited text back to the text it was made from. Knows strings only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `source[start:end]` by `text`; an empty `text` drops the stretch."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class TextMap:
    """Segments `(start, end, source_start, source_end)` that cover the edited text in order, both sides ascending.

    A segment of equal length on both sides stands character for character; any other maps as a whole. Dropped source
    characters lie between segments.
    """

    segments: tuple[tuple[int, int, int, int], ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [segment[0] for segment in self.segments]

    @cached_property
    def _ends(self) -> list[int]:
        return [segment[1] for segment in self.segments]

    @cached_property
    def _source_ends(self) -> list[int]:
        return [segment[3] for segment in self.segments]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The smallest stretch of the source that `text[start:end]` was made from; `start == end` gives a point."""
        if not self.segments:
            return (0, 0)
        first = self.segments[max(bisect_right(self._starts, start) - 1, 0)]
        last = self.segments[min(bisect_left(self._ends, end), len(self.segments) - 1)] if end > start else first
        return _point(first, start, low=True), max(_point(first, start, low=True), _point(last, end, low=False))

    def position(self, source: int) -> int:
        """The first position of the text made from the source's character `source`, or from what follows it.

        The text's length where nothing that follows was kept.
        """
        at = bisect_right(self._source_ends, source)
        if at == len(self.segments):
            return self._ends[-1] if self._ends else 0
        start, end, source_start, source_end = self.segments[at]
        straight = end - start == source_end - source_start
        return start + max(source - source_start, 0) if straight else start

    def compose(self, inner: TextMap) -> TextMap:
        """This map of an edited text, read through `inner` (the map of the text that it was made from)."""
        segments: list[tuple[int, int, int, int]] = []
        for start, end, source_start, source_end in self.segments:
            if end - start != source_end - source_start:
                segments += _as_a_whole(start, end, *inner.source_span(source_start, source_end))
                continue
            at = source_start
            while at < source_end:
                piece = inner.segments[max(bisect_right(inner._starts, at) - 1, 0)]
                upto = min(piece[1], source_end)
                here, there = start + at - source_start, start + upto - source_start
                if piece[1] - piece[0] == piece[3] - piece[2]:
                    segments.append((here, there, piece[2] + at - piece[0], piece[2] + upto - piece[0]))
                else:
                    segments += _as_a_whole(here, there, piece[2], piece[3])
                at = upto
        return TextMap(tuple(_joined(segments)))


def identity(text: str) -> TextMap:
    """The map of an unedited text."""
    return TextMap(((0, len(text), 0, len(text)),) if text else ())


def apply(text: str, edits: Iterable[Edit]) -> tuple[str, TextMap]:
    """`text` with all `edits` made, and its map. Edits must not overlap; ValueError where they do."""
    out: list[str] = []
    segments: list[tuple[int, int, int, int]] = []
    at = here = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if edit.start < at or edit.end < edit.start or edit.end > len(text):
            raise ValueError(f"edit {edit} overlaps the one before it or leaves the text")
        if edit.start > at:
            segments.append((here, here + edit.start - at, at, edit.start))
            out.append(text[at : edit.start])
            here += edit.start - at
        if edit.text:
            segments.append((here, here + len(edit.text), edit.start, edit.end))
            out.append(edit.text)
            here += len(edit.text)
        at = edit.end
    if at < len(text):
        segments.append((here, here + len(text) - at, at, len(text)))
        out.append(text[at:])
    return "".join(out), TextMap(tuple(_joined(segments)))


def _point(segment: tuple[int, int, int, int], position: int, *, low: bool) -> int:
    start, end, source_start, source_end = segment
    if end - start == source_end - source_start:
        return source_start + min(max(position - start, 0), end - start)
    return source_start if low and position < end else source_end


def _as_a_whole(start: int, end: int, source_start: int, source_end: int) -> list[tuple[int, int, int, int]]:
    """A segment that maps as a whole: cut in two where both sides happen to be equally long, for it would not then."""
    if end - start > 1 and end - start == source_end - source_start:
        return [(start, start + 1, source_start, source_end), (start + 1, end, source_start, source_end)]
    return [(start, end, source_start, source_end)]


def _joined(segments: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Neighbouring one-to-one segments that continue each other become one."""
    out: list[tuple[int, int, int, int]] = []
    for segment in segments:
        if out:
            a, b, c, d = out[-1]
            straight = b - a == d - c and segment[1] - segment[0] == segment[3] - segment[2]
            if straight and b == segment[0] and d == segment[2]:
                out[-1] = (a, segment[1], c, segment[3])
                continue
        out.append(segment)
    return out
