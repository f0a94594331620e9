"""Whose value it is: what stands before a measure's name, or behind another's, is not told of it."""

from __future__ import annotations

import pytest

from qa.whose import asks_growth, of_other_name, pace_told

AIMS = (
    "去年增长7%。今年目标是:生产总值增长6%以上,一般公共预算收入增长4%,居民消费价格涨幅2%左右,"
    "居民收入增长与经济增长基本同步,固定资产投资增长12%。就业稳定。"
)
INCOME = "今年居民收入增长目标是多少?"


@pytest.mark.parametrize(
    ("words", "value", "other"),
    [
        (INCOME, "6%", True),
        (INCOME, "4%", True),  # 收入增长 is in its clause too, 居民 is not
        (INCOME, "2%", True),  # 居民 is in its clause too, little more
        (INCOME, "12%", True),  # behind, of a name of its own
        (INCOME, "与经济增长基本同步", False),
        (INCOME, "7%", False),  # a sentence that does not name it leaves it open
        ("今年固定资产投资增长多少?", "12%", False),
        ("今年固定资产投资增长多少?", "2%", True),
        ("今年一般公共预算收入增长多少?", "4%", False),
        ("今年一般公共预算收入增长多少?", "12%", False),  # it has no such value in its clause: left open
        ("今年怎么样?", "6%", False),
    ],
)
def test_a_value_of_another_name(words: str, value: str, other: bool) -> None:
    start = AIMS.index(value)
    assert of_other_name(words, AIMS, start, start + len(value)) is other


@pytest.mark.parametrize(
    ("text", "value", "other"),
    [
        ("居民收入增长与经济增长同步,达到5万元。", "5万元", False),  # nothing else is named before it
        ("居民收入增长与经济增长同步,进出口增长3%。", "3%", True),
        ("农村居民收入增长更快,分别增长5%。", "5%", False),
        ("占比达到77%的居民收入增长。", "77%", False),
        ("占5%、共5,342元的居民收入增长。", "5%", False),  # no clause ends within a number
    ],
)
def test_a_clause_without_a_name_goes_on_with_the_last(text: str, value: str, other: bool) -> None:
    start = text.index(value)
    assert of_other_name(INCOME, text, start, start + len(value)) is other


def test_a_name_that_a_clause_tells_nearly_is_told_there() -> None:
    text = "新建2所公立幼儿园,规范民办幼儿园。"
    assert not of_other_name("要新盖几所公办幼儿园", text, 2, 4)


@pytest.mark.parametrize(
    ("words", "text", "told"),
    [
        (INCOME, AIMS, "与经济增长基本同步"),
        (
            "居民人均可支配收入增长多少",
            "一般公共预算收入、居民人均可支配收入和经济增长保持同步。",
            "和经济增长保持同步",
        ),
        ("进出口总额增长多少", "进出口总额与上年基本持平,好于预期。", "与上年基本持平"),
        ("今年固定资产投资增长多少?", AIMS, ""),
        ("居民收入增长多少", "居民收入增长5%。城市建设与乡村建设同步推进。", ""),
    ],
)
def test_that_a_measure_keeps_pace_is_its_value(words: str, text: str, told: str) -> None:
    found = pace_told(words, text)
    assert (text[slice(*found)] if found else "") == told


def test_growth_and_targets_are_asked_for() -> None:
    asked = ["居民收入增长多少", "今年目标是多少", "居民收入涨了多少", "居民收入是多少元", "一共有几家"]
    assert [asks_growth(one) for one in asked] == [True, True, True, False, False]
