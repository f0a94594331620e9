"""A term's definition is found under any way of asking for it, and is a span of the glossary."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.document import load_document
from index.fold import fold
from index.records import Document
from qa.glossary import LONGEST, asked_entry, defines, definition

REPORT = Path(__file__).parent.parent / "index" / "reports" / "sanmen-2023.txt"


@pytest.fixture(scope="module")
def document() -> Document:
    return load_document(REPORT)


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("什么是“五大攻坚”？", "“五大攻坚”行动"),
        ("报告里说的千万工程是啥", "“千万工程”"),
        ("什么是五大攻坚", "“五大攻坚”行动"),
        ("“136”格局怎么理解", "“136”格局"),
        ("農業“標準地”是什麼意思", "农业“标准地”"),
        ("什么是数字孪生", None),
    ],
)
def test_entries(document: Document, question: str, term: str | None) -> None:
    entry = asked_entry(document, fold(question))
    assert (entry.term if entry else None) == term


def test_definitions_are_short_spans_behind_the_term(document: Document) -> None:
    for entry in document.glossary:
        start, end = definition(document, entry, fold(entry.term))
        assert entry.start < start < end <= entry.end
        assert end - start <= LONGEST
    entry = asked_entry(document, "什么是“千万工程”")
    assert entry is not None
    start, end = definition(document, entry, "千万工程")
    assert document.text[start:end] == "“千村示范、万村整治”工程。"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("农业“标准地”是什么意思", "实现农用地资源优化配置、劳动生产率和土地产出率提高的农业项目用地。"),
        ("“X”代表什么", "新材料、海洋装备等若干新兴产业。"),
        ("“造月工程”是个什么工程", "打造山区26县旅游核心吸引物,为旅游业高质量发展注入核心动力。"),
        ("什么是“五快循环”", "快检测、快流调、快编组、快转运、快隔离。"),
    ],
)
def test_the_core_of_a_definition(document: Document, question: str, told: str) -> None:
    asked = fold(question)
    entry = asked_entry(document, asked)
    assert entry is not None
    start, end = definition(document, entry, asked)
    assert document.text[start:end] == told


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("什么是“千村工程”", True),
        ("什么是“千万工程”", False),
        ("什么是千村工程", False),  # nothing is quoted: another wording of the term may be meant
        ("什么是“示范、整治”", True),
        ("什么是“万村整治”", False),  # stands in the entry
    ],
)
def test_an_entry_of_another_term_is_told_from_that_of_the_quoted_one(
    document: Document, question: str, other: bool
) -> None:
    entry = asked_entry(document, "什么是“千万工程”")
    assert entry is not None
    assert defines(document, fold(question), (entry.start + 1, entry.end)) is not other
    assert defines(document, fold(question), (0, 30))


@pytest.mark.parametrize(
    ("question", "told", "answers"),
    [
        ("什么是“四下基层”", "弘扬“四下基层”", False),
        ("四下基层是什么", "“四下基层”", False),
        ("什么是“四下基层”", "领导干部到基层宣传、调研、接访、办公", True),
        ("GEP核算是什么", "生态系统生产总值（GEP）核算", True),
        ("AI是什么", "人工智能", True),
    ],
)
def test_a_term_alone_does_not_say_what_it_is(document: Document, question: str, told: str, answers: bool) -> None:
    other = replace(document, text=told, glossary=())
    assert defines(other, fold(question), (0, len(told))) is answers
