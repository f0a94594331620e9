"""Spans are widened to whole figures, trimmed of marks and cut into items, always as spans of the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.wording import has_figure, items, trimmed, whole_figure


@pytest.mark.parametrize(
    ("text", "inner", "whole"),
    [
        ("城镇新增就业5000人以上,城镇", "5000人", "5000人以上"),
        ("达到332.63亿元,同比", "63亿元", "332.63亿元"),
        ("增长6.0%以上;固定", "6.0%", "6.0%以上"),
        ("控制在5.5%左右，城镇", "5.5", "5.5%左右"),
        ("比全市平均低0.35个百分点。", "0.35", "0.35个百分点"),
        ("增速居全省第二;财政", "全省第二", "全省第二"),
        ("完善工作机制以上各项", "工作机制", "工作机制"),
    ],
)
def test_figures_are_kept_whole(text: str, inner: str, whole: str) -> None:
    start = text.index(inner)
    a, b = whole_figure(text, start, start + len(inner))
    assert text[a:b] == whole


@pytest.mark.parametrize(
    ("text", "inner", "kept"),
    [
        ("，滨海科技城、三门核电。", "，滨海科技城、三门核电。", "滨海科技城、三门核电"),
        ("获批“三门小白虾”商标", "三门小白虾”", "“三门小白虾”"),
        ("推进（二期）建设", "（二期）", "二期"),
    ],
)
def test_edges_are_trimmed_and_pairs_closed(text: str, inner: str, kept: str) -> None:
    start = text.index(inner)
    a, b = trimmed(text, start, start + len(inner))
    assert text[a:b] == kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("滨海科技城、三门核电、沿海工业城", ["滨海科技城", "三门核电", "沿海工业城"]),
        ("重大网络舆情问题、重大巡视问题和重大信访问题", ["重大网络舆情问题", "重大巡视问题", "重大信访问题"]),
        ("建设“甲、乙”两园、丙园", ["建设“甲、乙”两园", "丙园"]),
        ("新能源城核心区", ["新能源城核心区"]),
    ],
)
def test_enumerations_fall_into_items(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in items(text, 0, len(text))] == expected


@given(st.text("甲乙，。、和“”（）12%以上年", max_size=30), st.data())
def test_every_result_lies_in_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for low, high in (trimmed(text, start, end), whole_figure(text, start, end), *items(text, start, end)):
        assert 0 <= low <= high <= len(text)


def test_figures_are_seen() -> None:
    assert has_figure("新增三家", 0, 3)
    assert has_figure("第十九位", 0, 4)
    assert not has_figure("一体推进", 0, 4)
