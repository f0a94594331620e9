"""Answers are made of slices: every quote slices back, marks lie in it, items and refusals are what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.document import load_document
from index.records import Document, Passage
from qa import compose
from qa.answer import Answer
from qa.compose import Choice
from qa.question import understand

REPORT = Path(__file__).parent.parent / "index" / "reports" / "sanmen-2023.txt"


@pytest.fixture(scope="module")
def document() -> Document:
    return load_document(REPORT)


def choice(document: Document, words: str, kind: str = "number", asked: str = "多少") -> Choice:
    start = document.text.index(words)
    return Choice(document.id, start, start + len(words), kind, asked)


def sliced(answer: Answer, document: Document) -> None:
    for citation in (*answer.citations, *answer.related):
        assert citation.quote == document.text[citation.start : citation.end]
        assert all(citation.start <= a < b <= citation.end for a, b in citation.marks)
    for item in answer.answers:
        assert item.text in answer.citations[item.citation - 1].quote


def test_a_figure_is_widened_and_quoted_with_its_sentence(document: Document) -> None:
    answer = compose.answer(
        understand("目标是多少"), [choice(document, "生产总值增长6.0%")], {document.id: document}, 0.9
    )
    assert answer.answer == "生产总值增长6.0%以上"
    assert [(c.n, c.period) for c in answer.citations] == [(1, "2023 plan")]
    assert answer.citations[0].quote.startswith("综合考虑各方面因素,建议今年")
    sliced(answer, document)


def test_a_list_is_cut_into_items_of_one_citation(document: Document) -> None:
    chosen = choice(document, "滨海科技城、三门核电、沿海工业城", "list")
    answer = compose.answer(understand("哪几个版块"), [chosen], {document.id: document}, 0.8)
    assert answer.answer == "滨海科技城；三门核电；沿海工业城"
    assert [(i.text, i.citation) for i in answer.answers] == [
        ("滨海科技城", 1),
        ("三门核电", 1),
        ("沿海工业城", 1),
    ]
    sliced(answer, document)


def test_two_spans_of_one_sentence_share_a_citation(document: Document) -> None:
    chosen = [choice(document, "332.63亿元"), choice(document, "2.6%")]
    answer = compose.answer(understand("多少"), chosen, {document.id: document}, 0.8)
    assert answer.answer == "332.63亿元；2.6%"
    assert [document.text[a:b] for a, b in answer.citations[0].marks] == ["332.63亿元", "2.6%"]
    assert len(answer.citations) == 1
    sliced(answer, document)


def test_a_refusal_has_no_citation(document: Document) -> None:
    passages = [Passage(document.id, at, at + 50) for at in (240, 400, 600, 800)]
    answer = compose.refusal(understand("临海市的GDP"), passages, {document.id: document}, 0.1)
    assert (answer.refused, answer.answer, answer.answers, answer.citations) == (True, "", (), ())
    assert [(c.start, c.end) for c in answer.related] == [(240, 290), (400, 450), (600, 650)]
    assert answer.to_json()["message"] == "报告中没有答案"
    sliced(answer, document)


def test_missing_reports_are_named(document: Document) -> None:
    answer = compose.answer(understand("多少"), [choice(document, "332.63亿元")], {document.id: document}, 0.8)
    documents = {document.id: document, "另一份": document}
    assert compose.with_missing(answer, list(documents), documents).message == "没有答案的报告：三门县"
