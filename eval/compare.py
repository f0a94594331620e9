"""Two runs over the same questions, side by side. Knows the files of a run, not the assistant."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval import bootstrap
from eval.bootstrap import Floats
from eval.journal import load
from eval.measures import MEASURES
from eval.metrics import risk_samples
from index.errors import UserError


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its folder's name, the object of metrics.json, the rows of per_question.jsonl by id."""

    name: str
    metrics: Mapping[str, Any]
    rows: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Delta:
    """One measure on the questions that both runs have: A, B, B - A with its 95 % paired bootstrap interval.

    `p` is of the paired randomisation test, None for figures that are no mean over questions.
    """

    measure: str
    a: float
    b: float
    difference: float
    low: float
    high: float
    n: int
    p: float | None


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that was right in one run and wrong in the other."""

    id: str
    better: bool
    question: str
    gold: tuple[str, ...]
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A over `n` questions that both have. Right means answer and citation, or a right refusal."""

    a: str
    b: str
    n: int
    only_a: int
    only_b: int
    wins: int
    ties: int
    losses: int
    mcnemar_p: float
    deltas: tuple[Delta, ...]
    flips: tuple[Flip, ...]


def read_run(folder: Path) -> Run:
    """A finished run. UserError when its files are not there or not whole."""
    try:
        metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        rows = {str(row["id"]): row for row in load(folder / "per_question.jsonl")}
    except (OSError, ValueError, KeyError):
        metrics, rows = None, {}
    if not isinstance(metrics, dict) or not rows:
        remedy = f"Make it with `python -m eval run QUESTIONS.jsonl --out {folder}`."
        raise UserError(f"no finished run at {folder}", "a folder with metrics.json and per_question.jsonl", remedy)
    return Run(folder.name or str(folder), metrics, rows)


def compare_runs(before: Run, after: Run) -> Comparison:
    """B (`after`) against A (`before`). UserError when they have no question in common."""
    ids = [ident for ident in before.rows if ident in after.rows]
    if not ids:
        raise UserError(
            f"runs {before.name} and {after.name} share no question", "two runs of one file", "Check the folders."
        )
    a, b = [before.rows[i] for i in ids], [after.rows[i] for i in ids]
    pairs = [(x, y, _right(x), _right(y)) for x, y in zip(a, b, strict=True)]
    wins, losses = sum(q > p for *_, p, q in pairs), sum(p > q for *_, p, q in pairs)
    flips = [
        Flip(x["id"], q, x.get("question", ""), tuple(x.get("gold", ())), _shown(x), _shown(y))
        for x, y, p, q in pairs
        if p != q
    ]
    return Comparison(
        before.name,
        after.name,
        len(ids),
        len(before.rows) - len(ids),
        len(after.rows) - len(ids),
        wins,
        len(ids) - wins - losses,
        losses,
        bootstrap.mcnemar(wins, losses),
        tuple(_deltas(a, b)),
        tuple(sorted(flips, key=lambda flip: flip.better)),
    )


def to_json(comparison: Comparison) -> str:
    """The comparison as one JSON object; a value that is not there is null."""
    plain = asdict(comparison)
    for delta in plain["deltas"]:
        delta |= {k: None for k, v in delta.items() if isinstance(v, float) and math.isnan(v)}
    return json.dumps(plain, ensure_ascii=False, indent=1)


def text_of(comparison: Comparison) -> str:
    """The comparison as lines for a terminal: the tally, the table, the flips."""
    c = comparison
    out = [
        f"{c.b} against {c.a}: {c.n} questions in common"
        + (f" ({c.only_a} only in {c.a}, {c.only_b} only in {c.b})" if c.only_a or c.only_b else ""),
        f"win {c.wins}, tie {c.ties}, loss {c.losses}; McNemar p = {c.mcnemar_p:.3g}",
        "",
        f"{'measure':26s} {'A':>8s} {'B':>8s} {'B - A':>8s}  {'95 % interval':19s} {'p':>6s} {'N':>5s}",
    ]
    for d in c.deltas:
        p = "" if d.p is None else f"{d.p:.3f}"
        span = f"[{d.low:+.4f}, {d.high:+.4f}]"
        out.append(f"{d.measure:26s} {d.a:8.4f} {d.b:8.4f} {d.difference:+8.4f}  {span:19s} {p:>6s} {d.n:5d}")
    for flip in c.flips:
        out += [
            "",
            f"{'better' if flip.better else 'WORSE '} {flip.id}  {flip.question}",
            f"   gold {' | '.join(flip.gold) or 'refuse'}",
            f"   A    {flip.a}",
            f"   B    {flip.b}",
        ]
    return "\n".join(out)


def _right(row: Mapping[str, Any]) -> bool:
    return bool(row["answer_right"]) and bool(row["citation_right"])


def _shown(row: Mapping[str, Any]) -> str:
    if row.get("error"):
        return f"(error: {row['error']})"
    return "(refused)" if row.get("refused") else str(row.get("answer", ""))


def _deltas(a: Sequence[Mapping[str, Any]], b: Sequence[Mapping[str, Any]]) -> list[Delta]:
    weights = np.concatenate([np.ones((1, len(a))), bootstrap.draws(len(a))])
    keys = [m.key for m in MEASURES if any(m.key in row["values"] for row in (*a, *b))]
    left, right = (np.array([[row["values"].get(key, np.nan) for key in keys] for row in rows]) for rows in (a, b))
    samples = [bootstrap.mean_samples(side, weights) for side in (left, right)]
    p = bootstrap.randomisation(left, right)
    counts = (~np.isnan(left) | ~np.isnan(right)).sum(axis=0)
    found = {
        key: _delta(key, samples[0][:, i], samples[1][:, i], int(counts[i]), float(p[i])) for i, key in enumerate(keys)
    }
    risks = [_risks(rows, weights) for rows in (a, b)]
    found |= {key: _delta(key, risks[0][key], risks[1][key], len(a), None) for key in risks[0]}
    return [found[m.key] for m in MEASURES if m.key in found and not math.isnan(found[m.key].difference)]


def _delta(key: str, a: Floats, b: Floats, n: int, p: float | None) -> Delta:
    """From the samples of both sides under the same draws, the first of which is the figure itself."""
    difference = b - a
    return Delta(key, float(a[0]), float(b[0]), float(difference[0]), *bootstrap.interval(difference[1:]), n, p)


def _risks(rows: Sequence[Mapping[str, Any]], weights: Floats) -> dict[str, Floats]:
    columns = np.array(
        [
            [row["confidence"], row["values"]["coverage"], row["answer_right"], "noans" not in row["values"]]
            for row in rows
        ],
        dtype=np.float64,
    ).T
    return risk_samples(columns[0], columns[1], columns[2], columns[3], weights)
