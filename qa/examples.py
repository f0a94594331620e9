"""Training examples of the reader: a question with a few passages, the answer's place in those that hold it.

Knows the question files' form and the passages' heading; knows neither the network nor the optimizer.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage as the reader sees it: `heading` in front, `text` behind; `span` of the answer in `text`, or None.

    `gold` says that the passage answers; a gold passage without a span teaches relevance only.
    """

    heading: str
    text: str
    gold: bool
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its candidates; one without a gold candidate teaches to refuse.

    Where it is not `labelled` nobody knows what answers it: a teacher's word is all there is. Where it is not `taught`
    the labels are all that counts.
    """

    question: str
    candidates: tuple[Candidate, ...]
    labelled: bool = True
    taught: bool = True


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file, blank lines skipped."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def windows(text: str, size: int = 160) -> list[tuple[int, int]]:
    """Spans of whole sentences of at most `size` characters that cover `text`; a longer sentence is cut at commas."""
    pieces = [m.span() for m in re.finditer(r".+?(?:[。！？!?；;\n]+[”’」』）)]*|$)", text, re.S)]
    cut: list[tuple[int, int]] = []
    for start, end in pieces:
        while end - start > size:
            comma = max(text.rfind("，", start, start + size), text.rfind(",", start, start + size))
            middle = comma + 1 if comma > start else start + size
            cut.append((start, middle))
            start = middle
        cut.append((start, end))
    out: list[tuple[int, int]] = []
    for start, end in cut:
        if out and end - out[-1][0] <= size:
            out[-1] = (out[-1][0], end)
        elif end > start:
            out.append((start, end))
    return out


@dataclass(frozen=True, slots=True)
class Shown:
    """How a paragraph is shown: in windows of one of `sizes` characters, `mark` before each as a heading would be.

    No mark stands where the answer has at most `unmarked` characters. A question meets the window that holds its answer
    and, on average, `negatives` others of its paragraph; a share `refuse` meets others only and must be refused.
    """

    negatives: float = 1
    refuse: float = 0.12
    sizes: tuple[int, ...] = (80, 120, 160)
    mark: str = ""
    unmarked: int = 0

    def cut(self, text: str, rng: random.Random) -> list[tuple[int, int]]:
        return windows(text, rng.choice(self.sizes))

    def candidates(
        self, text: str, cuts: Sequence[tuple[int, int]], span: tuple[int, int], rng: random.Random
    ) -> tuple[Candidate, ...]:
        """Of the windows `cuts` the one that holds the answer's `span`, and some without its words; () if none does."""
        start, end = span
        held = [(a, b) for a, b in cuts if a <= start and end <= b]
        if not held:
            return ()
        a, b = held[0]
        mark = self.mark if end - start > self.unmarked else ""
        others = [(x, y) for x, y in cuts if text[start:end] not in text[x:y]]
        rng.shuffle(others)
        count = int(self.negatives) + (rng.random() < self.negatives % 1)
        if len(others) > count and rng.random() < self.refuse:
            return tuple(Candidate(mark, text[x:y], False) for x, y in others[: count + 1])
        gold = Candidate(mark, text[a:b], True, (start - a, end - a))
        return (gold, *(Candidate(mark, text[x:y], False) for x, y in others[:count]))


def comprehension_examples(folder: Path, shown: Shown, rng: random.Random, *, taught: bool = True) -> Iterator[Example]:
    """Examples from a reading-comprehension folder (`contexts.jsonl`, `questions.jsonl`)."""
    texts = {str(row["context_id"]): str(row["text"]) for row in read_rows(folder / "contexts.jsonl")}
    cuts = {key: shown.cut(text, rng) for key, text in texts.items()}
    for row in read_rows(folder / "questions.jsonl"):
        key, answer = str(row["context_id"]), row["answers"][0]
        span = int(answer["start"]), int(answer["start"]) + len(answer["text"])
        if chosen := shown.candidates(texts[key], cuts[key], span, rng):
            yield Example(str(row["question"]), chosen, taught=taught)


def batches(examples: Iterable[Example], pairs: int, rng: random.Random) -> Iterator[list[Example]]:
    """Shuffled batches of about `pairs` question-passage pairs, of similar length within a batch."""
    pool = list(examples)
    rng.shuffle(pool)
    for at in range(0, len(pool), 512):
        block = sorted(pool[at : at + 512], key=lambda e: max(len(c.text) for c in e.candidates))
        groups: list[list[Example]] = [[]]
        for example in block:
            if sum(len(e.candidates) for e in groups[-1]) >= pairs:
                groups.append([])
            groups[-1].append(example)
        rng.shuffle(groups)
        yield from groups
