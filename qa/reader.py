"""Query + hits → readings: for each passage how well it answers, and where. The seam behind which a model reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.lexical import terms
from index.records import Hit
from index.split import clauses, sentences
from index.store import Index
from qa.question import Query

_FIGURE = re.compile(
    r"(?:第[一二三四五六七八九十\d]+|[\d.]+(?:万|亿|千|百)*(?:个百分点|%|[^\d\W]{0,3})?|[一二三四五六七八九十百千两]+[个家项])"
    r"(?:以上|左右|以内|以下)?"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one hit: the answer's span in the document, and `score`, higher is better.

    `quote` is the sentence around the span. Scores compare within one question and, calibrated, between questions.
    """

    hit: Hit
    span: tuple[int, int]
    quote: tuple[int, int]
    score: float


class Reader(Protocol):
    """Whatever reads: gives readings, best first."""

    def read(self, query: Query, hits: Sequence[Hit], index: Index) -> tuple[Reading, ...]:
        """The best reading of every hit, best first."""


class PlainReader:
    """Reads without a model of its own: the sentence nearest to the question, and in it the figure or clause.

    A sentence's score is its cosine to the question plus the share of the question's terms in it, plus or minus its
    period's fit.
    """

    def read(self, query: Query, hits: Sequence[Hit], index: Index) -> tuple[Reading, ...]:
        """The best reading of every hit, best first."""
        asked = set(terms(query.words))
        spans = [
            (hit, span) for hit in hits for span in sentences(_text(index, hit), hit.passage.start, hit.passage.end)
        ]
        if not spans:
            return ()
        row = index.encoder.queries([query.words])[0]
        rows = index.encoder.passages([_text(index, hit)[a:b] for hit, (a, b) in spans])
        best: dict[int, Reading] = {}
        for (hit, span), cosine in zip(spans, (rows @ row).tolist(), strict=True):
            shared = len(asked & set(terms(_text(index, hit)[slice(*span)]))) / max(len(asked), 1)
            score = 4 * cosine + shared + period_fit(query, hit, index)
            if id(hit) not in best or score > best[id(hit)].score:
                best[id(hit)] = Reading(hit, self._span(query, hit, span, index, asked), span, score)
        return tuple(sorted(best.values(), key=lambda r: (-r.score, r.quote)))

    def _span(
        self, query: Query, hit: Hit, sentence: tuple[int, int], index: Index, asked: set[str]
    ) -> tuple[int, int]:
        text = _text(index, hit)
        parts = clauses(text, *sentence)
        shares = [len(asked & set(terms(text[a:b]))) for a, b in parts]
        if query.kind == "number":
            figures = [(a, b) for a, b in parts if _FIGURE.search(text, a, b)]
            if figures:
                start, end = max(figures, key=lambda p: shares[parts.index(p)])
                found = list(_FIGURE.finditer(text, start, end))
                return found[-1].span()
            return sentence
        if query.kind in ("meaning", "list", "why_how"):
            return sentence
        start, end = parts[shares.index(max(shares))]
        return (start, end - 1) if text[end - 1] in "，,。；;" and end - start > 1 else (start, end)


def period_fit(query: Query, hit: Hit, index: Index) -> float:
    """How the passage's period suits the question's years and tense: from -1 (contradicts) to 1, 0 for no sign."""
    document = index.documents[hit.passage.document]
    period = document.section_at(hit.passage.start).period
    if not period:
        return 0.0
    years, tense = period.rsplit(" ", 1)
    first, last = int(years[:4]), int(years[-4:])
    fit = 0.0
    asked = query.years_in(document.year)
    if asked:
        fit += 0.5 if any(first <= year <= last for year in asked) else -0.5
    if query.tense:
        fit += 0.5 if tense == query.tense else -0.5
    return fit


def _text(index: Index, hit: Hit) -> str:
    return index.documents[hit.passage.document].text
