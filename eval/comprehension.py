"""Reading with the paragraph given: EM and CMRC F1 of the reader alone on a reading-comprehension set.

`python -m eval.comprehension FOLDER` reads `contexts.jsonl` and `questions.jsonl`; neither search nor threshold takes
part.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.bootstrap import draws, interval, mean_samples
from eval.reading import cmrc_f1, exact_match
from index.fold import fold
from index.split import pieces, sentences
from qa.reader import BUNDLED, Reader

SIZES = (120, 160, 240)  # characters of a window; every size reads the whole text


def answer(reader: Reader, question: str, text: str) -> str:
    """The likeliest span of `text`, read in windows of whole sentences of several sizes.

    A window gives each of its spans the odds that it answers, times the span's probability in it; what several windows
    give to one span of the text is added up.
    """
    words, spans = fold(question), windows(text)
    odds: dict[tuple[int, int], float] = defaultdict(float)
    read = reader.read_texts([(words, "", text[a:b]) for a, b in spans])
    for (at, _), (relevance, found) in zip(spans, read, strict=True):
        likely = np.exp([0.0, *(span.score for span in found)])  # first that none is right
        for span, share in zip(found, likely[1:] / likely.sum(), strict=True):
            odds[at + span.start, at + span.end] += math.exp(relevance) * share
    start, end = max(odds, key=lambda span: odds[span])
    return text[start:end]


def windows(text: str) -> list[tuple[int, int]]:
    """Of each size spans of whole sentences that cover `text`, and such from the first sentence behind half of one."""
    out: list[tuple[int, int]] = []
    for size in SIZES:
        half = next((start for start, _ in sentences(text, 0, len(text)) if start >= size / 2), len(text))
        out += [*pieces(text, 0, len(text), size), *pieces(text, half, len(text), size)]
    return list(dict.fromkeys(out))


def scores(folder: Path, reader: Reader, limit: int) -> Iterator[tuple[float, float]]:
    """(EM, F1) of every question."""
    texts = {row["context_id"]: row["text"] for row in _rows(folder / "contexts.jsonl")}
    for at, row in enumerate(_rows(folder / "questions.jsonl")[: limit or None]):
        given = answer(reader, row["question"], texts[row["context_id"]])
        gold = [a["text"] for a in row["answers"]]
        yield exact_match(given, gold), cmrc_f1(given, gold)
        if at % 200 == 199:
            print(f"{at + 1} questions", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.comprehension", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reader", type=Path, default=BUNDLED)
    parser.add_argument("--limit", type=int, default=0, help="the first questions only")
    options = parser.parse_args(arguments)
    found = list(scores(options.folder, Reader(options.reader), options.limit))
    values = np.array(found)
    samples = mean_samples(values, draws(len(values)))
    for column, name in enumerate(("em", "cmrc_f1")):
        low, high = interval(samples[:, column])
        print(
            json.dumps({"measure": name, "n": len(values), "value": values[:, column].mean(), "low": low, "high": high})
        )
    return 0


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    raise SystemExit(main())
