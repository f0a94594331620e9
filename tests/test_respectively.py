"""Values and items told one after the other go with the names told one after the other."""

from __future__ import annotations

import pytest

from qa.respectively import aligned, aligned_items, each_value

SENTENCE = "财政总收入、一般公共预算收入分别增长5.0%、6.4%,增速分别居全市第二、第三;"


@pytest.mark.parametrize(
    ("sentence", "taken", "asked", "value"),
    [
        ("财政总收入、一般公共预算收入分别增长5.0%、6.4%", "5.0%", "一般公共预算收入增长多少", "6.4%"),
        ("城乡居民人均可支配收入分别达到5.71万元、3.27万元", "5.71万元", "农村居民收入有多少", "3.27万元"),
        ("小微企业贷款、制造业贷款分别增长32.2%、70.1%", "32.2%", "小微企业贷款增长多少", "32.2%"),
        ("甲县、乙县分别增长1%、2%，丙县增长3%", "3%", "丙县增长多少", "3%"),
        ("接待游客和入境游客分别增长6.7%、39.6%", "6.7%", "增长多少", "6.7%"),
        ("食品、药品抽检合格率分别达99.62%、99.71%", "99.62%", "药品呢?", "99.71%"),
        ("汽车、新能源汽车产量分别增长8%、25%", "8%", "新能源汽车产量增长多少", "25%"),
        ("汽车、新能源汽车产量分别增长8%、25%", "25%", "汽车产量增长多少", "8%"),
        ("游客和入境游客分别增长6.7%、39.6%", "6.7%", "入境游客增长多少", "39.6%"),
        ("国家级、部级创新平台分别达到22家、182家", "22家", "部级的呢,有多少家", "182家"),
        ("城镇居民、农村居民人均收入分别增长4.5%、5.7%", "4.5%", "那农村居民的呢?", "5.7%"),
        ("交通、水利、市政领域投资分别达3亿元、6亿元、4亿元", "3亿元", "交通领域投多少?", "3亿元"),
        ("生产安全事故起数、死亡人数分别下降4%、9%", "4%", "生产安全事故死亡人数降多少", "9%"),
        ("农村自来水、户用卫生厕所普及率分别达到97.7%和83.1%", "97.7%", "户用卫生厕所呢?", "83.1%"),
        ("国内游客人次、总花费增长5.6％、7.5％。", "5.6％", "总花费呢?", "7.5％"),
        ("甲产量达到5万吨、乙产量6万吨", "5万吨", "乙产量呢?", "5万吨"),
    ],
)
def test_values_go_with_their_names(sentence: str, taken: str, asked: str, value: str) -> None:
    start = sentence.index(taken)
    a, b = aligned(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == value


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ("火灾数和立案数各下降多少", "4%、7%"),
        ("火灾数、立案数、受理数分别下降多少", "4%、7%、2%"),
        ("火灾数下降多少", "4%"),
        ("各下降多少", "4%"),
    ],
)
def test_the_values_of_the_things_that_are_named(asked: str, values: str) -> None:
    sentence = "火灾数、立案数、受理数分别下降4%、7%、2%，居全市前列"
    start = sentence.index("4%")
    a, b = each_value(sentence, (start, start + 2), (0, len(sentence)), asked)
    assert sentence[a:b] == values


@pytest.mark.parametrize(
    ("sentence", "taken", "asked", "values"),
    [
        ("城镇、农村居民人均可支配收入分别增长4.6%、6.7%", "6.7%", "去年居民收入增长多少", "4.6%、6.7%"),
        ("城镇居民、农村居民人均可支配收入增长4.6%、6.7%", "4.6%", "去年居民收入涨了多少", "4.6%、6.7%"),
        ("城乡居民人均可支配收入分别增长4.6%、6.7%", "6.7%", "居民收入增长多少", "4.6%、6.7%"),
        ("城乡居民人均可支配收入分别增长4.6%、6.7%", "6.7%", "农村居民收入增长多少", "6.7%"),
        ("小微企业贷款、制造业贷款分别增长32%、70%", "32%", "贷款增长多少", "32%、70%"),
        ("城镇、农村居民人均可支配收入分别增长4.6%、6.7%", "6.7%", "去年农民收入增长多少", "6.7%"),
        ("城镇、农村居民人均可支配收入分别增长4.6%、6.7%", "4.6%", "那增速呢", "4.6%"),
        ("地区生产总值、规上工业增加值分别增长5%、6%", "5%", "去年gdp增长多少", "5%"),
        ("食品、药品抽检合格率分别达99.6%、99.7%", "99.6%", "抽检合格率多少", "99.6%、99.7%"),
    ],
)
def test_who_names_none_of_several_is_told_all_values(sentence: str, taken: str, asked: str, values: str) -> None:
    start = sentence.index(taken)
    a, b = each_value(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == values


@pytest.mark.parametrize(
    ("taken", "asked", "words", "value"),
    [
        ("第三", "这个增速在全市排第几?", "财政总收入增幅是多少 → 这个增速在全市排第几?", "第二"),
        ("第二", "一般公共预算收入增速全市第几?", "", "第三"),
        ("6.4%", "去年增长了多少?", "财政总收入呢 → 去年增长了多少?", "5.0%"),
        ("6.4%", "去年增长了多少?", "去年增长了多少?", "6.4%"),
    ],
)
def test_values_go_with_what_was_asked_before(taken: str, asked: str, words: str, value: str) -> None:
    start = SENTENCE.index(taken)
    a, b = aligned(SENTENCE, (start, start + len(taken)), (0, len(SENTENCE)), asked, words)
    assert SENTENCE[a:b] == value


@pytest.mark.parametrize(
    ("asked", "item"),
    [
        ("盲童去哪所学校", "启明学校"),
        ("聋哑孩子去哪所学校", "启聪学校"),
        ("残疾儿童去哪所学校", "启明学校、启聪学校"),
        ("盲童和聋童分别去哪所学校", "启明学校、启聪学校"),
    ],
)
def test_the_item_at_the_place_of_the_name_that_is_asked_for(asked: str, item: str) -> None:
    text = "盲、聋哑儿童则分别到启明学校、启聪学校接受教育"
    start = text.index("启明")
    a, b = aligned_items(text, (start, text.index("接受")), (0, len(text)), asked)
    assert text[a:b] == item


@pytest.mark.parametrize(
    ("asked", "words", "value"),
    [
        ("出让工业用地增长多少", "", "267.4%"),
        ("国有建设用地供地增长多少", "", "545.2%"),
        ("比前一年多了百分之几", "出让了多少亩工业用地 → 比前一年多了百分之几", "267.4%"),
        ("全年增长多少", "", "545.2%"),  # 年 alone names neither
    ],
)
def test_names_in_the_clauses_before_each_with_its_value(asked: str, words: str, value: str) -> None:
    text = "全年完成国有建设用地供地5342亩,出让工业用地1227亩,分别增长545.2%、267.4%。"
    start = text.index("545.2%")
    a, b = aligned(text, (start, start + 6), (0, len(text)), asked, words)
    assert text[a:b] == value
