"""No answer begins or ends inside a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.words import whole_words


@pytest.mark.parametrize(
    ("text", "inner", "whole"),
    [
        ("考古重大发现上蔡新石器遗址入选", "蔡新石器遗址", "上蔡新石器遗址"),
        ("全力冲刺平安县十九连创", "十九连", "十九连创"),
        ("建成投运下湾飞灰填埋场", "湾飞灰填埋", "下湾飞灰填埋场"),
        ("城镇新增就业5171人", "5171人", "5171人"),
        ("全面完成GDP核算", "DP", "DP"),
        ("新建公园三座", "新建公园三座", "新建公园三座"),
        # The segmenter takes 条背 for a word; a count with its unit is whole already.
        ("翻修11条背街巷道", "11条", "11条"),
    ],
)
def test_edges_inside_a_word_move_out(text: str, inner: str, whole: str) -> None:
    start = text.index(inner)
    a, b = whole_words(text, (start, start + len(inner)), (0, len(text)))
    assert text[a:b] == whole


@given(st.text("三门县平安遗址，12%aB", max_size=20), st.data())
def test_a_span_only_grows_and_stays_in_its_sentence(text: str, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, len(text)))
    start = data.draw(st.integers(low, high))
    end = data.draw(st.integers(start, high))
    a, b = whole_words(text, (start, end), (low, high))
    assert low <= a <= start <= end <= b <= high
