"""Measures of the quotes that were shown: are they true, do they support, do they lie where the gold lies.

Knows documents, evidence and rows of JSON; NaN stands for "this measure does not apply to this question".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from eval.judge import Prediction, quote_is_right, quotes
from eval.matching import norm
from eval.places import Atlas
from eval.questions import Question
from index.records import Document

NOT = math.nan


def quote_integrity(prediction: Prediction, documents: Mapping[str, Document]) -> float:
    """Share of all shown quotes, `related` ones too, that equal `document.text[start:end]` byte for byte.

    A gate at 1.0: the product's promise. NaN when nothing was quoted.
    """
    shown = [*(prediction.get("citations") or []), *(prediction.get("related") or [])]
    return sum(_is_true(citation, documents) for citation in shown) / len(shown) if shown else NOT


def contains_answer(prediction: Prediction) -> float:
    """Share of the answer's items whose own citation's quote contains the item's words. A gate at 1.0.

    An item joined of several stretches (`；`) must have each in the quote. NaN for a refusal. The citation recall of
    ALCE (Gao et al. 2023) with containment, which is exact for spans, in the place of an entailment model.
    """
    items = [item for item in prediction.get("answers") or [] if item.get("text")]
    by_number = {citation.get("n"): citation.get("quote") or "" for citation in prediction.get("citations") or []}
    if not items:
        return 0.0 if prediction.get("answer") else NOT
    held = 0
    for item in items:
        quote = norm(by_number.get(item.get("citation"), ""))
        # In the plain sense of containment: a quote may cut a longer number nowhere, since its borders are words'.
        held += all(norm(part) in quote for part in item["text"].split("；")) and bool(quote)
    return held / len(items)


def citation_precision(question: Question, prediction: Prediction) -> float:
    """Share of the shown quotes that overlap the gold evidence by the contract's rule. NaN when none was shown.

    Of answered, answerable questions with evidence; ALCE's citation precision with overlap for entailment.
    """
    shown = quotes(prediction)
    if not question.evidence or not shown:
        return NOT
    return sum(quote_is_right(quote, question.evidence) for quote in shown) / len(shown)


def citation_recall(question: Question, prediction: Prediction) -> float:
    """Share of the evidence strings that a shown quote overlaps; 0 when refused. NaN without evidence."""
    if not question.evidence:
        return NOT
    shown = quotes(prediction)
    return sum(any(quote_is_right(q, (e,)) for q in shown) for e in question.evidence) / len(question.evidence)


def place_accuracy(question: Question, prediction: Prediction, atlas: Atlas) -> dict[str, float]:
    """`document_accuracy`, `section_accuracy` and `period_accuracy` of the first citation, 1.0 or 0.0.

    Right when it names a document, a section path, a period in which the evidence stands. NaN when nothing was cited or
    the evidence stands nowhere verbatim; the period also where the evidence's section speaks of none.
    """
    names = ("document_accuracy", "section_accuracy", "period_accuracy")
    places = [place for text in question.evidence for place in atlas.find(text, question.documents)]
    cited = prediction.get("citations") or []
    if not places or not cited:
        return dict.fromkeys(names, NOT)
    first, sections = cited[0], [(place.document, atlas.section(place)) for place in places]
    periods = {section.period for _, section in sections if section.period}
    paths = {(document, section.path) for document, section in sections}
    return {
        "document_accuracy": float(first.get("document") in {place.document for place in places}),
        "section_accuracy": float((first.get("document"), tuple(first.get("section") or ())) in paths),
        "period_accuracy": float(first.get("period") in periods) if periods else NOT,
    }


def _is_true(citation: Mapping[str, Any], documents: Mapping[str, Document]) -> bool:
    document, start, end = documents.get(citation.get("document") or ""), citation.get("start"), citation.get("end")
    if document is None or not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
        return False
    return document.text[start:end] == citation.get("quote")
