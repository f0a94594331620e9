"""Asks an assistant every question of a file, and picks up where it was cut off. Knows no measure.

What is written is the same whether the run was interrupted or not, latencies aside.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TextIO

from eval import machine
from eval.journal import PREDICTIONS, TRACES, Journal, dump
from eval.questions import Question
from index.records import Document
from qa.answer import Trace

STATE = "run.json"
ERRORS = "errors.log"


class Reports(Protocol):
    """What the harness needs of an index."""

    @property
    def documents(self) -> Mapping[str, Document]: ...
    @property
    def manifest(self) -> Mapping[str, Any]: ...


class Asked(Protocol):
    """What the harness needs of an assistant."""

    @property
    def index(self) -> Reports: ...
    @property
    def thresholds(self) -> Mapping[str, float]: ...
    def trace(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Trace: ...


@dataclass(frozen=True, slots=True)
class Answers:
    """What a run gave: rows of `predictions.jsonl` and of `traces.jsonl`, in the questions' order.

    `state` says what ran; `asked` counts the questions asked just now, the others were taken from an earlier start.
    """

    predictions: tuple[Mapping[str, Any], ...]
    traces: tuple[Mapping[str, Any], ...]
    state: Mapping[str, Any]
    asked: int


def answer_all(
    questions: Sequence[Question],
    assistant: Asked,
    out: Path,
    say: Callable[[str], None],
    progress: Progress | None = None,
    fresh: bool = False,
) -> Answers:
    """Ask all `questions` and write their rows under `out`, continuing an earlier start of the very same run.

    Rows of another run (other questions, index, code or thresholds), or `fresh`, are set aside as `*.previous` and the
    run starts over. A question that makes the assistant fail becomes a row with `error`; its traceback goes to
    `errors.log`.
    """
    out.mkdir(parents=True, exist_ok=True)
    state = run_state(questions, assistant)
    if fresh or not _same_run(out, state):
        _set_aside(out, say)
    write_whole(out / STATE, json.dumps(state, ensure_ascii=False, indent=1).encode() + b"\n")
    with Journal(out, [question.id for question in questions]) as journal:
        done = len(journal.predictions)
        if done:
            say(f"{done} of {len(questions)} answered by an earlier start, going on")
        for question in questions[done:]:
            journal.append(*ask(question, assistant, out / ERRORS, say))
            if progress:
                progress.step(done, len(journal.predictions))
    if progress:
        progress.close()
    return Answers(tuple(journal.predictions), tuple(journal.traces), state, len(questions) - done)


def ask(
    question: Question, assistant: Asked, errors: Path, say: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row of `predictions.jsonl` and the row of `traces.jsonl` of one question."""
    try:
        trace = assistant.trace(question.question, question.history, question.documents)
        row = {"id": question.id} | trace.answer.to_json()
        dump(row)  # what cannot be written is the assistant's failure too
    except Exception as error:
        say(f"{question.id}: {type(error).__name__}: {error}")
        with errors.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{question.id}\n{traceback.format_exc()}\n")
        return _failed(question, error), {"id": question.id, "hits": [], "timings": {}}
    hits = [[h.passage.document, h.passage.start, h.passage.end, round(h.score, 6)] for h in trace.hits]
    return row, {"id": question.id, "hits": hits, "timings": {stage: round(ms, 3) for stage, ms in trace.timings}}


def run_state(questions: Sequence[Question], assistant: Asked) -> dict[str, Any]:
    """What an answer depends on; a run goes on only when all of it is the same."""
    return {
        "questions": machine.digest(b"".join(dump(question.to_json()) for question in questions)),
        "code": machine.code_digest(),
        "models": machine.model_digests(),
        "thresholds": dict(assistant.thresholds),
        "manifest": json.loads(json.dumps(dict(assistant.index.manifest), default=str)),
    }


class Progress:
    """One line on standard error: done, share, time spent and left. Redrawn on a terminal, else every few seconds."""

    def __init__(self, total: int, stream: TextIO | None = None, label: str = "") -> None:
        self.total, self.stream, self.label = total, stream or sys.stderr, label
        self.start = self.shown = time.monotonic()
        self.live = self.stream.isatty()

    def step(self, before: int, done: int) -> None:
        """`done` questions are answered, of which `before` were when this start began."""
        now = time.monotonic()
        if now - self.shown < (0.1 if self.live else 5.0) and done < self.total:
            return
        self.shown = now
        spent = now - self.start
        left = spent / max(done - before, 1) * (self.total - done)
        line = f"{self.label}{done}/{self.total} {done / self.total:4.0%}, {_clock(spent)} spent, {_clock(left)} left"
        self.stream.write(f"\r{line} \x1b[K" if self.live else line + "\n")
        self.stream.flush()

    def close(self) -> None:
        """End the line."""
        if self.live:
            self.stream.write("\n")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _failed(question: Question, error: Exception) -> dict[str, Any]:
    # An address in a message differs from run to run. The one empty item keeps any reader of the row, ours or
    # another, from taking a crash for a refusal: a refusal is a reply without answer and without items.
    message = re.sub(r"0x[0-9a-fA-F]+", "0x", " ".join(str(error).split()))
    return {
        "id": question.id,
        "question": question.question,
        "resolved_question": question.question,
        "refused": False,
        "answer": "",
        "confidence": 0.0,
        "answers": [{"text": "", "document": "", "citation": 0}],
        "citations": [],
        "related": [],
        "message": "",
        "error": f"{type(error).__name__}: {message}",
        "latency_ms": 0.0,
    }


def _same_run(out: Path, state: Mapping[str, Any]) -> bool:
    if not (out / PREDICTIONS).exists():
        return True
    with contextlib.suppress(OSError, ValueError):
        return bool(json.loads((out / STATE).read_bytes()) == state)
    return False


def _set_aside(out: Path, say: Callable[[str], None]) -> None:
    present = [out / name for name in (PREDICTIONS, TRACES, ERRORS) if (out / name).exists()]
    for path in present:
        path.replace(path.with_name(path.name + ".previous"))
    if present:
        say(f"{out} holds another run; starting over, its answers are kept as {PREDICTIONS}.previous")


def write_whole(path: Path, data: bytes) -> None:
    """Write beside, then rename: a reader sees the old file or the new one."""
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(data)
    beside.replace(path)
