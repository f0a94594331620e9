"""Tells whether two documents say the same: one report from two sites, in two formats, in two scripts.

Compares sketches, the smallest hashes of a text's overlapping pieces (bottom-k MinHash, Broder 1997), which are small
enough to be kept for every document of an index. Knows texts, and nothing of files and indexes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.fold import fold
from index.records import Document

_PIECE = 8  # characters; pieces of two reports of one place and of following years agree for less than a fifth
_KEPT, _KEPT_FIGURES = 256, 64  # hashes; 256 tell a share to about three hundredths
_SAME, _SAME_FIGURES = 0.75, 0.75
_SHORT = 200  # hashes below which a text has to agree wholly
_FEW_FIGURES = 8
_SHARED = (
    16  # smallest hashes; two texts that share three quarters of their pieces have one in common but for 1 in 10^9
)
_NOT_WORDS = re.compile(r"[\W_]+")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Sketch:
    """The smallest hashes of a document's pieces and of its figures, ascending, with the facts that must not differ."""

    pieces: tuple[int, ...]
    figures: tuple[int, ...]
    year: int
    place: str


def sketch(document: Document) -> Sketch:
    """The sketch of `document`; the same for the same text, whatever its script, width of marks and line breaks."""
    words = _NOT_WORDS.sub("", fold(document.text))
    codes = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    count = max(len(codes) - _PIECE + 1, min(len(codes), 1))
    hashes = np.zeros(count, dtype=np.uint64)
    for step in range(_PIECE):
        part = codes[step : step + count]
        hashes[: len(part)] = hashes[: len(part)] * _BASE + part
    numbers = {figure for figure in _FIGURE.findall(fold(document.text)) if len(figure) > 1}
    figures = np.array([int(figure.replace(".", "1000"), 10) % (1 << 63) for figure in numbers], dtype=np.uint64)
    return Sketch(_smallest(hashes, _KEPT), _smallest(figures, _KEPT_FIGURES), document.year, document.place)


def same(a: Sketch, b: Sketch) -> bool:
    """Whether the two documents say the same.

    Papers of one form that differ in their figures, their year or their place are different papers.
    """
    if (a.year and b.year and a.year != b.year) or (a.place and b.place and a.place != b.place):
        return False
    if min(len(a.pieces), len(b.pieces)) < _SHORT:
        return a.pieces == b.pieces and a.figures == b.figures
    if set(a.pieces[:_SHARED]).isdisjoint(b.pieces[:_SHARED]):
        return False
    if max(len(a.figures), len(b.figures)) >= _FEW_FIGURES and likeness(a.figures, b.figures) < _SAME_FIGURES:
        return False
    return likeness(a.pieces, b.pieces) >= _SAME


def first_same(own: Sketch, others: Mapping[str, Sketch], digests: Mapping[str, str], digest: str) -> str:
    """The id of the first of `others` that says the same as `own` or has its file's `digest`; "" where none does."""
    return next((name for name in others if digests.get(name) == digest or same(own, others[name])), "")


def likeness(a: Iterable[int], b: Iterable[int]) -> float:
    """The share of pieces that two texts have in common (Jaccard), estimated from their smallest hashes."""
    ours, theirs = set(a), set(b)
    union = sorted(ours | theirs)[: min(len(ours), len(theirs))]
    return sum(1 for number in union if number in ours and number in theirs) / max(len(union), 1)


def _smallest(values: NDArray[np.uint64], count: int) -> tuple[int, ...]:
    """The `count` smallest of the mixed values (the finalizer of splitmix64), each once, as 32-bit numbers."""
    mixed = values + _BASE
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    short = np.unique((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32))
    return tuple(int(value) for value in short[:count])
