"""Questions to offer, drawn from the loaded reports, and whether the assistant answers them well enough for that.

Knows documents and Assistant.ask; it must not know the page, nor any one report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from index.records import Document

if TYPE_CHECKING:
    from qa.assistant import Assistant

# A clause that says how much of something there is: 固定资产投资增长28.8%. The name must be all of the clause before
# the verb and free of the characters that show it to be more than a noun.
_CLAUSE = re.compile(r"[^,，;；。!！?？:：\n、]+")
_MEASURE = re.compile(
    r"(?:全[国省区市州县旗年]|全自治区|全区)?(?P<name>[\u4e00-\u9fff]{4,10}?)(?P<verb>达到|增长|完成|突破)"
    r"(?P<value>\d+(?:\.\d+)?(?:%|[万亿]{0,2}(?:元|吨|户|家|人|亩|辆)))(?:以上|左右)?"
)
_NOT_A_NAME = re.compile(
    r"[的了和与及将各分再均比同较为从其]|新增|预计|实现|力争|确保|年均|累计|以来|增速|突破|达到|保持|完成"
)


FROM = 40
"""Reports that questions are drawn from, at most: the first of the index."""

SURE = 0.6
"""Confidence from which an answer is good enough for its question to be offered."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the words of the report that its answer must cite."""

    question: str
    document: str
    start: int
    end: int


def candidates(assistant: Assistant) -> Iterator[Example]:
    """Questions that the loaded reports should answer, reports taken in turn, each once. Same index, same questions."""
    documents = list(assistant.index.documents.values())
    several = len(documents) > 1
    seen: set[str] = set()
    drawn = [_candidates(document, several) for document in documents[:FROM]]
    for example in (item for turn in zip_longest(*drawn) for item in turn if item):
        if example.question not in seen:
            seen.add(example.question)
            yield example


def answered(assistant: Assistant, example: Example) -> bool:
    """Whether the assistant answers it with the words it was drawn from, and is sure enough to offer it."""
    answer = assistant.ask(example.question)
    return (
        not answer.refused
        and answer.confidence >= SURE
        and any(
            citation.document == example.document and citation.start < example.end and example.start < citation.end
            for citation in answer.citations
        )
    )


def _candidates(document: Document, several: bool) -> Iterator[Example]:
    """Results, plans and terms in turn; `several`: the question must then name the place."""
    place = document.place if several else ""
    results = _measures(document, "result", f"{place}{{year}}年{{name}}{{asks}}？")
    plans = _measures(document, "plan", f"{place}{{year}}年{{name}}的目标是多少？")
    for turn in zip_longest(results, _terms(document), plans):
        yield from (example for example in turn if example)


def _terms(document: Document) -> Iterator[Example]:
    for entry in sorted(document.glossary, key=lambda entry: (len(entry.term), entry.start)):
        term = entry.term.strip()
        if 3 <= len(term) <= 14:
            named = term if re.search('[“”"《]', term) else f"“{term}”"
            yield Example(f"什么是{named}？", document.id, entry.start, entry.end)


def _measures(document: Document, kind: str, template: str) -> Iterator[Example]:
    seen: set[str] = set()
    for section in document.sections:
        found = re.fullmatch(rf"(\d{{4}}) {kind}", section.period)
        if not found or section.kind not in ("body", "preamble"):
            continue
        for clause in _clauses(document.text, section.start, section.end):
            measure = _MEASURE.fullmatch(clause.group())
            if not measure or _NOT_A_NAME.search(measure["name"]) or measure["name"] in seen:
                continue
            seen.add(measure["name"])
            asks = "增长了多少" if measure["verb"] == "增长" else "是多少"
            question = template.format(year=found[1], name=measure["name"], asks=asks)
            yield Example(question, document.id, clause.start(), clause.end())


def _clauses(text: str, start: int, end: int) -> Iterable[re.Match[str]]:
    return _CLAUSE.finditer(text, start, end)
