"""From questions and predictions to the table of figures. Pure: no clock, no files, no assistant.

Per question first, aggregate last: each measure is one number or NaN ("does not apply") for each question, so that a
question without a prediction scores 0 where it counts, and never leaves a denominator.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eval import bootstrap, risk
from eval.bootstrap import Floats
from eval.citing import citation_precision, citation_recall, contains_answer, place_accuracy, quote_integrity
from eval.judge import SHORT, Prediction, Verdict, judge, wrong_values
from eval.matching import norm
from eval.measures import HEADLINE, MEASURES
from eval.numbers import quantities, same_quantity
from eval.places import Atlas
from eval.questions import Question
from eval.ranking import answer_at, ranked, ranking_values
from eval.reading import character_f1, cmrc_f1, exact_match
from eval.slicing import order_of, slices_of

NOT = math.nan
Hits = Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, what was answered, the verdict, its slices and the value of each measure that is a mean."""

    question: Question
    prediction: Prediction | None
    hits: tuple[tuple[str, int, int], ...]
    timings: Mapping[str, float]
    verdict: Verdict
    slices: Mapping[str, str]
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def confidence(self) -> float:
        return float((self.prediction or {}).get("confidence") or 0.0)

    @property
    def answered(self) -> bool:
        return self.values["coverage"] == 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % bootstrap interval and the number of questions it speaks of; NaN when there is none."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, Any]:
        plain = {"value": self.value, "low": self.low, "high": self.high}
        return {k: None if math.isnan(v) else round(v, 6) for k, v in plain.items()} | {"n": self.n}


def outcomes(
    questions: Sequence[Question],
    predictions: Mapping[str, Prediction],
    traces: Mapping[str, tuple[Hits, Mapping[str, float]]],
    atlas: Atlas,
) -> list[Outcome]:
    """One outcome a question, in the questions' order; a question without prediction or trace counts as wrong."""
    rankings = [ranked(q, traces.get(q.id, ((), {}))[0], atlas) for q in questions if q.evidence]
    ranks = ranking_values(rankings)
    out = []
    for question in questions:
        prediction = predictions.get(question.id)
        hits, timings = traces.get(question.id, ((), {}))
        verdict = judge(question, prediction)
        values = _values(question, prediction, verdict, atlas) | ranks.get(question.id, {})
        if question.evidence and question.gold:
            texts = [atlas.documents[d].text[a:b] for d, a, b in hits if d in atlas.documents]
            values |= answer_at(question, texts)
        slices = slices_of(question, atlas)
        out.append(Outcome(question, prediction, tuple(hits), timings, verdict, slices, values))
    return out


def _values(question: Question, prediction: Prediction | None, verdict: Verdict, atlas: Atlas) -> dict[str, float]:
    crashed = prediction is None or bool(prediction.get("error"))
    given: Prediction = {} if prediction is None or crashed else prediction
    answered = not crashed and not verdict.refused
    right, has = float(verdict.answer), question.answerable
    values = {
        "overall_right": float(verdict.both),
        "right_and_cited": float(verdict.both) if has else NOT,
        "answer_right": right if has else NOT,
        "citation_right": float(verdict.citation) if has else NOT,
        "noans": NOT if has else right,
        "false_refusal": float(verdict.refused) if has else NOT,
        "false_answer": NOT if has else float(answered),
        "crashed": float(crashed),
        "coverage": float(answered),
        "selective_risk": 1 - right if answered else NOT,
        "brier": (right - float(given.get("confidence") or 0.0)) ** 2 if answered else NOT,
    }
    values |= _reading_values(question, given, verdict)
    values |= {
        "quote_integrity": quote_integrity(given, atlas.documents),
        "citation_contains_answer": contains_answer(given) if answered else NOT,
        "citation_precision": citation_precision(question, given),
        "citation_recall": citation_recall(question, given),
    }
    return values | place_accuracy(question, given, atlas)


def _reading_values(question: Question, prediction: Prediction, verdict: Verdict) -> dict[str, float]:
    answer = "" if verdict.refused else prediction.get("answer") or ""
    if not question.answerable:
        right = float(verdict.answer)
        return dict.fromkeys(("em", "cmrc_f1", "char_f1"), NOT) | {"squad_em": right, "squad_f1": right}
    golds = question.answers or (("；".join(question.answers_all),) if question.answers_all else ())
    if not golds:  # a comparison: its answers are rows, not one string
        return dict.fromkeys(("em", "cmrc_f1", "char_f1", "squad_em", "squad_f1"), NOT)
    values = {
        "em": exact_match(answer, golds),
        "cmrc_f1": cmrc_f1(answer, golds),
        "char_f1": character_f1(answer, golds),
    }
    values |= {"squad_em": values["em"], "squad_f1": values["cmrc_f1"]}
    if question.answers and all(quantities(gold) and len(norm(gold)) <= SHORT for gold in question.answers):
        values["number_accuracy"] = same_quantity(answer, question.answers)
    if question.wrong and question.answers:
        values["trap_avoided"] = float(not wrong_values(question, answer))
    return values


