"""Readings → one Answer with its citations, or a refusal. Knows fixed phrases and the documents' words, no models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.records import Document
from index.split import sentences
from qa.answer import Answer, AnswerItem, Citation, cite
from qa.question import Query
from qa.reader import Reading

NOT_ANSWERED = "报告中没有答案"
_SEPARATOR = re.compile(r"、|；|;|和|以及|及")
RELATED = 3


def refusal(query: Query, readings: Sequence[Reading], documents: Mapping[str, Document], confidence: float) -> Answer:
    """The answer that says the reports do not answer, with up to three passages worth a look."""
    related: list[Citation] = []
    for reading in readings[:RELATED]:
        passage = reading.hit.passage
        related.append(cite(len(related) + 1, documents[passage.document], passage.start, passage.end))
    return Answer(query.question, query.resolved, True, "", confidence, (), (), tuple(related), NOT_ANSWERED, 0.0)


def answer(query: Query, chosen: Sequence[Reading], documents: Mapping[str, Document], confidence: float) -> Answer:
    """The answer made of the chosen readings, in their order: one, or one for each part of the question."""
    citations: list[Citation] = []
    items: list[AnswerItem] = []
    for reading in chosen:
        document = documents[reading.hit.passage.document]
        citation = _cited(citations, document, reading)
        for start, end in _items(document.text, reading.span) if query.kind == "list" else [reading.span]:
            item = AnswerItem(document.text[start:end], document.id, citation.n)
            if item not in items:
                items.append(item)
    return Answer(
        query.question,
        query.resolved,
        False,
        "；".join(item.text for item in items),
        confidence,
        tuple(items),
        tuple(citations),
        (),
        "",
        0.0,
    )


def quote_of(text: str, low: int, high: int, span: tuple[int, int]) -> tuple[int, int]:
    """The sentences of `text[low:high]` that `span` lies in, as one span."""
    touched = [(a, b) for a, b in sentences(text, low, high) if a < span[1] and b > span[0]]
    return (min(touched[0][0], span[0]), max(touched[-1][1], span[1])) if touched else span


def _cited(citations: list[Citation], document: Document, reading: Reading) -> Citation:
    """The citation of the reading's quote: one that stands already, marked once more, or a new one."""
    for at, old in enumerate(citations):
        if (old.document, old.start, old.end) == (document.id, *reading.quote):
            citations[at] = replace(old, marks=tuple(sorted({*old.marks, reading.span})))
            return citations[at]
    citations.append(cite(len(citations) + 1, document, *reading.quote, (reading.span,)))
    return citations[-1]


def _items(text: str, span: tuple[int, int]) -> list[tuple[int, int]]:
    """The enumerated items of `text[span]`, cut at 、 and at 和 before the last one; the span where there is none."""
    start, end = span
    cuts = [m.span() for m in re.finditer(r"、|；|;", text[start:end])]
    if not cuts:
        return [span]
    edges = [0, *(edge for cut in cuts for edge in cut), end - start]
    pieces = [(start + a, start + b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    tail = re.search(r"(?<=[\w”》])(?:以及|及|和)(?=[\w“《])", text[slice(*pieces[-1])])
    if tail and tail.start() > 1:
        a, b = pieces.pop()
        pieces += [(a, a + tail.start()), (a + tail.end(), b)]
    return [(a, b) for a, b in pieces if b > a]
