"""The assistant: understand, search, read, decide, compose. The pipeline itself and nothing else."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from index.errors import UserError
from index.store import Index, open_index
from qa import compose
from qa.answer import Answer, Trace
from qa.limits import complaint
from qa.question import Query, understand
from qa.reader import PlainReader, Reader, Reading

HITS = 20  # passages that are read for one question


class Assistant:
    """Answers questions about the documents of one index. Holds no state between questions."""

    def __init__(self, index: Index, reader: Reader, thresholds: Mapping[str, float]) -> None:
        self.index, self.reader, self.thresholds = index, reader, thresholds

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        """One answer; a refusal where the documents do not answer. UserError for a question that is none."""
        return self.trace(question, history, documents).answer

    def trace(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Trace:
        """As `ask`, with the passages in the order of their readings and the milliseconds of each stage."""
        fault = complaint(question)
        if fault:
            raise UserError(fault, "一个关于报告的问题", "例如：今年的目标是多少？")
        clock = [time.perf_counter()]
        query = understand(question, [h for h in history if not complaint(h)], documents)
        hits = self.index.search(query.words, HITS, query.documents)
        clock.append(time.perf_counter())
        readings = self.reader.read(query, hits, self.index)
        clock.append(time.perf_counter())
        answer = self._decide(query, readings)
        clock.append(time.perf_counter())
        spent = [1000 * (b - a) for a, b in pairwise(clock)]
        timings = tuple(zip(("search", "read", "compose"), spent, strict=True))
        order = tuple(replace(reading.hit, score=reading.score) for reading in readings)
        return Trace(replace(answer, latency_ms=round(sum(spent), 1)), order, timings)

    def _decide(self, query: Query, readings: Sequence[Reading]) -> Answer:
        confidence = min(max(readings[0].score / 8, 0.0), 1.0) if readings else 0.0
        if not readings or readings[0].score < self.thresholds["score"]:
            return compose.refusal(query, readings, self.index.documents, confidence)
        return compose.answer(query, readings[:1], self.index.documents, confidence)


def open_assistant(path: Path, model: str | None = None) -> Assistant:
    """The assistant over the index in `path`. UserError as `open_index` raises it."""
    return Assistant(open_index(path, model), PlainReader(), {"score": 3.6})
