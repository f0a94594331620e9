"""A model of which character follows which two, from the text at hand and a table. Knows folded characters, no damage.

The table `ngrams.txt` holds the runs of characters of past government reports; `python -m index.ngrams FILE...` makes
it anew.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from index.fold import fold

_TABLE = Path(__file__).with_name("ngrams.txt")
# The share of a run's count that goes to runs not met, and the number of neighbours lent to a character not met.
_DISCOUNT, _NEW = 0.6, 0.2
_LEAST = {2: 2, 3: 3}  # the length of the runs in the table: how often they must have been met


class _Counts:
    """How often each run of two and three characters was met, and what Kneser-Ney needs to know of their beginnings."""

    def __init__(self, runs: Mapping[str, int]) -> None:
        self.runs = runs
        self.totals: Counter[str] = Counter()
        for run, count in runs.items():
            self.totals[run[:-1]] += count
        self.followers = Counter(run[:-1] for run in runs)
        self.leaders = Counter(run[1] for run in runs if len(run) == 2)

    def mixed(self, run: str, back: float) -> float:
        """The probability of the run's last character after the others, where `back` is that of a run not met."""
        total = self.totals[run[:-1]]
        if not total:
            return back
        met = max(self.runs.get(run, 0) - _DISCOUNT, 0.0)
        return (met + _DISCOUNT * self.followers[run[:-1]] * back) / total


class Ngrams:
    """Interpolated Kneser-Ney estimates: the text's own runs, behind them the table's, behind both shorter runs.

    A character counts, where no run was met, by how many different characters it was met after; and a beginning
    leaves more to new runs the more different followers it has, as 。 does. (Kneser and Ney, "Improved backing-off for
    m-gram language modeling", 1995.)
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        self._own, self._table = _Counts(_runs(pieces)), _table()
        self._neighbours = self._own.leaders.total() + self._table.leaders.total() + 1
        self._logs: dict[str, float] = {}

    def knows(self, character: str) -> bool:
        """Whether the character occurs at all."""
        folded = fold(character)
        return folded in self._own.leaders or folded in self._table.leaders

    def log(self, before: str, character: str) -> float:
        """The natural logarithm of the probability of `character` after the last two characters `before`."""
        run = before[-2:] + character
        known = self._logs.get(run)
        if known is None:
            known = self._logs[run] = math.log(self._probability(fold(run)))
        return known

    def _probability(self, run: str) -> float:
        neighbours = self._own.leaders[run[-1]] + self._table.leaders[run[-1]] + _NEW
        probability = neighbours / self._neighbours
        for size in range(2, len(run) + 1):
            probability = self._own.mixed(run[-size:], self._table.mixed(run[-size:], probability))
        return probability


def table(texts: Iterable[str]) -> str:
    """The table of `texts`: a line for each length and count, with the runs of that length, one behind the other.

    Counts are rounded to a scale of steps of a quarter.
    """
    lines: dict[tuple[int, int], list[str]] = {}
    for run, count in sorted(_runs(texts).items()):
        if count >= _LEAST[len(run)] and not any(character.isspace() for character in run):
            lines.setdefault((len(run), round(1.25 ** round(math.log(count, 1.25)))), []).append(run)
    return "".join(f"{size}\t{count}\t{''.join(runs)}\n" for (size, count), runs in sorted(lines.items()))


@lru_cache(maxsize=1)
def _table() -> _Counts:
    counts = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        size, count, runs = line.split("\t")
        for at in range(0, len(runs), int(size)):
            counts[runs[at : at + int(size)]] = int(count)
    return _Counts(counts)


def _runs(texts: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in map(fold, texts):
        for size in (2, 3):
            counts.update(text[at : at + size] for at in range(len(text) - size + 1))
    return counts


if __name__ == "__main__":
    _TABLE.write_text(table(Path(name).read_text("utf-8") for name in sys.argv[1:]), "utf-8")
