"""What several reports are asked is the measure alone: no other place, no 分别, no 最高; and who is first is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fold import fold
from qa.each import asks_most, direction, in_years, mentions, of_one, without_place
from qa.figures import Figure, figure, first_of, ordered, with_fall
from qa.places import level, named

PLACES = ("山东省", "河南省", "湖南省", "广西壮族自治区", "内蒙古自治区", "北京市", "上海市", "三门县", "全国")


@pytest.mark.parametrize(
    ("question", "measure"),
    [
        ("各省2026年的增长目标分别是多少？", "2026年的增长目标是多少"),
        ("六个省2026年的增长目标分别是多少", "2026年的增长目标是多少"),
        ("哪个省2026年的增长目标最高？", "2026年的增长目标多少"),
        ("山东、河南和湖南去年粮食产量各是多少", "去年粮食产量是多少"),
        ("鲁豫湘三省今年的目标分别是什么", "今年的目标是什么"),
        ("廣西壯族自治區和內蒙古自治區的森林覆蓋率", "森林覆盖率是多少"),
        ("北京、上海两个直辖市去年失业率谁更低？", "去年失业率多少"),
        ("城镇化率最高的是哪个省", "城镇化率多少"),
        ("去年哪个省GDP增长最快？", "去年gdp增长多少"),
        ("按GDP增速从高到低排名", "gdp增速是多少"),
        ("请比较北京与上海2026年的预期目标", "2026年的预期目标是多少"),
        ("山东和河南经济增速相比怎么样，各是多少？", "经济增速是多少"),
        ("2025年技术合同成交额是多少，谁最多？", "2025年技术合同成交额是多少"),
        ("哪些省份提出发展低空经济？", "提出发展低空经济吗"),
        ("哪几个省提到了人工智能", "提到了人工智能吗"),
        ("各地的主要任务有哪些", "主要任务有哪些"),
        ("这三份报告里养老的措施有哪些", "养老的措施有哪些"),
        ("山东的增长目标是多少 → 河南呢?", "增长目标是多少"),
        ("今年要建多少高标准农田", "今年要建多少高标准农田"),
        ("山东？", "山东?"),
    ],
)
def test_the_measure_alone_is_asked(question: str, measure: str) -> None:
    assert of_one(question, PLACES) == measure


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("三门县2022年的GDP是多少?", "2022年的gdp是多少?"),
        ("请问三门县的贷款利率是多少", "贷款利率是多少"),
        ("在廣西壯族自治區，糧食產量多少", "粮食产量多少"),
        ("三门县今年的目标是多少? → 那去年呢?", "今年的目标是多少? → 那去年呢?"),
        ("三门湾在哪里", "三门湾在哪里"),
        ("上海博物馆的收入是多少", "上海博物馆的收入是多少"),
        ("2022年三门县的GDP", "2022年三门县的gdp"),
        ("三门县呢", "三门县呢"),
        ("2023年三门县报告里去年的GDP", "去年的gdp"),
        ("三门县2023年政府工作报告的GDP目标是多少", "今年gdp目标是多少"),
        ("2023年报告病例多少", "2023年报告病例多少"),
    ],
)
def test_a_full_name_at_the_front_is_not_asked(question: str, left: str) -> None:
    assert without_place(question, {"三门县", "广西壮族自治区", "上海市"}) == left


@given(st.text(alphabet="各省哪个最高多少分别山东河南鲁豫,、的是→ 呢?目标", max_size=24))
def test_something_is_always_asked(question: str) -> None:
    asked = of_one(question, PLACES)
    assert asked.strip() or not fold(question).strip()


@pytest.mark.parametrize(
    ("question", "way", "most"),
    [
        ("哪个省最高", 1, True),
        ("谁的失业率更低", -1, True),
        ("从低到高排列", -1, False),
        ("增速排名", 1, False),
        ("哪个省排第一", 1, True),
        ("各省目标是多少", 0, False),
        ("最近五年的投资", 0, False),
    ],
)
def test_which_end_is_asked(question: str, way: int, most: bool) -> None:
    assert (direction(question), asks_most(question)) == (way, most)


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("山东和湖南的目标", {"山东省", "湖南省"}),
        ("鲁豫湘去年粮食产量", {"山东省", "河南省", "湖南省"}),
        ("鲁湘高铁的里程", set()),
        ("四个直辖市的失业率", {"北京市", "上海市"}),
        ("各自治区和山东的目标", {"广西壮族自治区", "内蒙古自治区", "山东省"}),
        ("我国的就业", {"全国"}),
        ("国家级零碳园区", set()),
        ("中部六省", {"河南省", "湖南省"}),
        ("鲁迅的作品", set()),
    ],
)
def test_places_are_named_in_full_in_short_or_by_their_region(words: str, places: set[str]) -> None:
    assert named(words, PLACES) == places


def test_kinds_of_places() -> None:
    names = ("全国", "山东省", "北京市", "广西壮族自治区", "杭州市", "延边朝鲜族自治州", "三门县", "海拉尔区", "开发")
    kinds = ["nation", "province", "province", "province", "city", "city", "county", "county", ""]
    assert [level(name) for name in names] == kinds


def test_years_are_those_of_the_latest_report() -> None:
    assert in_years("去年和今年的产量", 2026) == "2025年和2026年的产量"
    assert in_years("去年的产量", 0) == "去年的产量"


def test_which_reports_speak_of_it() -> None:
    asked = "提出发展低空经济吗"
    assert mentions(asked, "有序拓展低空经济应用场景")
    assert not mentions(asked, "大力发展银发经济")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("5%左右", Figure(5, 5, "%")),
        ("5％以上", Figure(5, 5, "%")),
        ("5%—5.5%", Figure(5, 5.5, "%")),
        ("5%-5.5%", Figure(5, 5.5, "%")),
        ("3到5个", Figure(3, 5, "个")),
        ("1至2万人", Figure(1e4, 2e4, "人")),
        ("141万人", Figure(1.41e6, 1.41e6, "人")),
        ("5.67万亿元", Figure(5.67e12, 5.67e12, "元")),
        ("超过840亿斤", Figure(8.4e10, 8.4e10, "斤")),
        ("28.5微克每立方米", Figure(28.5, 28.5, "微克/立方米")),
        ("26.3微克/立方米", Figure(26.3, 26.3, "微克/立方米")),
        ("1,234家", Figure(1234, 1234, "家")),
        ("下降5.4%", Figure(-5.4, -5.4, "%")),
        ("-3.5%", Figure(-3.5, -3.5, "%")),
        ("2.52∶1", None),
        ("保持稳定", None),
        ("增长5%、达到10万亿元", None),
        ("6.9万元、3.4万元", None),
    ],
)
def test_figures(value: str, told: Figure | None) -> None:
    got = figure(value)
    if told is None or got is None:
        assert got is told
    else:
        assert (got.low, got.high, got.unit) == (pytest.approx(told.low), pytest.approx(told.high), told.unit)


@given(st.lists(st.integers(-99, 99), min_size=2, max_size=8), st.sampled_from([1, -1]))
def test_the_first_cannot_be_surpassed(numbers: list[int], way: int) -> None:
    values = [(f"{at}号", f"{number}%", figure(f"{number}%")) for at, number in enumerate(numbers)]
    end = max(numbers) if way > 0 else min(numbers)
    told = first_of(values, way)
    assert [name for name, _, _ in values if f"{name}（" in told] == [
        f"{at}号" for at, number in enumerate(numbers) if number == end
    ]
    order = [value.low for _, value in ordered([(name, value) for name, _, value in values], way) if value]
    assert order == sorted(numbers, reverse=way > 0)


def test_ranges_that_overlap_have_no_first() -> None:
    values = [(name, words, figure(words)) for name, words in (("甲", "5%—5.5%"), ("乙", "5.2%"), ("丙", "4%"))]
    assert first_of(values, 1) == "各报告所给数值有重叠，未比较大小"
    assert first_of(values, -1) == "所引数值最小：丙（4%）"
    assert first_of(values[:1], 1) == ""


def test_a_fall_is_told_with_its_number() -> None:
    text = "固定资产投资下降3.3%，进出口增长5.4%。"
    fall, rise = (8, 12), (18, 22)
    assert [text[slice(*span)] for span in (fall, rise)] == ["3.3%", "5.4%"]
    assert text[slice(*with_fall(text, fall, "投资增长多少"))] == "下降3.3%"
    assert text[slice(*with_fall(text, fall, "投资下降多少"))] == "3.3%"
    assert with_fall(text, rise, "进出口增长多少") == rise
