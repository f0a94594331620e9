"""Page furniture goes, the report stays, and every kept character leads back to its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chrome import chrome_edits
from index.textmap import apply

DATA = Path(__file__).parent / "data"


def cleaned(text: str) -> str:
    return apply(text, chrome_edits(text))[0]


def excerpt(name: str) -> str:
    return (DATA / f"report-{name}.txt").read_text(encoding="utf-8")


def test_bars_above_the_report_and_lists_below_it_go() -> None:
    text = cleaned(excerpt("province"))
    assert text.startswith(
        "2026年四川省人民政府工作报告\n2026年2月3日在四川省第十四届人民代表大会第五次会议上\n"
        "四川省人民政府省长 施小琳\n各位代表：\n"
    )
    assert text.rstrip().endswith("带场景揭榜。")
    assert "“双向揭榜挂帅”的简称" in text


def test_a_licence_footer_goes_and_sentences_broken_by_links_are_joined() -> None:
    text = cleaned(excerpt("national"))
    assert "公有领域" not in text
    assert "Public domain" not in text
    assert "2.5）平均浓度" in text
    assert "\n\n\n" not in text.rstrip()


def test_contents_page_numbers_and_repeated_page_headers_of_a_print_go() -> None:
    text = cleaned(excerpt("printed"))
    assert "....." not in text
    assert "願意全心全意" in text
    assert text.count("\n壹、前言") == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "下载\n打印\n全屏\n收藏\n【字号：\n加大\n】\n某市政府工作报告\n各位代表：\n",
            "某市政府工作报告\n各位代表：\n",
        ),
        (
            "首页\n>\n政务公开\n>\n工作报告\n某县政府工作报告\n各位代表：\n",
            "某县政府工作报告\n各位代表：\n",
        ),
        ("来源：\n某某日报\n时间：2026-02-09\n某县政府工作报告\n各位代表：\n", "某县政府工作报告\n各位代表：\n"),
        ("报告全文。\n相关报道：\n一个链接的标题\n", "报告全文。\n"),
        ("报告全文。\n（来源：某某日报）\n编辑：张三\n", "报告全文。\n"),
        ("增长5.5%\uff3b12\uff3d，创历史新高。\n", "增长5.5%，创历史新高。\n"),
        ("到2030\uff3b1\uff3d5个中心建成。\n", "到2030\uff3b1\uff3d5个中心建成。\n"),
        ("我们贯彻\n，继续前进。\n", "我们贯彻，继续前进。\n"),
        ("政府工作报\n告\n", "政府工作报告\n"),
        ("第一段。\n\n\n\n第二段。\n", "第一段。\n\n第二段。\n"),
    ],
)
def test_sure_signs(before: str, after: str) -> None:
    assert cleaned(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "政府工作报告\n——2024年1月23日在某县第一届人民代表大会第一次会议上\n县长 张三\n各位代表：\n现在报告工作。\n",
        "附件\n主办单位：省交通运输厅，各州、市人民政府\n",
        "省长张三作政府工作报告。本报记者 李四摄\n各位代表：\n",
        "一、工作回顾\n过去一年，成绩来之不易。\n二、工作安排\n今年要抓好以下工作。\n",
        "相关报道：\n" + "这一段很长，是报告的正文，不是链接。" * 12 + "\n",
    ],
)
def test_what_may_belong_to_the_report_stays(text: str) -> None:
    assert cleaned(text) == text


@given(st.text("各位代表：。，“”（来源相关报道>\n \f一、1.[2]\uff3b3\uff3d年", max_size=120))
def test_kept_characters_are_the_text_s_own_in_order(text: str) -> None:
    edits = chrome_edits(text)
    result, back = apply(text, edits)
    assert all(edit.text == "" for edit in edits)
    for at, character in enumerate(result):
        start, end = back.source_span(at, at + 1)
        assert text[start:end] == character