def figures(rows: Sequence[Outcome]) -> dict[str, Figure]:
    """Every measure of `MEASURES` that applies to some row, in that order, with intervals from one bootstrap."""
    if not rows:
        return {}
    weights, ones = bootstrap.draws(len(rows)), np.ones((1, len(rows)))
    found = _means(rows, [m.key for m in MEASURES], weights) | _risk_figures(rows, weights, ones)
    return {m.key: found[m.key] for m in MEASURES if m.key in found and found[m.key].n}


def headline(rows: Sequence[Outcome]) -> dict[str, Figure]:
    """The few figures that a slice shows."""
    return _means(rows, list(HEADLINE), bootstrap.draws(len(rows))) if rows else {}


def matrix(rows: Sequence[Outcome], keys: Sequence[str]) -> Floats:
    """The values (N, M) of the measures `keys` on `rows`, NaN where a measure does not apply."""
    return np.array([[row.values.get(key, NOT) for key in keys] for row in rows], dtype=np.float64).reshape(
        -1, len(keys)
    )


def _means(rows: Sequence[Outcome], keys: list[str], weights: Floats) -> dict[str, Figure]:
    values = matrix(rows, keys)
    means = bootstrap.mean_samples(values, np.ones((1, len(rows))))[0]
    samples = bootstrap.mean_samples(values, weights)
    counts = (~np.isnan(values)).sum(axis=0)
    return {
        key: Figure(float(means[i]), *bootstrap.interval(samples[:, i]), int(counts[i]))
        for i, key in enumerate(keys)
        if counts[i]
    }


def _risk_figures(rows: Sequence[Outcome], weights: Floats, ones: Floats) -> dict[str, Figure]:
    answered = np.array([float(row.answered) for row in rows])
    samples = risk_samples(
        np.array([row.confidence for row in rows]),
        answered,
        np.array([float(row.verdict.answer) for row in rows]),
        np.array([float(row.question.answerable) for row in rows]),
        np.concatenate([ones, weights]),
    )
    counts = {"ece": int(answered.sum())}
    return {
        key: Figure(float(found[0]), *bootstrap.interval(found[1:]), counts.get(key, len(rows)))
        for key, found in samples.items()
        if not np.isnan(found[0])
    }


def risk_samples(
    confidence: Floats, answered: Floats, right: Floats, answerable: Floats, weights: Floats
) -> dict[str, Floats]:
    """The figures of refusal and confidence that are no means, in each resample `weights` (B, N)."""
    # A refusal's own confidence may speak of the refusal: here it only says "below every answer".
    ranked_confidence = np.where(answered > 0, confidence, -1.0)
    loss, given = 1.0 - right * answered, answered > 0
    return {
        "coverage_at_5_risk": risk.coverage_at_risk(ranked_confidence, loss, answered, weights),
        "aurc": risk.aurc(ranked_confidence, loss, weights),
        "e_aurc": risk.excess_aurc(ranked_confidence, loss, weights),
        "auroc": risk.auroc(ranked_confidence, answerable, weights),
        "ece": risk.ece(confidence[given], right[given], weights[:, given]),
    }


def reliability(rows: Sequence[Outcome]) -> list[dict[str, float]]:
    """The reliability table of the answers that were given."""
    given = [row for row in rows if row.answered]
    right = np.array([float(row.verdict.answer) for row in given])
    return risk.reliability(np.array([row.confidence for row in given]), right) if given else []


def curve(rows: Sequence[Outcome]) -> list[tuple[float, float, float]]:
    """The risk-coverage curve `(threshold, coverage, risk)` of the answers that were given."""
    given = [row for row in rows if row.answered]
    loss = np.array([1.0 - row.verdict.answer for row in given])
    return risk.curve(np.array([row.confidence for row in given]), loss, len(rows))


def latencies(rows: Sequence[Outcome]) -> dict[str, dict[str, Figure]]:
    """For `total` and each stage, p50, p95 and p99 in milliseconds (numpy's linear percentiles) with intervals."""
    stages: dict[str, list[float]] = {}
    for row in rows:
        if row.prediction is not None and not row.prediction.get("error"):
            stages.setdefault("total", []).append(float(row.prediction.get("latency_ms") or 0.0))
            for stage, milliseconds in row.timings.items():
                stages.setdefault(stage, []).append(milliseconds)
    return {stage: _percentiles(np.array(values)) for stage, values in stages.items()}


def _percentiles(values: Floats) -> dict[str, Figure]:
    n = len(values)
    picks = np.random.default_rng(bootstrap.SEED).integers(0, n, size=(bootstrap.RESAMPLES, n))
    wanted = [50, 95, 99]
    samples = np.percentile(values[picks], wanted, axis=1)
    points = np.percentile(values, wanted)
    return {f"p{p}": Figure(float(points[i]), *bootstrap.interval(samples[i]), n) for i, p in enumerate(wanted)}


def sliced(rows: Sequence[Outcome]) -> dict[str, dict[str, dict[str, Figure]]]:
    """For each dimension and each of its labels the headline figures, labels in `order_of`'s order."""
    out: dict[str, dict[str, dict[str, Figure]]] = {}
    for dimension in rows[0].slices if rows else ():
        labels: dict[str, list[Outcome]] = {}
        for row in rows:
            labels.setdefault(row.slices[dimension], []).append(row)
        ordered = sorted((order_of(dimension, label, len(kept)), label) for label, kept in labels.items())
        out[dimension] = {label: headline(labels[label]) for _, label in ordered}
    return out
