"""Runs the disturbed copies of a question file and reports paired deltas against the questions as they were written."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.compare import Comparison, Delta, compare_runs, read_run
from eval.disturb import KINDS
from eval.judge import is_refused
from eval.matching import norm
from eval.places import Atlas
from eval.questions import QuestionFile, write_questions
from eval.results import Result, measure, write_results
from eval.run import Asked, Progress, answer_all, write_whole

SHOWN = ("overall_right", "right_and_cited", "answer_right", "citation_right", "noans", "false_refusal")
Rows = Sequence[Mapping[str, Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class YearSwap:
    """Of `n` answered questions asked again for the year before: refused, answered otherwise, answered the same."""

    n: int
    refused: int
    changed: int
    kept: int
    kept_ids: tuple[str, ...]

    @property
    def right(self) -> float:
        return 1 - self.kept / self.n if self.n else float("nan")


@dataclasses.dataclass(frozen=True, slots=True)
class Perturbed:
    """For each kind of disturbance the comparison with the base run (A), and what the swapped year did."""

    comparisons: Mapping[str, Comparison]
    year: YearSwap


def run_perturbed(asked: QuestionFile, assistant: Asked, out: Path, say: Callable[[str], None]) -> Perturbed:
    """Run the file and its copies under `out/base`, `out/traditional`, ...; write `perturb.json` and each copy.

    Every folder is a run like any other, and resumes like any other.
    """
    base, measured = _run(asked, assistant, out / "base", say)
    comparisons: dict[str, Comparison] = {}
    year = YearSwap(0, 0, 0, 0, ())
    for kind, disturb in KINDS.items():
        copies = tuple(copy for question in asked.questions if (copy := disturb(question)) is not None)
        if not copies:
            continue
        folder = out / kind
        folder.mkdir(parents=True, exist_ok=True)
        write_questions(folder / "questions.jsonl", copies)
        copy_file = dataclasses.replace(asked, path=folder / "questions.jsonl", questions=copies, problems=())
        if kind == "year":
            year = year_swap(base, answer_all(copies, assistant, folder, say, _progress(copy_file, kind)).predictions)
            continue
        _run(copy_file, assistant, folder, say)
        comparisons[kind] = compare_runs(read_run(out / "base"), read_run(folder))
    result = Perturbed(comparisons, year)
    with_deltas = dataclasses.replace(measured, metrics=dict(measured.metrics) | {"perturbed": to_json(result)})
    write_results(out / "base", with_deltas, Atlas(assistant.index.documents))
    write_whole(out / "perturb.json", json.dumps(to_json(result), ensure_ascii=False, indent=1).encode())
    return result


def year_swap(base: Rows, swapped: Rows) -> YearSwap:
    """How the answers to the swapped questions relate to the base run's. What the base refused says nothing."""
    before = {row["id"]: row for row in base if not row.get("error") and not is_refused(row)}
    pairs = [(before[row["id"]], row) for row in swapped if row["id"] in before and not row.get("error")]
    refused = sum(is_refused(new) for _, new in pairs)
    kept = [str(new["id"]) for old, new in pairs if not is_refused(new) and norm(old["answer"]) == norm(new["answer"])]
    return YearSwap(len(pairs), refused, len(pairs) - refused - len(kept), len(kept), tuple(kept))


def to_json(result: Perturbed) -> dict[str, Any]:
    """The object of `perturb.json`."""
    kinds = {
        kind: {"n": c.n, "wins": c.wins, "ties": c.ties, "losses": c.losses}
        | {"deltas": {d.measure: dataclasses.asdict(d) for d in _shown(c)}}
        for kind, c in result.comparisons.items()
    }
    return {"kinds": kinds, "year": dataclasses.asdict(result.year)}


def text_of(result: Perturbed) -> str:
    """The deltas as lines for a terminal."""
    out = [
        f"{'disturbance':12s} {'measure':18s} {'as written':>10s} {'disturbed':>10s} {'delta':>8s}  95 % interval  N"
    ]
    for kind, comparison in result.comparisons.items():
        for d in _shown(comparison):
            span = f"[{d.low:+.3f}, {d.high:+.3f}]"
            out.append(f"{kind:12s} {d.measure:18s} {d.a:10.3f} {d.b:10.3f} {d.difference:+8.3f}  {span}  {d.n}")
    y = result.year
    if y.n:
        out.append(
            f"year swapped: {y.n} answered questions, {y.refused} refused, {y.changed} answered otherwise, "
            f"{y.kept} answered the same (wrong){': ' + ', '.join(y.kept_ids) if y.kept_ids else ''}"
        )
    return "\n".join(out)


def _shown(comparison: Comparison) -> list[Delta]:
    return [delta for delta in comparison.deltas if delta.measure in SHOWN]


def _run(asked: QuestionFile, assistant: Asked, folder: Path, say: Callable[[str], None]) -> tuple[Rows, Result]:
    answers = answer_all(asked.questions, assistant, folder, say, _progress(asked, folder.name))
    result = measure(asked, answers, assistant)
    write_results(folder, result, Atlas(assistant.index.documents))
    return answers.predictions, result


def _progress(asked: QuestionFile, label: str) -> Progress:
    return Progress(len(asked.questions), label=f"{label}: ")
