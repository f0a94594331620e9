"""Spans are widened to whole figures, trimmed of marks and cut into items, always as spans of the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.respectively import aligned, aligned_items, each_value
from qa.wording import (
    bare,
    has_figure,
    items,
    of_its_kind,
    of_kind,
    own_item,
    trimmed,
    whole_clauses,
    whole_enumeration,
    whole_figure,
    whole_last,
)


@pytest.mark.parametrize(
    ("text", "inner", "whole"),
    [
        ("城镇新增就业5000人以上,城镇", "5000人", "5000人以上"),
        ("达到332.63亿元,同比", "63亿元", "332.63亿元"),
        ("增长6.0%以上;固定", "6.0%", "6.0%以上"),
        ("控制在5.5%左右，城镇", "5.5", "5.5%左右"),
        ("比全市平均低0.35个百分点。", "0.35", "0.35个百分点"),
        ("增速居全省第二;财政", "全省第二", "全省第二"),
        ("增速居全省第二;财政", "第二", "居全省第二"),
        ("稳居全国首位、占", "首位", "稳居全国首位"),
        ("规模居国内第3位。", "第3位", "居国内第3位"),
        ("增速居全市第二、第三。", "第三", "第三"),
        ("召开第三次会议", "第三次", "第三次"),
        ("分成12方面候选项目", "12", "12方面"),
        ("盘活存量土地3000亩以上。", "3000", "3000亩以上"),
        ("完善工作机制以上各项", "工作机制", "工作机制"),
        ("免费公车亦有 17 辆营运中", "17", "17 辆"),
        ("水质稳定在ⅳ类以上", "ⅳ类", "ⅳ类以上"),
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
    ("text", "inner", "whole"),
    [
        ("做精滨海城、三门核电、沿海城三大版块,创建", "核电、沿海城三大版块", "做精滨海城、三门核电、沿海城三大版块"),
        ("快检测、快流调、快编组、快转运。", "快检测、快流调", "快检测、快流调、快编组、快转运"),
        ("创新“甲工程”、“地瓜经济”提升“乙工程”。", "创新“甲工程”、“地瓜经济”", "创新“甲工程”、“地瓜经济”提升“乙工程”"),
        ("弘扬“一”精神、“二”精神。", "“一”精神、“二”", "“一”精神、“二”精神"),
        ("入选国家名单,居第一", "国家名单", "国家名单"),
    ],
)
def test_enumerations_are_kept_whole(text: str, inner: str, whole: str) -> None:
    start = text.index(inner)
    a, b = whole_enumeration(text, start, start + len(inner))
    assert text[a:b] == whole


@pytest.mark.parametrize(
    ("text", "left"), [("即千村示范", "千村示范"), ("是指快检测", "快检测"), ("即", "即"), ("园区", "园区")]
)
def test_what_introduces_a_definition_is_left_out(text: str, left: str) -> None:
    assert text[slice(*bare(text, 0, len(text)))] == left


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("落实全球发展倡议、全球安全倡议、全球文明倡议。", "全球发展倡议、全球安全倡议、全球文明", "全球文明倡议"),
        ("争取核电三期、火电二期等项目核准", "核电三期、火电", "火电二期"),
        ("做强甲园、乙园、丙园三大园区", "甲园、乙园、丙园", "丙园"),
        ("推进甲路、乙桥建设。", "甲路、乙桥", "乙桥"),
    ],
)
def test_the_last_item_is_as_whole_as_the_others(text: str, span: str, expected: str) -> None:
    start = text.index(span)
    a, b = whole_last(text, items(text, start, start + len(span)))[-1]
    assert text[a:b] == expected


SENTENCE = "财政总收入、一般公共预算收入分别增长5.0%、6.4%,增速分别居全市第二、第三;"


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
    ("asked", "chosen"),
    [
        ("整体搬迁的是哪所小学?", "上叶小学"),
        ("搬迁的是哪所学校?", None),
        ("搬迁的是哪所中学", "珠岙中学"),
        ("搬迁了什么?", None),
    ],
)
def test_the_one_item_of_the_kind_that_is_asked_for(asked: str, chosen: str | None) -> None:
    text = "珠岙中学、上叶小学"
    found = of_kind(text, items(text, 0, len(text)), asked)
    assert (text[slice(*found)] if found else None) == chosen


@pytest.mark.parametrize(
    ("asked", "widened"),
    [
        ("哪个遗址评上了全国十大考古新发现", "玛不错遗址"),
        ("哪一处遗址", "玛不错遗址"),
        ("哪个地方评上了", "玛不错"),
        ("什么遗址评上了", "玛不错"),
    ],
)
def test_a_name_keeps_the_kind_that_is_asked_for(asked: str, widened: str) -> None:
    text = "玛不错遗址入选全国十大考古新发现"
    assert text[slice(*of_its_kind(text, (0, 3), asked))] == widened


@pytest.mark.parametrize(
    ("marked", "whole"),
    [
        ("攻坚、道路整治攻坚、“老大难”问题", "即建设攻坚、道路整治攻坚、“老大难”问题解决攻坚、治理攻坚"),
        ("建设攻坚、道路整治", "建设攻坚、道路整治攻坚、“老大难”问题解决攻坚、治理攻坚"),
        # One item alone is not taken for a part of the others.
        ("建设攻", "建设攻"),
    ],
)
def test_an_enumeration_that_was_cut_within_an_item(marked: str, whole: str) -> None:
    text = "“五大攻坚”行动：即建设攻坚、道路整治攻坚、“老大难”问题解决攻坚、治理攻坚。"
    at = text.index(marked)
    assert text[slice(*whole_enumeration(text, at, at + len(marked)))] == whole


@pytest.mark.parametrize(
    ("text", "inner", "longest", "told"),
    [
        ("（三）香港居民可凭居住证参保；", "居住证", 60, "香港居民可凭居住证参保"),
        ("8.实现法律援助全覆盖。", "全覆盖", 60, "实现法律援助全覆盖"),
        ("第十一条 台湾青年参照本办法执行。", "参照本办法", 60, "台湾青年参照本办法执行"),
        ("第三季度建成，明年投用。", "建成", 60, "第三季度建成，明年投用"),
        ("2.5万人参保，比上年多。", "参保", 8, "2.5万人参保"),
    ],
)
def test_whole_clauses_without_the_number_in_front(text: str, inner: str, longest: int, told: str) -> None:
    start = text.index(inner)
    a, b = whole_clauses(text, (start, start + len(inner)), (0, len(text)), longest)
    assert text[a:b] == told


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
    ("asked", "inner", "item"),
    [
        ("什么是“二号工程”", "强服务“一号工程”", "促改革“二号工程”"),
        ("什么是“三号工程”", "强服务“一号工程”", "强服务“一号工程”"),
        ("什么是二号工程", "强服务“一号工程”", "强服务“一号工程”"),
    ],
)
def test_of_terms_side_by_side_the_one_that_is_quoted(asked: str, inner: str, item: str) -> None:
    text = "实施强服务“一号工程”、促改革“二号工程”，年内见效"
    start = text.index(inner)
    a, b = own_item(text, (start, start + len(inner)), asked)
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
