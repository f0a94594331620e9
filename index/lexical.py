"""Terms → numbers and BM25 scores, from plain arrays that can be changed by parts. Knows no passages.

Terms are overlapping pairs of Han characters and whole Latin words and figures, of folded text: measured better on
Chinese questions than a segmenter's words, and nothing has to be guessed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import UserError
from index.fold import fold

Numbers = NDArray[np.int64]
_RUNS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[a-z]+|[0-9]+(?:\.[0-9]+)?")
_K1, _B = 1.2, 0.75  # Robertson's, as most engines have them
_MOST = np.iinfo(np.uint16).max


def terms(text: str) -> list[str]:
    """The terms of `text` in order: character bigrams of Han runs (a run of one stays), words and figures."""
    out: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if run[0].isascii() or len(run) == 1:
            out.append(run)
        else:
            out.extend(run[i : i + 2] for i in range(len(run) - 1))
    return out


@dataclass(frozen=True)
class Lexical:
    """A BM25 index of texts that go by the numbers 0, 1, 2…; equal texts under equal numbers are equal arrays.

    `keys` are the digests of the terms, ascending. The texts that hold `keys[i]` are the ascending
    `numbers[starts[i]:starts[i + 1]]`, and how often they do stands in `counts`. `lengths` are the texts' numbers of
    terms.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    numbers: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int32]

    @classmethod
    def build(cls, texts: Sequence[str]) -> Lexical:
        """Of `texts`, which go by their positions."""
        nothing = cls(*(np.zeros(n, dtype=kind) for n, kind in zip((0, 1, 0, 0, 0), _KINDS, strict=True)))
        return nothing.changed(np.zeros(0, dtype=np.int64), dict(enumerate(texts)))

    def changed(self, moved: Numbers, fresh: dict[int, str]) -> Lexical:
        """With every text of number n under `moved[n]`, left out where that is -1, and `fresh` ones under theirs.

        The numbers that stay must keep their order, and all together be 0, 1, 2…. What stays is copied, not made anew.
        """
        lengths = np.zeros(int((moved >= 0).sum()) + len(fresh), dtype=np.int32)
        lengths[moved[moved >= 0]] = self.lengths[moved >= 0]
        keys, numbers, counts = _postings(fresh, lengths)
        there = moved[self.numbers] >= 0 if len(self.numbers) else np.zeros(0, dtype=bool)
        holders = np.diff(np.append(0, np.cumsum(there))[self.starts])  # texts that stay, a term
        all_keys = np.union1d(self.keys[holders > 0], keys)
        # One number for term and text together, by which both the old postings and the new ones ascend.
        stride = max(len(lengths), 1)
        old = np.repeat(np.searchsorted(all_keys, self.keys[holders > 0]), holders[holders > 0]) * stride
        old += moved[self.numbers[there]]
        new = np.searchsorted(all_keys, keys) * stride + numbers
        order = np.argsort(new, kind="stable")
        at = np.searchsorted(old, new[order])
        places = np.insert(old, at, new[order])
        return Lexical(
            all_keys,
            np.searchsorted(places, np.arange(len(all_keys) + 1) * stride).astype(np.int64),
            (places % stride).astype(np.int32),
            np.insert(self.counts[there], at, counts[order]),
            lengths,
        )

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        """From a folder; UserError when it is missing or damaged."""
        try:
            parts = [np.load(folder / f"{field.name}.npy", allow_pickle=False) for field in fields(cls)]
            found = cls(*parts)
            fits = (
                all(part.ndim == 1 and part.dtype == kind for part, kind in zip(parts, _KINDS, strict=True))
                and len(found.starts) == len(found.keys) + 1
                and len(found.numbers) == len(found.counts) == found.starts[-1]
            )
            if not fits:
                raise ValueError("the arrays do not fit each other")
        except (ValueError, OSError, EOFError, IndexError) as error:
            raise UserError(
                f"the lexical index {folder.name} cannot be read", "whole arrays", "Build the index again."
            ) from error
        return found

    def save(self, folder: Path) -> None:
        """Write into `folder`, made here. OSError where that fails."""
        folder.mkdir()
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name), allow_pickle=False)

    @property
    def count(self) -> int:
        """How many texts there are."""
        return len(self.lengths)

    @cached_property
    def _norms(self) -> NDArray[np.float64]:
        lengths = self.lengths.astype(np.float64)
        return _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()), 1e-9))

    def search(self, text: str, k: int, among: Numbers | None = None) -> list[tuple[int, float]]:
        """The `k` best numbers with their BM25 scores, best first and of equal ones the smaller number first.

        `among` (ascending) limits the search to those numbers. The score is Robertson's, with
        ln(1 + (N - n + 0.5) / (n + 0.5)) for a term that n of N texts hold, over all texts.
        """
        scores = np.zeros(self.count)
        for term, weight in sorted(Counter(terms(text)).items()):
            key = _key(term)
            at = int(np.searchsorted(self.keys, key))
            if at == len(self.keys) or self.keys[at] != key:
                continue
            span = slice(int(self.starts[at]), int(self.starts[at + 1]))
            holders = span.stop - span.start
            idf = math.log(1 + (self.count - holders + 0.5) / (holders + 0.5))
            held, counts = self.numbers[span], self.counts[span].astype(np.float64)
            scores[held] += weight * idf * counts * (_K1 + 1) / (counts + self._norms[held])
        if among is not None:
            among = among[among < self.count]
        numbers = np.flatnonzero(scores) if among is None else among[scores[among] > 0]
        return _best(numbers, scores[numbers], k)


_KINDS = (np.uint64, np.int64, np.int32, np.uint16, np.int32)


def _best(numbers: Numbers, scores: NDArray[np.float64], k: int) -> list[tuple[int, float]]:
    """The `k` best of `numbers` (ascending), which of equal scores come first."""
    if k <= 0:
        return []
    if len(numbers) > k:
        least = np.partition(scores, -k)[-k]
        chosen = scores >= least  # more than k where several have the least score
        numbers, scores = numbers[chosen], scores[chosen]
    order = np.lexsort((numbers, -scores))[:k]
    return [(int(numbers[i]), float(scores[i])) for i in order]


def _postings(
    texts: dict[int, str], lengths: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], Numbers, NDArray[np.uint16]]:
    """Term keys, numbers and counts of `texts`, one triple a pair of both; fills in their `lengths`."""
    digests: dict[str, int] = {}
    keys: list[int] = []
    numbers: list[Any] = []
    counts: list[int] = []
    for number, text in texts.items():
        held = Counter(terms(text))
        lengths[number] = held.total()
        for term, count in held.items():
            key = digests.get(term)
            if key is None:
                key = digests[term] = _key(term)
            keys.append(key)
            counts.append(min(count, _MOST))
        numbers.append(np.full(len(held), number, dtype=np.int64))
    whole = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64)
    return np.array(keys, dtype=np.uint64), whole, np.array(counts, dtype=np.uint16)


def _key(term: str) -> int:
    """Eight bytes of a digest: of a million terms, two share one with odds of one to thirty million."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")
