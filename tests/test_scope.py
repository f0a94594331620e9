"""A question goes to the reports whose place or year it names; several places answer each for itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.document import Document
from index.textmap import identity
from qa.places import short_name
from qa.question import understand
from qa.scope import Scope, moved_on, scope_of

BLANK = Document("", "", "", 0, "", "", "", (), (), (), identity(""), "", "", "")
DOCUMENTS = {
    name: replace(BLANK, id=name, place=place, year=year, title=f"{place}政府工作报告")
    for name, place, year in (
        ("三门2023", "三门县", 2023),
        ("山东2026", "山东省", 2026),
        ("广西2026", "广西壮族自治区", 2026),
        ("国2024", "全国", 2024),
        ("海2018", "海拉尔区", 2018),
        ("海2019", "海拉尔区", 2019),
    )
}


@pytest.mark.parametrize(
    ("question", "asked", "scope"),
    [
        ("三门的GDP是多少", (), Scope(("三门2023",), False)),
        ("廣西的糧食產量", (), Scope(("广西2026",), False)),
        ("我国去年的就业", (), Scope(("国2024",), False)),
        ("海拉尔区2018年的产值", (), Scope(("海2018", "海2019"), False)),
        ("海拉尔2019年要建什么", (), Scope(("海2019",), False)),
        ("山东和广西的增长目标分别是多少", (), Scope(("山东2026", "广西2026"), True, (("山东2026",), ("广西2026",)))),
        (
            "六个省2026年的增长目标分别是多少",
            ("山东2026", "广西2026"),
            Scope(("山东2026", "广西2026"), True, (("山东2026",), ("广西2026",))),
        ),
        ("垃圾处理率是多少", ("山东2026",), Scope(("山东2026",), False)),
        ("垃圾处理率是多少", (), Scope(tuple(name for name in DOCUMENTS if name != "海2018"), False)),
        ("海拉尔2018年建成了多少公里公路", (), Scope(("海2019",), False)),
        ("海拉尔2018年计划建多少公里公路", (), Scope(("海2018",), False)),
        ("海拉尔2017年建成了多少公里公路", (), Scope(("海2018",), False)),
        ("海拉尔2019年建成了多少公里公路", (), Scope(("海2019",), False)),
        ("海拉尔区要建什么", (), Scope(("海2019",), False)),
        ("海拉尔2018年的政府工作报告说去年建成了什么", (), Scope(("海2018",), False)),
        ("2018年海拉尔区报告五年来建成了什么", (), Scope(("海2018",), False)),
        ("海拉尔2018年报告病例多少", (), Scope(("海2018", "海2019"), False)),
        ("三门有哪家企业入选国家水产种业阵型", (), Scope(("三门2023",), False)),
        ("山东的增速比全国高多少", (), Scope(("山东2026", "国2024"), True, (("山东2026",), ("国2024",)))),
    ],
)
def test_scope(question: str, asked: tuple[str, ...], scope: Scope) -> None:
    assert scope_of(understand(question, (), asked), DOCUMENTS) == scope


BOTH = (("山东2026",), ("广西2026",))


@pytest.mark.parametrize(
    ("history", "question", "scope"),
    [
        (["三门去年的GDP"], "修了多少公里公路", Scope(("三门2023",), False, (), True)),
        (["三门去年的GDP", "修了多少公里公路"], "引进了多少人才", Scope(("三门2023",), False, (), True)),
        (["三门去年的GDP", "广西的粮食产量"], "引进了多少人才", Scope(("广西2026",), False, (), True)),
        (["海拉尔2018年计划建多少公里公路"], "改造多少户棚户区", Scope(("海2018",), False, (), True)),
        (["海拉尔2018年计划建多少公里公路"], "2018年引进了多少人才", Scope(("海2019",), False, (), True)),
        (["山东和广西的增长目标"], "引进了多少人才", Scope(("山东2026", "广西2026"), True, BOTH, True)),
        (["三门去年的GDP"], "广西引进了多少人才", Scope(("广西2026",), False)),
        (["三门去年的GDP"], "哪个省引进的人才最多", Scope(("山东2026", "广西2026"), True, BOTH)),
        (["引进了多少人才"], "修了多少公里公路", Scope(tuple(name for name in DOCUMENTS if name != "海2018"), False)),
        (
            ["三门去年的GDP", "各省的增长目标"],
            "引进了多少人才",
            Scope(tuple(name for name in DOCUMENTS if name != "海2018"), False),
        ),
    ],
)
def test_a_question_without_a_place_goes_where_the_one_before_went(
    history: list[str], question: str, scope: Scope
) -> None:
    assert scope_of(understand(question, history), DOCUMENTS) == scope


@pytest.mark.parametrize(
    ("place", "short"),
    [("三门县", "三门"), ("广西壮族自治区", "广西"), ("内蒙古自治区", "内蒙古"), ("歙县", "歙县"), ("全国", "全国")],
)
def test_short_names(place: str, short: str) -> None:
    assert short_name(place) == short


def test_a_place_that_was_not_chosen_is_not_carried_on() -> None:
    query = understand("引进了多少人才", ["三门去年的GDP"], ("山东2026", "广西2026"))
    assert scope_of(query, DOCUMENTS) == Scope(("山东2026", "广西2026"), True, BOTH)


@pytest.mark.parametrize(
    ("before", "question", "on"),
    [
        ("三门去年的GDP", "山东去年粮食多少", True),
        ("三门去年的GDP", "三门去年粮食多少", False),
        ("三门去年的GDP", "去年粮食多少", False),
        ("去年的GDP", "山东去年粮食多少", False),  # the question before named no place: it may be of this one
        ("三门和山东去年的GDP", "山东粮食多少", False),
    ],
)
def test_who_names_another_place_has_moved_on(before: str, question: str, on: bool) -> None:
    assert moved_on(understand(question, [before]), DOCUMENTS) is on
