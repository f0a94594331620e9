"""Of the values that a sentence tells, the one is given that is asked for, always as a span of the same text."""

import pytest

from qa.values import (
    both_ends,
    came_from,
    growth_beside,
    named_beside,
    one_figure,
    one_time,
    reached,
    total_beside,
    twin,
    whole_range,
)


@pytest.mark.parametrize(
    ("asked", "taken", "value"),
    [
        ("全县生产总值增长了多少?", "332.63亿元", "2.6%"),
        ("全县生产总值增速是多少", "332.63亿元", "2.6%"),
        ("全县生产总值是多少?", "332.63亿元", "332.63亿元"),
        ("投资增长多少", "28.8%", "28.8%"),
    ],
)
def test_the_growth_of_a_total_stands_beside_it(asked: str, taken: str, value: str) -> None:
    sentence = "全县生产总值达到332.63亿元,同比增长2.6%;固定资产投资增长28.8%"
    start = sentence.index(taken)
    a, b = growth_beside(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == value


@pytest.mark.parametrize(
    ("sentence", "taken", "asked", "value"),
    [
        ("研发机构、实验室分别从71家、41家增加到176家、63家", "71家", "有多少家研发机构", "176家"),
        ("研发机构、实验室分别从71家、41家增加到176家、63家", "41家", "有多少家实验室", "63家"),
        ("研发机构、实验室分别从71家、41家增加到176家、63家", "63家", "有多少家实验室", "63家"),
        ("城镇化率由58.7%提高到65.2%，居全国前列", "58.7%", "城镇化率是多少", "65.2%"),
        ("城镇化率由58.7%提高到65.2%，居全国前列", "58.7%", "城镇化率原来是多少", "58.7%"),
        ("办理时间从30天大幅压缩至5天以内", "30天", "现在要几天", "5天以内"),
        ("总量由全国第9位上升到第5位", "第9位", "排第几", "第5位"),
        ("总量由2020年的5.1万亿元增加到7万亿元", "5.1万亿元", "总量是多少", "5.1万亿元"),
        ("从3个方面入手，新增就业5万人", "3个", "几个方面", "3个"),
        ("甲、乙从3个、4个增加到9个", "3个", "几个", "3个"),
    ],
)
def test_the_value_that_was_come_to(sentence: str, taken: str, asked: str, value: str) -> None:
    start = sentence.index(taken)
    a, b = reached(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == value


@pytest.mark.parametrize(
    ("taken", "asked", "value"),
    [
        ("3664亿元", "2002年研发花了多少", "1288亿元"),
        ("3664亿元", "原来是多少", "1288亿元"),
        ("1288亿元增加到2007年的3664亿元", "起步时是多少", "1288亿元"),
        ("3664亿元", "2007年研发花了多少", "3664亿元"),
        ("3664亿元", "2002年和2007年各多少", "3664亿元"),
        ("3664亿元", "研发花了多少", "3664亿元"),
        ("3664亿元", "现在是多少，不是五年前", "3664亿元"),
        ("5万户", "原来是多少", "5万户"),
    ],
)
def test_the_value_that_a_step_began_with(taken: str, asked: str, value: str) -> None:
    sentence = "研发经费从2002年1288亿元增加到2007年的3664亿元，惠及5万户"
    start = sentence.index(taken)
    a, b = came_from(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == value


@pytest.mark.parametrize(
    ("sentence", "taken", "asked", "value"),
    [
        ("开通航线483条、通航城市116个，新建机场1座", "483条", "那通航的城市呢?", "116个"),
        ("开通航线483条、通航城市116个，新建机场1座", "483条", "航线呢?", "483条"),
        ("开通航线483条、通航城市116个，新建机场1座", "483条", "港口呢?", "483条"),
        ("甲城市3个、乙城市5个，航线8条", "8条", "城市呢?", "8条"),
        ("游客、花费分别增长5%、7%，花费总额8亿元", "5%", "花费呢?", "5%"),
    ],
)
def test_the_value_whose_name_is_asked_for(sentence: str, taken: str, asked: str, value: str) -> None:
    start = sentence.index(taken)
    a, b = named_beside(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == value


def test_a_rate_within_a_clause_of_several_figures() -> None:
    sentence = "增速稳，国内生产总值达到63.6万亿元，比上年增长7.4%，居前列"
    whole = (0, sentence.index("，居"))
    assert sentence[slice(*growth_beside(sentence, whole, (0, len(sentence)), "增速呢?"))] == "7.4%"
    assert growth_beside(sentence, whole, (0, len(sentence)), "总量呢?") == whole


@pytest.mark.parametrize(
    ("sentence", "taken", "asked", "step"),
    [
        ("总量从26.6万亿元增加到51.9万亿元，居第二", "51.9万亿元", "从多少涨到多少", "从26.6万亿元增加到51.9万亿元"),
        ("总量从26.6万亿元增加到51.9万亿元，居第二", "26.6万亿元", "从几亿变成几亿", "从26.6万亿元增加到51.9万亿元"),
        ("总量从26.6万亿元增加到51.9万亿元，居第二", "51.9万亿元", "增加到多少", "51.9万亿元"),
        ("收入由2002年7703元增加到2007年13786元。", "13786元", "从多少到多少", "由2002年7703元增加到2007年13786元"),
        ("人次由8300万增加到1亿3千多万。", "8300万", "从多少涨到了多少", "由8300万增加到1亿3千多万"),
        ("国企由51家整合为33家，投资5亿元", "33家", "从几家减到几家", "由51家整合为33家"),
        ("国企由51家整合为33家，投资5亿元", "5亿元", "从几家减到几家", "5亿元"),
    ],
)
def test_both_ends_of_a_step(sentence: str, taken: str, asked: str, step: str) -> None:
    start = sentence.index(taken)
    a, b = both_ends(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == step


@pytest.mark.parametrize(
    ("text", "span", "asked", "one"),
    [
        ("制定国家标准2项、浙江制造标准3项。", "2项、浙江制造标准3项", "主导国家标准几项", "2项"),
        ("制定国家标准2项、浙江制造标准3项。", "2项、浙江制造标准3项", "浙江制造标准有几项", "3项"),
        ("引进3个、5个项目", "3个、5个", "几个", "3个、5个"),
        ("增长5.7%、9.4%。", "5.7%、9.4%", "增长多少", "5.7%、9.4%"),
        ("投资2.89亿元,增长16.1%", "投资2.89亿元,增长16.1%", "多少", "投资2.89亿元,增长16.1%"),
        ("250件人大代表建议、286件政协提案高效办结", "250件人大代表建议、286件", "政协提案有多少件", "286件"),
        ("250件人大代表建议、286件政协提案高效办结", "250件人大代表建议、286件", "代表建议多少", "250件"),
        ("250件人大代表建议、286件政协提案高效办结", "250件人大代表建议、286件", "多少", "250件人大代表建议、286件"),
    ],
)
def test_one_of_two_counts_that_stand_side_by_side(text: str, span: str, asked: str, one: str) -> None:
    start = text.index(span)
    a, b = one_figure(text, start, start + len(span), asked)
    assert text[a:b] == one


@pytest.mark.parametrize(
    ("sentence", "taken", "asked", "value"),
    [
        ("新增高新技术企业1200家，总量达到1.8万家", "1200家", "现在一共有多少家高新技术企业", "1.8万家"),
        ("新增高新技术企业1200家，总量达到1.8万家", "1200家", "新增多少家高新技术企业", "1200家"),
        ("新增高新技术企业1200家，总量达到1.8万家", "1200家", "高新技术企业多少家", "1200家"),
        ("总部、中心分别新认定60家和30家，累计分别达到1016家和591家", "60家", "总部累计有多少家", "1016家"),
        ("总部、中心分别新认定60家和30家，累计分别达到1016家和591家", "30家", "中心累计有多少家", "591家"),
        ("总部、中心分别新认定60家和30家，累计达到1016家", "30家", "中心累计有多少家", "30家"),
        ("新增企业1200家，累计投资9亿元", "9亿元", "累计投资多少", "9亿元"),
        ("建成学校12所，总数达到80所", "12所", "一共有多少所学校", "12所"),
    ],
)
def test_the_total_behind_what_was_new(sentence: str, taken: str, asked: str, value: str) -> None:
    start = sentence.index(taken)
    a, b = total_beside(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == value


@pytest.mark.parametrize(
    ("sentence", "taken", "asked", "value"),
    [
        ("申请时女性不超过55周岁、男性不超过60周岁；", "55", "男的过了多少岁就不行", "60周岁"),
        ("申请时女性不超过55周岁、男性不超过60周岁；", "55", "女的过了多少岁就不行", "55"),
        ("申请时女性不超过55周岁、男性不超过60周岁；", "55", "过了多少岁就不行", "55"),
        ("申请时女性不超过55周岁、男性不超过60周岁；", "55", "男的和女的各多少岁", "55"),
        ("全县生产总值增长6%，固定资产投资增长12%", "6%", "固定资产投资增长多少", "6%"),
        ("小学新增学位300个，初中新增学位20名", "300个", "初中新增学位多少", "300个"),
    ],
)
def test_the_twin_whose_name_is_asked_for(sentence: str, taken: str, asked: str, value: str) -> None:
    start = sentence.index(taken)
    a, b = twin(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == value


@pytest.mark.parametrize(
    ("taken", "asked", "value"),
    [
        ("35周岁以下", "要多大才行", "18周岁以上，35周岁以下"),
        ("18周岁以上", "多少岁能申请", "18周岁以上，35周岁以下"),
        ("35周岁以下", "最大多少岁", "35周岁以下"),
        ("18周岁以上", "至少几岁", "18周岁以上"),
        ("3年", "签几年", "3年"),
    ],
)
def test_a_range_is_told_whole(taken: str, asked: str, value: str) -> None:
    sentence = "申请人年龄应在18周岁以上，35周岁以下，合同签3年"
    start = sentence.index(taken)
    a, b = whole_range(sentence, (start, start + len(taken)), (0, len(sentence)), asked)
    assert sentence[a:b] == value


@pytest.mark.parametrize(
    ("asked", "time"),
    [
        ("第三期哪一年完工", "108 年"),
        ("第二期哪一年完工", "105 年"),
        ("什么时候完工", "第二期105 年完工、第三期预计108 年完工；第四期109年8月31日开工"),  # it fits none alone
        ("第四期几月开工", "109年8月31日"),
    ],
)
def test_the_time_of_the_thing_that_is_asked_for(asked: str, time: str) -> None:
    text = "第二期105 年完工、第三期预计108 年完工；第四期109年8月31日开工"
    a, b = one_time(text, 0, len(text), asked)
    assert text[a:b] == time
