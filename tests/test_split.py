"""Passages, sentences and clauses are spans of the text that leave out nothing but blanks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.outline import outline
from index.records import Document, Passage
from index.split import LEAD, clauses, lead, pieces, sentences, split
from index.textmap import identity

DATA = Path(__file__).parent / "data"
TEXTS = st.text("天地增长万元。；，！？\n ,.;:!?（）()“”0123456789 \u3000A", max_size=400)


def document(text: str, cuts: tuple[int, ...] = ()) -> Document:
    told = outline(text, "x")
    base = Document("x", "x", text, 0, "", "", "", told.sections, (), (), identity(text), "x.txt", "utf-8", "0" * 64)
    if not cuts or not text:
        return base
    edges = sorted({0, *(cut % (len(text) + 1) for cut in cuts), len(text)})
    kind = told.sections[0]
    sections = tuple(replace(kind, start=a, end=b) for a, b in pairwise(edges))
    return replace(base, sections=sections)


def covered(text: str, spans: list[tuple[int, int]]) -> str:
    return "".join("".join(text[a:b].split()) for a, b in spans)


@settings(deadline=None)  # the first one imports the splitter
@given(TEXTS, st.sampled_from([1, 7, 40, 120]))
def test_pieces_fit_the_size_follow_each_other_and_cover_everything(text: str, size: int) -> None:
    spans = pieces(text, 0, len(text), size)
    assert all(0 < b - a <= size for a, b in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(not text[a].isspace() and not text[b - 1].isspace() for a, b in spans)
    assert covered(text, spans) == "".join(text.split())


@settings(deadline=None)
@given(TEXTS, st.lists(st.integers(0, 400), max_size=5))
def test_no_passage_crosses_a_section(text: str, cuts: list[int]) -> None:
    doc = document(text, tuple(cuts))
    passages = split(doc, 30)
    for passage in passages:
        section = doc.section_at(passage.start)
        assert section.start <= passage.start < passage.end <= section.end
    assert covered(text, [(p.start, p.end) for p in passages]) == "".join(text.split())


@given(TEXTS, st.integers(0, 400), st.integers(0, 400))
def test_sentences_and_clauses_cover_their_stretch(text: str, a: int, b: int) -> None:
    start, end = sorted((a % (len(text) + 1), b % (len(text) + 1)))
    for spans in (sentences(text, start, end), clauses(text, start, end)):
        assert all(start <= x < y <= end for x, y in spans)
        assert covered(text, spans) == "".join(text[start:end].split())
    assert {x for x, _ in sentences(text, start, end)} <= {x for x, _ in clauses(text, start, end)}


def test_short_sentences_share_a_passage_and_long_ones_are_cut_at_commas() -> None:
    text = "一句话。两句话。" + "很长的一个分句没有句号，" * 6 + "结束。"
    spans = [text[a:b] for a, b in pieces(text, 0, len(text), 30)]
    assert spans == [
        "一句话。两句话。",
        "很长的一个分句没有句号，很长的一个分句没有句号，",
        "很长的一个分句没有句号，很长的一个分句没有句号，",
        "很长的一个分句没有句号，很长的一个分句没有句号，结束。",
    ]


def test_ascii_commas_cut_but_not_inside_numbers() -> None:
    text = "总产值达到1,234,567万元,增长5.5%,创下新高"
    assert [text[a:b] for a, b in pieces(text, 0, len(text), 17)] == ["总产值达到1,234,567万元,", "增长5.5%,创下新高"]


def test_closing_quotes_stay_with_their_sentence() -> None:
    text = "他说:“好!”大家笑了;3:30开会,共1,200人。”\n下一段"
    assert [text[a:b] for a, b in sentences(text, 0, len(text))] == [
        "他说:“好!”",
        "大家笑了;",
        "3:30开会,共1,200人。”",
        "下一段",
    ]
    assert [text[a:b] for a, b in clauses(text, 0, len(text))] == [
        "他说:",
        "“好!”",
        "大家笑了;",
        "3:30开会,",
        "共1,200人。”",
        "下一段",
    ]


def test_the_head_of_an_item_goes_with_what_it_heads() -> None:
    text = "要求更高了。一是建设变革型政府。破除思维定式，改变路径依赖。二是建设法治型政府。坚决依法办事。"
    assert [text[a:b] for a, b in pieces(text, 0, len(text), 28)] == [
        "要求更高了。",
        "一是建设变革型政府。破除思维定式，改变路径依赖。",
        "二是建设法治型政府。坚决依法办事。",
    ]


@pytest.mark.parametrize(
    ("before", "passage", "told"),
    [
        ("前言。今年主要预期目标是：生产总值增长5%，", "收入增长6%。", "今年主要预期目标是："),
        ("前言。二是建设法治型政府。坚决依法办事。", "规范决策程序。", "二是建设法治型政府。"),
        ("一是建设变革型政府。", "二是建设法治型政府。", ""),
        ("二是建设法治型政府。\n", "另起一段。", ""),
        ("前言。整句话。", "又一整句。", ""),
        ("他说：“好！”大家笑了，", "然后散了。", "大家笑了，"),
        # A clause with a figure of its own speaks for itself alone; a year is no figure.
        ("生产总值达到332.63亿元，", "收入居前列。", ""),
        ("2022年重点工作是，", "抓好项目。", "2022年重点工作是，"),
        ("", "开头。", ""),
    ],
)
def test_the_lead_of_a_passage_says_what_the_rest_of_an_item_or_sentence_is_about(
    before: str, passage: str, told: str
) -> None:
    start, end = lead(before + passage, 0, len(before))
    assert before[start:end] == told


@given(TEXTS, st.integers(0, 400), st.integers(0, 400))
def test_a_lead_is_short_and_lies_before_its_passage(text: str, a: int, b: int) -> None:
    low, at = sorted((a % (len(text) + 1), b % (len(text) + 1)))
    start, end = lead(text, low, at)
    assert low <= start <= end <= at
    assert end - start <= LEAD
    assert "\n" not in text[start:end].strip()


def test_passages_of_a_real_report_carry_its_id_and_order() -> None:
    doc = document((DATA / "report-county.txt").read_text(encoding="utf-8"))
    passages = split(doc)
    assert passages[0] == Passage("x", 0, passages[0].end)
    assert list(passages) == sorted(passages, key=lambda p: p.start)
    assert all(p.end - p.start <= 120 for p in passages)
