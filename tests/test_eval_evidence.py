"""Where the evidence stands, the ranking over it and the quotes that show it, each value worked out by hand."""

from __future__ import annotations

import math

import pytest
from bigram_assistant import document

from eval.citing import citation_precision, citation_recall, contains_answer, place_accuracy, quote_integrity
from eval.places import Atlas, Place
from eval.questions import Question
from eval.ranking import Ranked, answer_at, ranked, ranking_values
from eval.trec import qrels_lines, run_lines

# ---- places and ranking ----

TEXT = """一、2022年工作回顾
全县生产总值332亿元。港口吞吐900万吨。
二、2023年主要工作
港口吞吐1000万吨。全县生产总值增长6%。
"""
REPORT = document("甲", TEXT)
ATLAS = Atlas({"甲": REPORT})


def _span(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def test_evidence_is_found_up_to_width_and_marks() -> None:
    start, end = _span("生产总值332亿元。港口")
    assert ATLAS.find("生产总值３３２亿元 港口") == (Place("甲", start, end),)
    assert len(ATLAS.find("生产总值")) == 2
    assert ATLAS.find("生产总值", ["乙"]) == ()
    assert ATLAS.find("，") == ()


def test_relevance_is_by_position_however_passages_are_cut() -> None:
    start, end = _span("港口吞吐900万吨。")
    assert ATLAS.covers("甲", 0, len(TEXT), "港口吞吐900万吨。")
    assert ATLAS.covers("甲", start + 2, end, "港口吞吐900万吨。")
    # 3 of the 6 characters of a passage that begins before the evidence lie in it: 50 % is too little, 4 of 6 enough.
    assert not ATLAS.covers("甲", start - 3, start + 3, "港口吞吐900万吨。")
    assert ATLAS.covers("甲", start - 2, start + 4, "港口吞吐900万吨。")
    assert not ATLAS.covers("甲", *_span("港口吞吐1000万吨"), "港口吞吐900万吨。")
    # Evidence that stands nowhere verbatim falls back to the longest common run: 港口吞吐1000万吨 of 9 in common.
    assert ATLAS.covers("甲", *_span("港口吞吐1000万吨"), "港口吞吐1000万吨以上，创新高")
    assert not ATLAS.covers("乙", 0, 5, "港口吞吐1000万吨以上，创新高")


TWO = Question("q1", "吞吐多少？", "two_passages", "甲", answers_all=("900万吨", "1000万吨"),
               evidence=("港口吞吐900万吨", "港口吞吐1000万吨"))  # fmt: skip
HITS = (
    ("甲", *_span("全县生产总值332亿元")),
    ("甲", *_span("港口吞吐1000万吨。")),
    ("甲", *_span("港口吞吐1000万吨")),
    ("甲", *_span("港口吞吐900万吨。")),
)


def test_a_ranking_is_over_evidence_and_repeats_gain_nothing() -> None:
    first, third = (f"甲:{a}-{b}" for _, a, b in (HITS[0], HITS[2]))
    found = ranked(TWO, HITS, ATLAS)
    assert found == Ranked("q1", (first, "q1#e2", third, "q1#e1"), ("q1#e1", "q1#e2"))
    assert ranked(TWO, [("甲", 0, len(TEXT))], ATLAS).items == ("q1#e1", "q1#e2")
    assert run_lines([found]).splitlines()[1] == "q1 Q0 q1#e2 2 3 wenbao"
    assert qrels_lines([found]) == "q1 0 q1#e1 1\nq1 0 q1#e2 1\n"
    assert run_lines([Ranked("q 1", ("甲 乙:0-1",), ())]) == "q_1 Q0 甲_乙:0-1 1 1 wenbao\n"


def test_ranking_measures_by_hand() -> None:
    nothing = Ranked("q2", (), ("q2#e1",))
    values = ranking_values([ranked(TWO, HITS, ATLAS), nothing])
    # Relevant at ranks 2 and 4 of two wanted. nDCG: (1/log2 3 + 1/log2 5) / (1 + 1/log2 3); MAP: (1/2 + 2/4) / 2.
    gain, ideal = 1 / math.log2(3) + 1 / math.log2(5), 1 + 1 / math.log2(3)
    assert values["q1"] == pytest.approx(
        {
            "recall@1": 0, "recall@3": 0.5, "recall@5": 1, "recall@10": 1, "recall@20": 1,
            "success@1": 0, "success@3": 1, "success@5": 1, "success@10": 1, "success@20": 1,
            "mrr@10": 0.5, "ndcg@10": gain / ideal, "map": 0.5,
        }
    )  # fmt: skip
    assert values["q2"] == dict.fromkeys(values["q1"], 0.0)
    assert ranking_values([]) == {}


def test_answer_at_k_looks_into_the_texts() -> None:
    texts = [TEXT[a:b] for _, a, b in HITS]
    assert answer_at(TWO, texts) == {"answer@1": 0, "answer@3": 0, "answer@5": 1, "answer@10": 1, "answer@20": 1}
    one = Question("q", "?", answers=("9%", "1000万吨"), evidence=("x",))
    assert answer_at(one, texts)["answer@1"] == 0
    assert answer_at(one, texts)["answer@3"] == 1
    assert answer_at(Question("q", "?", answers=("0万吨",), evidence=("x",)), ["900万吨"])["answer@1"] == 0


# ---- citations ----


def _cited(*words: str) -> list[dict[str, object]]:
    out = []
    for n, text in enumerate(words, 1):
        start, end = _span(text)
        section = REPORT.section_at(start)
        out.append(
            {"n": n, "document": "甲", "start": start, "end": end, "quote": text, "section": list(section.path),
             "period": section.period}
        )  # fmt: skip
    return out


def test_quote_integrity_is_byte_equality_of_every_quote() -> None:
    good = _cited("港口吞吐900万吨", "全县生产总值332亿元")
    assert quote_integrity({"citations": good}, ATLAS.documents) == 1.0
    for change in ({"quote": "港口吞吐\uff1900万吨"}, {"start": 0}, {"document": "乙"}, {"end": None}):
        bad = [good[0] | change, good[1]]
        assert quote_integrity({"citations": bad}, ATLAS.documents) == 0.5
        assert quote_integrity({"citations": good, "related": bad}, ATLAS.documents) == 0.75
    assert math.isnan(quote_integrity({}, ATLAS.documents))


def test_each_item_must_stand_in_its_own_quote() -> None:
    cited = _cited("港口吞吐900万吨", "港口吞吐1000万吨")
    items = [{"text": "900万吨", "citation": 1}, {"text": "1000万吨", "citation": 2}]
    assert contains_answer({"answer": "x", "answers": items, "citations": cited}) == 1.0
    assert (
        contains_answer({"answer": "x", "answers": [items[0], items[1] | {"citation": 1}], "citations": cited}) == 0.5
    )
    assert contains_answer({"answer": "x", "answers": [items[0] | {"citation": 9}], "citations": cited}) == 0.0
    joined = [{"text": "港口；900万吨", "citation": 1}]
    assert contains_answer({"answer": "x", "answers": joined, "citations": cited}) == 1.0
    assert contains_answer({"answer": "x", "answers": [], "citations": cited}) == 0.0
    assert math.isnan(contains_answer({"answer": "", "answers": []}))


def test_citation_precision_recall_and_place() -> None:
    cited = _cited("港口吞吐1000万吨", "全县生产总值332亿元", "全县生产总值增长6%")
    given_row = {"citations": cited}
    assert citation_precision(TWO, given_row) == pytest.approx(1 / 3)
    assert citation_recall(TWO, given_row) == 0.5
    assert citation_recall(TWO, {}) == 0.0
    assert math.isnan(citation_precision(TWO, {}))
    plan = Question("q", "目标？", "number", "甲", ("6%",), evidence=("全县生产总值增长6%",))
    names = ("document_accuracy", "section_accuracy", "period_accuracy")
    assert place_accuracy(plan, given_row, ATLAS) == dict.fromkeys(names, 1.0)
    other = {"citations": _cited("全县生产总值332亿元")}
    assert place_accuracy(plan, other, ATLAS) == dict(zip(names, (1.0, 0.0, 0.0), strict=True))
    assert all(math.isnan(value) for value in place_accuracy(plan, {}, ATLAS).values())
