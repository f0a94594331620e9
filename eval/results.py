"""The files that a run leaves: per_question.jsonl, metrics.json, report.html, TREC's two. Asks no question."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval import machine, metrics, report, trec
from eval.journal import dump
from eval.metrics import Outcome
from eval.places import Atlas
from eval.questions import Question, QuestionFile
from eval.ranking import ranked
from eval.run import Answers, Asked, write_whole

PER_QUESTION = "per_question.jsonl"
METRICS = "metrics.json"
REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured: the outcomes, and the object of `metrics.json`."""

    outcomes: tuple[Outcome, ...]
    metrics: Mapping[str, Any]


def measure(asked: QuestionFile, answers: Answers, assistant: Asked, index: Path | None = None) -> Result:
    """Judge and measure a run. `index` is the index's folder, for its size."""
    predictions = {str(row["id"]): row for row in answers.predictions}
    traces = {
        str(row["id"]): (tuple((d, a, b) for d, a, b, *_ in row["hits"]), row["timings"]) for row in answers.traces
    }
    rows = metrics.outcomes(asked.questions, predictions, traces, Atlas(assistant.index.documents))
    table = {
        "format": 1,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "questions": {
            "file": asked.path.name,
            "n": len(asked.questions),
            "answerable": sum(q.answerable for q in asked.questions),
            "left_out": [str(problem) for problem in asked.problems],
        },
        "figures": {key: figure.to_json() for key, figure in metrics.figures(rows).items()},
        "latency_ms": _nested(metrics.latencies(rows)),
        "slices": {d: _nested(labels) for d, labels in metrics.sliced(rows).items()},
        "reliability": metrics.reliability(rows),
        "risk_coverage": metrics.curve(rows),
        "size": {
            "index_mb": machine.folder_mb(index) if index and index.is_dir() else None,
            "peak_memory_mb": machine.peak_memory_mb(),
        },
        "ran": machine.commit()
        | {
            "machine": machine.machine(),
            "digests": machine.digests(answers.state["manifest"]) | dict(answers.state["models"]),
        }
        | dict(answers.state),
    }
    return Result(tuple(rows), table)


def write_results(out: Path, result: Result, documents: Atlas) -> None:
    """Write all result files of a measured run into `out`, each whole or not at all."""
    write_whole(out / PER_QUESTION, b"".join(dump(per_question(row)) for row in result.outcomes))
    text = json.dumps(result.metrics, ensure_ascii=False, indent=1, allow_nan=False)
    write_whole(out / METRICS, text.encode("utf-8", "backslashreplace") + b"\n")
    rankings = [ranked(row.question, row.hits, documents) for row in result.outcomes if row.question.evidence]
    write_whole(out / "run.trec", trec.run_lines(rankings).encode("utf-8", "backslashreplace"))
    write_whole(out / "qrels.trec", trec.qrels_lines(rankings).encode("utf-8", "backslashreplace"))
    page = report.page(result.outcomes, result.metrics)
    write_whole(out / REPORT, page.encode("utf-8", "replace"))


def per_question(row: Outcome) -> dict[str, Any]:
    """The row of `per_question.jsonl`: verdict, slices and every measure that applies to the question."""
    given = row.prediction or {}
    return {
        "id": row.question.id,
        "question": row.question.question,
        "history": list(row.question.history),
        "gold": list(row.question.gold),
        "answer": given.get("answer") or "",
        "refused": row.verdict.refused,
        "answer_right": row.verdict.answer,
        "citation_right": row.verdict.citation,
        "confidence": row.confidence,
        "slices": dict(row.slices),
        "values": {key: round(value, 6) for key, value in row.values.items() if not math.isnan(value)},
    } | ({"error": given["error"]} if given.get("error") else {})


def _nested(table: Mapping[str, Mapping[str, metrics.Figure]]) -> dict[str, dict[str, Any]]:
    return {name: {key: figure.to_json() for key, figure in figures.items()} for name, figures in table.items()}


def missing_documents(questions: Sequence[Question], assistant: Asked) -> list[str]:
    """The documents that questions name and the index does not hold, in order."""
    return sorted({d for q in questions for d in q.documents if d not in assistant.index.documents})
