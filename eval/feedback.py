"""Question-file rows from readers' feedback, each checked against the documents. Knows the ledger and no assistant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.check import check
from eval.questions import Question, QuestionFile, question_from
from index.records import Document
from qa.ledger import Ledger
from qa.ledger.cases import cases


@dataclass(frozen=True, slots=True)
class Harvest:
    """The rows that hold, in the order of the feedback, and one line for each word that gave none."""

    questions: tuple[Question, ...]
    left_out: tuple[str, ...]


def from_feedback(ledger: Ledger, documents: Mapping[str, Document]) -> Harvest:
    """What readers said, as rows that `eval.check` finds nothing wrong with."""
    questions: list[Question] = []
    left_out: list[str] = []
    for case in cases(ledger.feedback.words(), documents):
        reason = case.reason
        if case.row is not None:
            try:
                question = question_from(case.row, len(questions) + 1)
            except ValueError as error:
                reason = str(error)
            else:
                findings = check(QuestionFile(Path("feedback"), (question,), ()), documents)
                reason = findings[0].partition(", ")[2] if findings else ""
                questions += [] if findings else [question]
        if reason:
            asked = json.dumps(case.feedback.row.question[:60], ensure_ascii=False)
            left_out.append(f"feedback {case.feedback.number}, {asked}: {reason}")
    return Harvest(tuple(questions), tuple(left_out))
