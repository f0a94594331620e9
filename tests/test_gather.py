"""What a report tells one by one is gathered whole and in order, as slices; other enumerations stay alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from short_report import report

from index.records import Document
from qa.gather import aims, ending_alike, series
from qa.question import asks_aims


def gathered(document: Document, words: str, reasons: bool = False) -> list[str]:
    start = document.text.index(words)
    return [document.text[a:b] for a, b in series(document, (start, start + len(words)), reasons)]


TASKS = "今年重点抓好三项工作：一是扩大有效投资，建设项目五十个。二是提升城市品质。三是办好民生实事。四季度开展督查。"


@pytest.mark.parametrize("words", ["扩大有效投资", "提升城市品质", "办好民生实事"])
def test_any_item_brings_all(tmp_path: Path, words: str) -> None:
    items = ["扩大有效投资，建设项目五十个", "提升城市品质", "办好民生实事"]
    assert gathered(report(tmp_path, TASKS), words) == items


def test_the_clause_that_announces_brings_all(tmp_path: Path) -> None:
    assert gathered(report(tmp_path, TASKS), "三项工作") == [
        "扩大有效投资，建设项目五十个",
        "提升城市品质",
        "办好民生实事",
    ]


def test_what_all_items_share_is_left_out_as_in_the_one_chosen(tmp_path: Path) -> None:
    document = report(tmp_path, "一要突出项目建设。二要突出园区提质。三要突出环境优化。")
    assert gathered(document, "园区提质") == ["项目建设", "园区提质", "环境优化"]
    assert gathered(document, "突出园区提质") == ["突出项目建设", "突出园区提质", "突出环境优化"]


def test_a_long_item_is_told_by_its_first_clause(tmp_path: Path) -> None:
    long = "深化改革攻坚，" + "完善制度机制并且持续推动各项任务落到实处" * 3
    assert gathered(report(tmp_path, f"任务有：一是{long}。二是扩大开放。"), "扩大开放") == ["深化改革攻坚", "扩大开放"]


@pytest.mark.parametrize(
    "lines",
    [
        ("二是提升城市品质。三是办好民生实事。",),  # it does not begin at one
        ("一是扩大有效投资。", "三是提升城市品质。"),  # a number is missing
        ("第一季度提升城市品质。",),  # a numeral that counts nothing
        ("一是扩大投资、提升城市品质、办好实事。二是开放。",),  # the chosen words stand inside an enumeration
    ],
)
def test_there_is_no_series(tmp_path: Path, lines: tuple[str, ...]) -> None:
    words = "扩大投资、提升城市品质" if "、" in lines[0] else "提升城市品质"
    assert gathered(report(tmp_path, *lines), words) == []


def test_reasons_are_gathered_where_the_report_says_that_they_are(tmp_path: Path) -> None:
    told = "提出这一目标，主要考虑：一是与规划衔接。二是稳定预期。"
    assert gathered(report(tmp_path, told), "稳定预期", reasons=True) == ["与规划衔接", "稳定预期"]
    assert gathered(report(tmp_path, TASKS), "提升城市品质", reasons=True) == []


def test_numbers_of_another_chapter_do_not_go_on(tmp_path: Path) -> None:
    document = report(
        tmp_path,
        "一、2023年工作回顾", "（一）经济运行平稳", "经济增长较快。", "（二）民生持续改善", "收入提高。",
        "二、2024年工作安排", "（三）城市更美", "建设公园。",
    )  # fmt: skip
    assert gathered(document, "民生持续改善") == ["经济运行平稳", "民生持续改善"]


def told_aims(document: Document, words: str) -> list[str]:
    start = document.text.index(words)
    return [document.text[a:b] for a, b in aims(document, (start, start + len(words)))]


@pytest.mark.parametrize("words", ["增长6%以上", "就业5000人", "节能降碳指标完成市下达任务"])
def test_one_aim_brings_all(tmp_path: Path, words: str) -> None:
    told = "今年经济社会发展主要预期目标是：生产总值增长6%以上，新增就业5000人，节能降碳指标完成市下达任务。"
    document = report(tmp_path, told, "为实现上述目标，投资增长7%，消费增长8%，出口增长9%。")
    assert told_aims(document, words) == ["生产总值增长6%以上", "新增就业5000人", "节能降碳指标完成市下达任务"]
    assert told_aims(document, "消费增长8%") == []


def test_semicolons_part_aims_where_there_are_several(tmp_path: Path) -> None:
    document = report(tmp_path, "主要目标为：产值增长6%，力争更好；就业5000人，失业率5%；降碳达标。")
    assert told_aims(document, "失业率5%") == ["产值增长6%，力争更好", "就业5000人，失业率5%", "降碳达标"]


@pytest.mark.parametrize(
    ("question", "all_of_them"),
    [
        ("今年的主要预期目标有哪些", True),
        ("三门县2023年的目标是什么", True),
        ("今年要实现哪些目标", True),
        ("今年GDP增长目标是什么", False),
        ("今年的主要预期目标是多少", False),
    ],
)
def test_who_asks_for_all_aims(question: str, all_of_them: bool) -> None:
    assert asks_aims(question) is all_of_them


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("信访接待", ["宣传路线、方针下基层", "调查研究下基层", "信访接待下基层"]),
        ("宣传路线", ["宣传路线、方针下基层", "调查研究下基层", "信访接待下基层"]),
        ("形成的方法", []),
        ("成效明显", []),
    ],
)
def test_clauses_that_end_alike(words: str, told: list[str]) -> None:
    text = "形成的方法，具体指宣传路线、方针下基层，调查研究下基层，信访接待下基层，成效明显。"
    start = text.index(words)
    assert [text[a:b] for a, b in ending_alike(text, (start, start + len(words)), (0, len(text)))] == told
