"""Fits the assistant's ranking weights, its confidence and its threshold to questions with known answers.

`python -m eval.calibrate QUESTIONS... --index DIR --reader qa/model`; what is reported must be measured on other
questions than these. Knows the assistant's parts, since it sets their adjustable screws.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

from eval.bootstrap import Floats
from eval.judge import judge
from eval.questions import Question, read_questions
from index.store import Index, open_index
from qa.assistant import Assistant, Read
from qa.confidence import FEATURES, FLAT, Calibration, Candidate, Curve, load_calibration
from qa.question import Query, understand
from qa.reader import Reader
from qa.scope import Scope, scope_of

GRID = {"span": (0.1, 0.2, 0.35), "search": (0.2, 0.4, 0.7), "period": (0.7, 1.4), "figure": (1.0,), "unit": (0.0, 0.7)}
KNOTS = 5  # of each sign's curve
RISK = 0.05  # share of wrong answers among those given that the threshold aims at
FALSE_REFUSALS = 0.05  # share of answerable questions that it may cost at most


@dataclass(frozen=True, slots=True)
class Known:
    """A question with everything that does not depend on the weights."""

    question: Question
    query: Query
    scope: Scope
    read: tuple[Read, ...]


def read_all(questions: Sequence[Question], assistant: Assistant) -> list[Known]:
    """Search and read for every question, once."""
    out = []
    for question in questions:
        query = understand(question.question, question.history, question.documents)
        scope = scope_of(query, assistant.index.documents)
        out.append(Known(question, query, scope, tuple(assistant.read(assistant.search(query, scope)))))
        if len(out) % 50 == 0:
            print(f"read {len(out)}/{len(questions)}", file=sys.stderr)
    return out


def outcomes(reads: Sequence[Known], assistant: Assistant) -> list[tuple[Candidate | None, bool]]:
    """For every question the candidate that its confidence hangs on, and whether the answer is right and cited."""
    out: list[tuple[Candidate | None, bool]] = []
    for known in reads:
        ranked = assistant.rank(known.read)
        answer = assistant.decide(known.query, known.scope, ranked)
        firsts = [found[0] for _, found in ranked if found]
        right = known.question.answerable and judge(known.question, answer.to_json()).both
        weakest = min(firsts, key=assistant.calibration.confidence, default=None)
        out.append((weakest, right))
    return out


def fit(reads: Sequence[Known], assistant: Assistant) -> Calibration:
    """The calibration that answers most of `reads` rightly, with a fitted confidence and a threshold for RISK."""
    start = replace(assistant.calibration, curves=(FLAT,) * len(FEATURES), intercept=0.0, threshold=0.0)
    best, best_right = start, -1
    for values in itertools.product(*GRID.values()):
        span, search, period, figure, unit = values
        trial = replace(start, span=span, search=search, period=period, figure=figure, unit=unit)
        right = sum(ok for _, ok in outcomes(reads, Assistant(assistant.index, assistant.reader, trial)))
        if right > best_right:
            best, best_right = trial, right
    known = [(c.signs, ok) for c, ok in outcomes(reads, Assistant(assistant.index, assistant.reader, best)) if c]
    signs, right_ = np.array([s for s, _ in known]), np.array([ok for _, ok in known])
    curves, intercept = logistic_curves(signs, right_)
    fitted = replace(best, curves=curves, intercept=intercept)
    return replace(fitted, threshold=threshold(reads, Assistant(assistant.index, assistant.reader, fitted)))


def logistic_curves(signs: Floats, right: NDArray[np.bool_]) -> tuple[tuple[Curve, ...], float]:
    """A logistic regression on a piecewise linear function of each column of `signs`, and its intercept.

    The functions are sums of hats (B-splines of degree 1) at KNOTS even places, so that a hat's coefficient is the
    function's value there.
    """
    scaler, hats = StandardScaler(), SplineTransformer(n_knots=KNOTS, degree=1, extrapolation="constant")
    model = LogisticRegression(C=0.3, max_iter=3000)
    make_pipeline(scaler, hats, model).fit(signs, right)
    curves = []
    for column, (mean, scale) in enumerate(zip(scaler.mean_, scaler.scale_, strict=True)):
        places = hats.bsplines_[column].t[1:-1] * scale + mean
        values = model.coef_[0][column * KNOTS : (column + 1) * KNOTS]
        points = dict(zip(places.round(4).tolist(), values.round(4).tolist(), strict=True))
        curves.append(tuple(points.items()))
    return tuple(curves), round(float(model.intercept_[0]), 4)


def of_given(reads: Sequence[Known], assistant: Assistant) -> Calibration:
    """The assistant's calibration with the confidence of the answers it gives fitted once more; it decides as before.

    The curves are held back by their penalty, and fitted on refused answers too, so that they are too modest where an
    answer is given. Slope and shift of the logit: Platt, "Probabilistic outputs for support vector machines", 1999.
    """
    old = assistant.calibration
    known = [(old.confidence(c), ok) for c, ok in outcomes(reads, assistant) if c]
    given = [(logit(sure), ok) for sure, ok in known if sure >= old.threshold]
    model = LogisticRegression(C=1e6).fit([[value] for value, _ in given], [ok for _, ok in given])
    return stretched(old, float(model.coef_[0][0]), float(model.intercept_[0]))


def stretched(calibration: Calibration, slope: float, shift: float) -> Calibration:
    """The calibration whose confidence has `slope` times the logit plus `shift`; the threshold stays at its place."""
    curves = tuple(tuple((x, round(slope * y, 4)) for x, y in curve) for curve in calibration.curves)
    level = 1 / (1 + math.exp(-slope * logit(calibration.threshold) - shift))
    intercept = round(slope * calibration.intercept + shift, 4)
    return replace(calibration, curves=curves, intercept=intercept, threshold=round(level, 4))


def logit(probability: float) -> float:
    """The logit of a probability, which is kept within [1e-4, 1 - 1e-4]."""
    inside = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(inside / (1 - inside))


def threshold(reads: Sequence[Known], assistant: Assistant) -> float:
    """The lowest confidence from which on at most RISK of the answers are wrong, unless it refuses too much.

    A threshold that would refuse more than FALSE_REFUSALS of the answerable questions gives way to the highest that
    does not.
    """
    found = [
        (assistant.calibration.confidence(c), ok, known.question.answerable)
        for known, (c, ok) in zip(reads, outcomes(reads, assistant), strict=True)
        if c
    ]
    answerable = sum(a for _, _, a in found)
    levels = sorted({round(confidence, 3) for confidence, _, _ in found})
    safe = [
        t
        for t in levels
        if sum(not ok for confidence, ok, _ in found if confidence >= t) <= RISK * sum(c >= t for c, _, _ in found)
    ]
    kind = [t for t in levels if sum(a and c < t for c, _, a in found) <= FALSE_REFUSALS * answerable]
    return min(min(safe, default=1.0), max(kind, default=0.0))


def _asked(paths: Sequence[Path], only: Sequence[str], index: Index) -> list[Question]:
    """The questions of the files about `only` these documents, () for all, as far as they are indexed."""
    questions = [question for path in paths for question in read_questions(path).questions]
    return [q for q in questions if (not only or q.doc in only) and all(d in index.documents for d in q.documents)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.calibrate", description=__doc__)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--reader", type=Path, required=True, help="the reader's folder")
    parser.add_argument("--given", type=Path, nargs="*", help="questions for the last step (default: the same)")
    parser.add_argument("--keep", action="store_true", help="only the last step, for the calibration that lies there")
    parser.add_argument("--only", nargs="*", default=(), help="documents whose questions count (default: all)")
    options = parser.parse_args(arguments)
    index, reader = open_index(options.index), Reader(options.reader)
    plain = Calibration(0.2, 0.3, 0.7, 1.0, 0.5, (FLAT,) * len(FEATURES), 0.0, 0.0)
    assistant = Assistant(index, reader, load_calibration(options.reader) if options.keep else plain)
    first = options.given is None or not options.keep
    reads = read_all(_asked(options.questions, options.only, index), assistant) if first else []
    last = reads if options.given is None else read_all(_asked(options.given, (), index), assistant)
    fitted = of_given(last, assistant if options.keep else Assistant(index, reader, fit(reads, assistant)))
    value = {
        name: getattr(fitted, name) for name in ("span", "search", "period", "figure", "unit", "intercept", "threshold")
    }
    value["curves"] = dict(zip(FEATURES, fitted.curves, strict=True))
    (options.reader / "calibration.json").write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(value))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
