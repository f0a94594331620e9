"""What a pass of the reader's training is drawn from: mined questions, and reading sets as they are shown in a cycle.

Knows mined rows, examples and the reading sets by name; neither the network nor the learning.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from qa.cloze import Asked, cloze_examples, how_asked
from qa.examples import Example, Shown, comprehension_examples, read_rows
from qa.mine import sample

T = TypeVar("T")
Rows = Sequence[dict[str, Any]]
CANDIDATES = 4  # of a question
READING = 4000  # reading examples in a pass of the first two cycles
AGAIN = 9000  # questions of the first cycle in a pass of the second
TAUGHT_READING, TAUGHT_AGAIN, TAUGHT_ELSEWHERE = 8000, 13000, 12000  # examples in a pass beside the newest questions
READ_ROWS = (1150, 1500, 550)  # newest, known, and elsewhere, in a pass that is mostly reading
SHORT_ROWS = (1300, 1700, 600)  # the same in the last two cycles

DRCD = ("drcd-train-sub-s", "drcd-dev-s")
COMPREHENSION = ("cmrc2018-train", *DRCD, "xquad-zh", "xquad-en-zh")
SHOWN = Shown()
READ = Shown(negatives=0.3, refuse=0.06)

# Answers of CMRC are clauses, 19 characters in the mean, those of the others 5: where the first are marked, the reader
# learns both without marking 南宋洪迈 where 洪迈 is asked for.
LONG = ("cmrc2018-train", "cmrc2018-trial")
SHORT = (*DRCD, *DRCD, "xquad-zh", "xquad-en-zh")
MARK = "整句："
APART = replace(READ, sizes=(80, 120, 160, 240))
CLOZES = 10000  # questions made by rule in a pass
# In the last two cycles: answers of CMRC that are no longer than this count as short, only some of the others are read.
UNMARKED = 8
CLAUSES = 3500
SHORT_CLOZES = 12000


@dataclass(frozen=True)
class Draws:
    """Mined questions, later ones, questions put to another report, the folder of the reading sets, `SHOWN` of it."""

    known: Rows
    newest: Rows
    elsewhere: Rows
    folder: Path
    reading: Sequence[Example]

    def first(self, rng: random.Random) -> list[Example]:
        """All known questions, their candidates drawn anew, and some reading."""
        return sampled(self.known, rng) + _some(self.reading, READING, rng)

    def second(self, rng: random.Random) -> list[Example]:
        """All of the newest questions, some known ones and some reading."""
        return self._newest(AGAIN, READING, rng)

    def taught(self, rng: random.Random) -> list[Example]:
        """As in the second cycle, in other shares, and some questions that were put to another report."""
        return self._newest(TAUGHT_AGAIN, TAUGHT_READING, rng) + sampled(
            _some(self.elsewhere, TAUGHT_ELSEWHERE, rng), rng
        )

    def read(self, rng: random.Random) -> list[Example]:
        """All of the reading sets, cut anew, by their labels alone, and some questions of every kind."""
        return self._of_every_kind(READ_ROWS, rng) + self._sets(COMPREHENSION, READ, rng)

    def read_apart(self, rng: random.Random) -> list[Example]:
        """As `read`, clauses marked, what has short answers twice; and questions made from the paragraphs by rule."""
        return self._apart(READ_ROWS, CLOZES, rng)

    def read_short(self, rng: random.Random) -> list[Example]:
        """As `read_apart`, with what is short in CMRC unmarked, and some of its clauses only."""
        return self._apart(SHORT_ROWS, SHORT_CLOZES, rng, UNMARKED, CLAUSES)

    def _apart(
        self,
        rows: tuple[int, int, int],
        clozes: int,
        rng: random.Random,
        unmarked: int = 0,
        clauses: int | None = None,
    ) -> list[Example]:
        questions = self._of_every_kind(rows, rng)
        answers = self._sets(LONG, replace(APART, mark=MARK, unmarked=unmarked), rng)
        short = [example for example in answers if not example.candidates[0].heading]
        marked = [example for example in answers if example.candidates[0].heading]
        return (
            questions
            + short
            + (marked if clauses is None else _some(marked, clauses, rng))
            + self._sets(SHORT, APART, rng)
            + cloze_examples(self._paragraphs, self._asked, clozes, APART, rng)
        )

    def _of_every_kind(self, counts: tuple[int, int, int], rng: random.Random) -> list[Example]:
        kinds = (self.newest, self.known, self.elsewhere)
        return sampled([row for of, count in zip(kinds, counts, strict=True) for row in _some(of, count, rng)], rng)

    def _sets(self, names: Sequence[str], shown: Shown, rng: random.Random) -> list[Example]:
        each = (comprehension_examples(self.folder / name, shown, rng, taught=False) for name in names)
        return [example for one in each for example in one]

    def _newest(self, again: int, reading: int, rng: random.Random) -> list[Example]:
        rows = [*self.newest, *_some(self.known, again, rng)]
        return sampled(rows, rng) + _some(self.reading, reading, rng)

    @cached_property
    def _asked(self) -> Asked:
        return how_asked(
            row for name in (*DRCD, "xquad-zh") for row in read_rows(self.folder / name / "questions.jsonl")
        )

    @cached_property
    def _paragraphs(self) -> list[str]:
        names = (*DRCD, "xquad-zh", "cmrc2018-train")
        return [str(row["text"]) for name in names for row in read_rows(self.folder / name / "contexts.jsonl")]


def draws_of(known: Rows, newest: Rows, elsewhere: Rows, folder: Path, rng: random.Random) -> Draws:
    """The draws, `Draws.reading` cut once by `rng`."""
    reading = [e for name in COMPREHENSION for e in comprehension_examples(folder / name, SHOWN, rng)]
    return Draws(known, newest, elsewhere, folder, reading)


def sampled(rows: Rows, rng: random.Random) -> list[Example]:
    """Examples of mined rows, some of their candidates drawn."""
    return [sample(row, CANDIDATES, rng) for row in rows]


def _some(of: Sequence[T], count: int, rng: random.Random) -> list[T]:
    return rng.sample(of, min(count, len(of)))
