"""Spans are widened to whole figures, trimmed of marks and cut into items, always as spans of the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
