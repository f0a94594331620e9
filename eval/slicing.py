"""The slices a question belongs to: type, document, period, script, length of the answer. Knows no predictions."""

from __future__ import annotations

import re
import unicodedata

from eval.matching import norm
from eval.places import Atlas
from eval.questions import Question
from index.fold import fold

DIMENSIONS = {
    "type": ("题型", "type"),
    "document": ("文件", "document"),
    "period": ("时期", "period"),
    "script": ("文字", "script"),
    "length": ("答案字数", "answer length"),
}
NONE = "-"

_HAN = re.compile(r"[\u3400-\u9fff]")
_LENGTHS = ((4, "1-4"), (10, "5-10"), (25, "11-25"))


def slices_of(question: Question, atlas: Atlas) -> dict[str, str]:
    """The question's label in each of `DIMENSIONS`; "-" where it has none (an unanswerable question's period)."""
    places = [place for text in question.evidence for place in atlas.find(text, question.documents)]
    period = next((p for place in places if (p := atlas.section(place).period)), NONE)
    return {
        "type": question.type,
        "document": question.doc,
        "period": period,
        "script": script_of(question.question),
        "length": _length(question),
    }


def script_of(text: str) -> str:
    """`latin` without a Chinese character, `traditional` when a character has another Simplified form, `simplified`."""
    if not _HAN.search(text):
        return "latin"
    return "simplified" if fold(text) == unicodedata.normalize("NFKC", text).lower() else "traditional"


def _length(question: Question) -> str:
    if not question.gold:
        return NONE
    # Any one of `answers` is enough, so the shortest counts; of the others all are wanted.
    sizes = [len(norm(gold)) for gold in question.gold]
    size = min(sizes) if question.answers else sum(sizes)
    return next((label for most, label in _LENGTHS if size <= most), "26+")
