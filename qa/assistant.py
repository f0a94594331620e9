"""The assistant: understand, search, read, decide, compose. The pipeline itself and nothing else."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from index.errors import UserError
from index.records import Hit
from index.store import Index, open_index
from qa import compose
from qa.answer import Answer, Trace
from qa.compose import Choice
from qa.confidence import Calibration, Candidate, candidates, load_calibration
from qa.limits import complaint
from qa.question import Query, understand
from qa.reader import Reader

HITS = 20  # passages that are read for one part of a question


class Assistant:
    """Answers questions about the documents of one index. Holds no state between questions."""

    def __init__(self, index: Index, reader: Reader, calibration: Calibration) -> None:
        self.index, self.reader, self.calibration = index, reader, calibration

    @property
    def thresholds(self) -> Mapping[str, float]:
        """What decides between an answer and a refusal."""
        return {"confidence": self.calibration.threshold}

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        """One answer; a refusal where the documents do not answer. UserError for a question that is none."""
        return self.trace(question, history, documents).answer

    def trace(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Trace:
        """As `ask`, with the passages in the order of their readings and the milliseconds of each stage."""
        fault = complaint(question)
        if fault:
            raise UserError(f"no question: {fault}", "one sentence with words in it", "Ask again.")
        begun = time.perf_counter()
        query = understand(question, [h for h in history if not complaint(h)], documents)
        found = [self.index.search(part.words, HITS, query.documents) for part in query.parts]
        searched = time.perf_counter()
        read = [self.reader.read(part.words, hits, self.index) for part, hits in zip(query.parts, found, strict=True)]
        done = time.perf_counter()
        ranked = [
            candidates(part, readings, self.index, self.calibration)
            for part, readings in zip(query.parts, read, strict=True)
        ]
        answer = self.decide(query, ranked)
        ended = time.perf_counter()
        stages = {"search": searched - begun, "read": done - searched, "compose": ended - done}
        timings = tuple((name, 1000 * seconds) for name, seconds in stages.items())
        return Trace(replace(answer, latency_ms=round(1000 * (ended - begun), 1)), _order(ranked), timings)

    def decide(self, query: Query, ranked: Sequence[Sequence[Candidate]]) -> Answer:
        """Answer the parts that are answered with enough confidence; refuse where there is none.

        `ranked` holds the candidates of each part, best first.
        """
        chosen: list[Choice] = []
        sure: list[float] = []
        best = 0.0
        for part, found in zip(query.parts, ranked, strict=True):
            if not found:
                continue
            confidence = self.calibration.confidence(found[0])
            best = max(best, confidence)
            if confidence >= self.calibration.threshold:
                span = found[0].span
                chosen.append(Choice(found[0].document, span.start, span.end, part.kind == "list"))
                sure.append(confidence)
        if not chosen:
            return compose.refusal(query, [hit.passage for hit in _order(ranked)], self.index.documents, best)
        return compose.answer(query, chosen, self.index.documents, min(sure))


def _order(ranked: Sequence[Sequence[Candidate]]) -> tuple[Hit, ...]:
    """The hits of all parts in the order of their best candidates, the parts taking turns, each passage once."""
    orders = [list({id(c.reading): c for c in reversed(found)}.values())[::-1] for found in ranked]
    seen: dict[tuple[str, int], Hit] = {}
    for turn in zip_longest(*orders):
        for candidate in turn:
            if candidate is not None:
                hit = candidate.reading.hit
                seen.setdefault((hit.passage.document, hit.passage.start), replace(hit, score=candidate.score))
    return tuple(seen.values())


def open_assistant(path: Path, model: str | None = None) -> Assistant:
    """The assistant over the index in `path`, with the bundled reader. UserError as `open_index` raises it."""
    return Assistant(open_index(path, model), Reader(), load_calibration())
