"""Chosen spans → one Answer with its citations, or a refusal. Knows fixed phrases and documents' words, no models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.records import Document, Passage
from index.split import sentences
from qa.answer import Answer, AnswerItem, Citation, cite
from qa.question import Query
from qa.wording import aligned, growth_beside, items, trimmed, whole_clauses, whole_enumeration, whole_figure

NOT_ANSWERED = "报告中没有答案"
RELATED = 3
WHOLE = {"why_how": 60, "yes_no": 24}  # characters of a sentence that is given whole; of a longer one, whole clauses


@dataclass(frozen=True, slots=True)
class Choice:
    """The span that answers one part of a question; the kind of that part and its folded wording."""

    document: str
    start: int
    end: int
    kind: str
    asked: str


def refusal(query: Query, passages: Sequence[Passage], documents: Mapping[str, Document], confidence: float) -> Answer:
    """The answer that says the reports do not answer, with up to three passages worth a look."""
    related = tuple(
        cite(n + 1, documents[passage.document], passage.start, passage.end)
        for n, passage in enumerate(passages[:RELATED])
    )
    return Answer(query.question, query.resolved, True, "", confidence, (), (), related, NOT_ANSWERED, 0.0)


def answer(query: Query, choices: Sequence[Choice], documents: Mapping[str, Document], confidence: float) -> Answer:
    """The answer made of the chosen spans in their order: one, or one for each part of the question."""
    citations: list[Citation] = []
    found: list[AnswerItem] = []
    for choice in choices:
        document = documents[choice.document]
        span = _finished(document, choice)
        citation = _cited(citations, document, span)
        for start, end in items(document.text, *span) if choice.kind == "list" else [span]:
            item = AnswerItem(document.text[start:end], document.id, citation.n)
            if item not in found:
                found.append(item)
    words = "；".join(item.text for item in found)
    return Answer(query.question, query.resolved, False, words, confidence, tuple(found), tuple(citations), (), "", 0.0)


def with_missing(answer: Answer, asked: Sequence[str], documents: Mapping[str, Document]) -> Answer:
    """The answer of several documents, with those among `asked` that do not answer named in its message."""
    there = {item.document for item in answer.answers}
    missing = [documents[name].place or name for name in asked if name not in there]
    return replace(answer, message=f"没有答案的报告：{'、'.join(missing)}" if missing else "")


def quote_of(document: Document, span: tuple[int, int]) -> tuple[int, int]:
    """The sentence, or sentences, of the section that `span` lies in, as one span."""
    section = document.section_at(span[0])
    low = max(section.start, document.text.rfind("\n", 0, span[0]) + 1)
    high = document.text.find("\n", span[1])
    high = min(section.end, high if high >= 0 else section.end)
    touched = [(a, b) for a, b in sentences(document.text, low, max(high, span[1])) if a < span[1] and b > span[0]]
    return (min(touched[0][0], span[0]), max(touched[-1][1], span[1])) if touched else span


def _finished(document: Document, choice: Choice) -> tuple[int, int]:
    """The chosen span with whole figures, the value that goes with the name asked for, and whole enumerations."""
    span = trimmed(document.text, choice.start, choice.end)
    if choice.kind == "list":
        span = trimmed(document.text, *whole_enumeration(document.text, *span))
    if choice.kind == "number":
        sentence = quote_of(document, span)
        span = aligned(document.text, span, sentence, choice.asked)
        span = growth_beside(document.text, span, sentence, choice.asked)
    if choice.kind in WHOLE:
        return whole_clauses(document.text, span, quote_of(document, span), WHOLE[choice.kind])
    return whole_figure(document.text, *span)


def _cited(citations: list[Citation], document: Document, span: tuple[int, int]) -> Citation:
    """The citation of the span's sentence: one that stands already, marked once more, or a new one."""
    start, end = quote_of(document, span)
    for at, old in enumerate(citations):
        if (old.document, old.start, old.end) == (document.id, start, end):
            citations[at] = replace(old, marks=tuple(sorted({*old.marks, span})))
            return citations[at]
    citations.append(cite(len(citations) + 1, document, start, end, (span,)))
    return citations[-1]
