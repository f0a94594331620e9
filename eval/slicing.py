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
TYPES = {
    "number": "数值",
    "entity": "名称",
    "list": "列举",
    "definition": "名词解释",
    "temporal_contrast": "年份辨析",
    "how_why": "做法与原因",
    "yes_no": "是否",
    "colloquial": "口语",
    "followup": "追问",
    "two_passages": "两处作答",
    "comparison": "跨文件比较",
    "english": "英文提问",
    "traditional": "繁体提问",
    "typo": "错别字",
    "keyword": "关键词",
    "unanswerable": "应拒答",
    "other": "其他",
}
_SCRIPTS = {"simplified": "简体", "traditional": "繁体", "latin": "西文"}

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


def label_of(dimension: str, label: str) -> str:
    """The Chinese words for a slice's label; a label that is not ours stays as it is."""
    if label == NONE:
        return "（无）"
    if dimension == "period":
        return re.sub(r" result$", " 年回顾", re.sub(r" plan$", " 年计划", label))
    known = {"type": TYPES, "script": _SCRIPTS, "document": {"*": "（全部文件）"}}.get(dimension, {})
    return known.get(label, label)


def order_of(dimension: str, label: str, n: int) -> tuple[float, str]:
    """The place of a label among those of its dimension: lengths by length, the others by falling size."""
    if dimension == "length":
        return (float(label.split("-")[0].rstrip("+") or "inf"), label)
    return (-n, label)


def _length(question: Question) -> str:
    if not question.gold:
        return NONE
    # Any one of `answers` is enough, so the shortest counts; of the others all are wanted.
    sizes = [len(norm(gold)) for gold in question.gold]
    size = min(sizes) if question.answers else sum(sizes)
    return next((label for most, label in _LENGTHS if size <= most), "26+")
