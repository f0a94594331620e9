"""The nouns of an answer: what was asked, what the reports say, and where. Knows the index's records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from index.records import Document, Hit, Section


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and its place: `quote == document_text[start:end]`, made by `cite` and nowhere else.

    `marks` are the spans of the answer's own words, in positions of the document, inside `[start, end)`.
    """

    n: int
    document: str
    title: str
    section: tuple[str, ...]
    period: str
    start: int
    end: int
    quote: str
    marks: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in the contract's answer object."""
        return {
            "n": self.n,
            "document": self.document,
            "title": self.title,
            "section": list(self.section),
            "period": self.period,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "marks": [list(mark) for mark in self.marks],
        }


def cite(n: int, document: Document, start: int, end: int, marks: tuple[tuple[int, int], ...] = ()) -> Citation:
    """The citation numbered `n` of `document.text[start:end]`. ValueError where a mark leaves the quote."""
    if not 0 <= start < end <= len(document.text) or any(not start <= a < b <= end for a, b in marks):
        raise ValueError(f"span {start}:{end} with marks {marks} does not lie in {document.id}")
    section: Section = document.section_at(start)
    return Citation(
        n, document.id, document.title, section.path, section.period, start, end, document.text[start:end], marks
    )


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """One item of a list, one document of a comparison, or the one answer. `citation` is a citation's `n`.

    `confidence` in [0, 1] is this item's own; 0 where it is not known. `label` tells the item from the others where
    they answer for several periods (2022年实际, 2023年目标) or for each of several things, else "".
    """

    text: str
    document: str
    citation: int
    confidence: float = 0.0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page, the commands and the HTTP interface show.

    `refused` with empty `answer`, `answers` and `citations` means that the documents do not answer; `message` then
    says so in words, `related` holds passages worth a look, and `instead` is the nearest question that they do answer
    ("" where none is known). `lead` is 是 or 否 before the words that prove it, where the question can be answered so
    and the words are plain enough. `confidence` lies in [0, 1].
    """

    question: str
    resolved_question: str
    refused: bool
    answer: str
    confidence: float
    answers: tuple[AnswerItem, ...]
    citations: tuple[Citation, ...]
    related: tuple[Citation, ...]
    message: str
    latency_ms: float
    lead: str = ""
    instead: str = ""

    def to_json(self) -> dict[str, Any]:
        """The contract's answer object, ready for `json.dumps`."""
        return {
            "question": self.question,
            "resolved_question": self.resolved_question,
            "refused": self.refused,
            "answer": self.answer,
            "confidence": self.confidence,
            "answers": [
                {"text": a.text, "document": a.document, "citation": a.citation, "label": a.label} for a in self.answers
            ],
            "citations": [c.to_json() for c in self.citations],
            "related": [c.to_json() for c in self.related],
            "message": self.message,
            "lead": self.lead,
            "instead": self.instead,
            "latency_ms": self.latency_ms,
        }


@dataclass(frozen=True, slots=True)
class Considered:
    """A passage that was read, and what spoke for it.

    `hit` holds what each search channel found (cosine, BM25, both fused); `relevance` is the reader's logit against a
    null of 0, `span` how much its best span outweighs "no answer here"; `period` from -1 (contradicts the question)
    to 1; `score` is the sum that ranks; `confidence` in [0, 1] is told for the first passage of a part, else 0.
    `start` and `end` are the best span's place in the document.
    """

    hit: Hit
    relevance: float
    span: float
    period: float
    score: float
    confidence: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about.

    `hits` are in the order that the answer was read from, `timings` milliseconds by stage; `considered` the passages
    read, best first for each part of the question; `documents` those that the question was put to; an answer needs a
    confidence of `threshold`; `index_version` names the generation of the index.
    """

    answer: Answer
    hits: tuple[Hit, ...]
    timings: tuple[tuple[str, float], ...]
    considered: tuple[Considered, ...] = ()
    documents: tuple[str, ...] = ()
    threshold: float = 0.0
    index_version: str = ""
