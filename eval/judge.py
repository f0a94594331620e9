"""What counts as right, question by question, by the contract's rules. Knows rows of JSON, not where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.matching import contains, norm, overlap
from eval.questions import Question

SHORT = 25  # characters without marks that a short answer may always have, however short the gold one is
CITED = 0.6  # share of the shorter text that a quote and the evidence must have in one run
LISTED = 0.8  # share of a list's items that must appear
HOW_WHY = 200  # characters without marks that a how or why answer may have

Prediction = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the answer is right, whether a shown quote overlaps the evidence, and whether the reply is a refusal.

    For an unanswerable question the first two are true exactly when it was refused.
    """

    answer: bool
    citation: bool
    refused: bool

    @property
    def both(self) -> bool:
        return self.answer and self.citation


def judge(question: Question, prediction: Prediction | None) -> Verdict:
    """The verdict on one prediction; None (left out) and a row with `error` (crashed) are wrong, never a refusal."""
    if prediction is None or prediction.get("error"):
        return Verdict(False, False, False)
    refused = is_refused(prediction)
    if not question.answerable:
        return Verdict(refused, refused, refused)
    if refused:
        return Verdict(False, False, True)
    if question.answers_by_doc:
        right = _by_document(question, prediction)
        return Verdict(right, right, False)
    cited = any(quote_is_right(quote, question.evidence) for quote in quotes(prediction))
    return Verdict(_answer_is_right(question, prediction), cited, False)


def is_refused(prediction: Prediction) -> bool:
    """A reply that says so, or that has no answer at all."""
    return bool(prediction.get("refused")) or not (prediction.get("answer") or prediction.get("answers"))


def quotes(prediction: Prediction) -> list[str]:
    """The quotes that were shown, in their order."""
    return [citation.get("quote") or "" for citation in prediction.get("citations") or []]


def quote_is_right(quote: str, evidence: Sequence[str]) -> bool:
    """Whether `quote` shares a run of at least 60 % of the shorter text with one of the evidence strings."""
    return any(overlap(quote, text) >= CITED for text in evidence)


def _answer_is_right(question: Question, prediction: Prediction) -> bool:
    answer = prediction.get("answer") or ""
    if question.answers_all:
        return _list_is_right(question, prediction, answer)
    if not question.answers:
        return False
    if question.type == "how_why":
        hit = any(contains(answer, gold) or overlap(answer, gold) >= 0.7 for gold in question.answers)
        return hit and len(norm(answer)) <= HOW_WHY
    room = max(SHORT, 3 * max(map(len, question.answers)))
    if len(norm(answer)) > room or not any(contains(answer, gold) for gold in question.answers):
        return False
    return not wrong_values(question, answer)


def wrong_values(question: Question, answer: str) -> list[str]:
    """The question's `wrong` values that `answer` contains, leaving out those that an accepted answer contains too."""
    return [
        wrong
        for wrong in question.wrong
        if contains(answer, wrong) and not any(contains(gold, wrong) for gold in question.answers)
    ]


def _list_is_right(question: Question, prediction: Prediction, answer: str) -> bool:
    want = question.answers_all
    whole = "\n".join([answer, *(item.get("text") or "" for item in prediction.get("answers") or [])])
    room = max(SHORT * 2, 3 * sum(map(len, want)) + 10 * len(want), 2 * sum(map(len, question.evidence)))
    return sum(contains(whole, item) for item in want) / len(want) >= LISTED and len(norm(answer)) <= room


def _by_document(question: Question, prediction: Prediction) -> bool:
    rows = {item.get("document") or "": item.get("text") or "" for item in prediction.get("answers") or []}
    return all(
        any(contains(text, values[0]) and (document in name or name in document) for name, text in rows.items())
        for document, values in question.answers_by_doc
    )
