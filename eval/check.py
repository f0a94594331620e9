"""Verifies the gold of a question file against the documents of an index. Knows no assistant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eval.matching import contains
from eval.places import Atlas
from eval.questions import Question, QuestionFile
from index.records import Document


def check(asked: QuestionFile, documents: Mapping[str, Document]) -> list[str]:
    """One line for each gold string that does not hold, in the file's order; empty when all do.

    Every evidence string must stand in a document that the question asks, up to blanks, width and the marks that the
    contract's matching ignores. Every accepted answer must stand in the evidence, or else in those documents. A `wrong`
    value must not be what every accepted answer says.
    """
    atlas = Atlas(documents)
    return [f"line {q.line}, {q.id}: {finding}" for q in asked.questions for finding in _findings(q, atlas)]


def _findings(question: Question, atlas: Atlas) -> Iterator[str]:
    unknown = [name for name in question.documents if name not in atlas.documents]
    if unknown:
        yield f"the index holds no document {unknown[0]}"
        return
    for text in question.evidence:
        if not atlas.find(text, question.documents):
            yield f"evidence stands in no document asked: {_short(text)}"
    for gold in (*question.answers, *question.answers_all):
        if not any(contains(text, gold) for text in question.evidence) and not atlas.find(gold, question.documents):
            yield f"answer stands neither in the evidence nor in a document asked: {_short(gold)}"
    for document, values in question.answers_by_doc:
        names = [name for name in atlas.documents if document in name or name in document]
        if not names:
            yield f"the index holds no document {document}"
        elif not any(atlas.find(value, names) for value in values):
            yield f"answer does not stand in {document}: {_short(values[0])}"
    for wrong in question.wrong:
        if question.answers and all(contains(gold, wrong) for gold in question.answers):
            yield f"the wrong value is part of every accepted answer: {_short(wrong)}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
