"""Values are held against the type that a question asks for: count, share, sum, time; and led by yes or no."""

import pytest

from qa.typed import as_counted, contradicts, count_told, far_fewer, tells_number, tells_time, unit_fit, yes_or_no


@pytest.mark.parametrize(
    ("asked", "value", "fit"),
    [
        ("97个项目总盘子有多少钱", "97个", -1.0),
        ("97个项目总盘子有多少钱", "2394亿元", 1.0),
        ("新建多少家", "50家以上", 1.0),
        ("新建多少公里", "50家", -0.5),
        ("占多大比例", "77%", 1.0),
        ("贷款利率是多少", "5.41%", 1.0),
        ("增长多少?", "5.3亿元", -1.0),
        ("是多少", "3个", 0.0),
    ],
)
def test_units(asked: str, value: str, fit: float) -> None:
    assert unit_fit(asked, value) == fit


@pytest.mark.parametrize(
    ("asked", "value", "before", "wrong"),
    [
        ("城镇居民收入比上年增长多少?", "5.71万元", "可支配收入达到", True),
        ("城镇居民收入比上年增长多少?", "6.7%", "可支配收入增长", False),
        ("补助资金增加了多少?", "4000万元", "较2021年增加", False),
        ("产值增长了百分之几?", "50亿元", "产值突破", True),
        ("增速排全市第几", "第二", "增速居全市", False),
        ("事故死了多少人?", "9.62%", "死亡人数下降", True),
        ("涨幅控制在几个点?", "2%左右", "涨幅控制在", False),
        ("新增就业多少人", "5000人以上", "新增就业", False),
        ("进出口合多少人民币?", "242万美元", "总额", True),
        ("占比是多少", "一半", "占", False),
        ("研发投入占gdp多少?", "332.63亿元", "达到", True),
        ("每户能补多少钱", "12个", "改造", True),
        ("每户能补多少钱", "2万元", "补助", False),
        ("上线率具体是多少", "120人", "上线", True),
        ("贷款利率是多少", "5.41%", "利率", False),
        ("人民币汇率是多少", "7.2元", "汇率", False),
        ("年末常住人口是多少?", "1%人口抽样调查", "开展", True),
        ("2022年gdp是多少", "5.6%", "增长", True),
        ("2022年gdp是多少", "4.93万亿元、增长5.6%", "达到", False),
        ("2023年gdp目标是多少", "6.0%以上", "增长", False),
        ("新开工住房里棚户区占多少套?", "470万套以上", "棚户区", False),
        ("新开工住房里棚户区占多少套?", "60%", "棚户区占", True),
        ("农业占gdp多少个百分点?", "11.5%", "占比", False),
        ("比上一年涨了几个百分点", "0.35个百分点", "失业率比全市平均低", True),
        ("比上一年涨了几个百分点", "低0.35个百分点", "失业率比全市平均", True),
        ("比全市平均低了几个百分点", "0.35个百分点", "失业率比全市平均低", False),
        ("比上一年涨了几个百分点", "0.35个百分点", "失业率比上年提高", False),
        ("产值增长了百分之几", "第二届大赛,产值突破50亿元", "举办", True),
    ],
)
def test_a_share_is_no_amount(asked: str, value: str, before: str, wrong: bool) -> None:
    assert contradicts(asked, value, before) is wrong


@pytest.mark.parametrize(
    ("text", "number", "time"),
    [
        ("2025年底前建成", True, True),
        ("力争年底开工", False, True),
        ("增速位居首位", True, False),
        ("新增三家企业", True, False),
        ("产值突破千亿元", True, False),
        ("打造百亿级集群", True, False),
        ("水质稳定在Ⅳ类", True, False),
        ("推进项目建设", False, False),
    ],
)
def test_numbers_and_times_are_told_apart(text: str, number: bool, time: bool) -> None:
    assert (tells_number(text, 0, len(text)), tells_time(text, 0, len(text))) == (number, time)


@pytest.mark.parametrize(
    ("asked", "found", "told"),
    [
        ("三大高地是哪三个?", 3, ""),
        ("五大攻坚是哪五项?", 4, "问的是五项，报告的这一句列出4项"),
        ("落实哪7个产业?", 4, "问的是7项，报告的这一句列出4项"),
        ("有哪些短板?", 4, ""),
    ],
)
def test_counts_that_do_not_agree_are_told(asked: str, found: int, told: str) -> None:
    assert count_told(asked, found) == told


@pytest.mark.parametrize(
    ("asked", "items"),
    [
        ("开展哪三项行动", ["甲市民化", "乙培育", "更新和提升"]),
        ("开展哪4项行动", ["甲市民化", "乙培育", "更新", "提升"]),
        ("开展哪些行动", ["甲市民化", "乙培育", "更新", "提升"]),
    ],
)
def test_what_and_joins_is_one_item_where_one_fewer_is_asked_for(asked: str, items: list[str]) -> None:
    text = "甲市民化、乙培育、更新和提升"
    spans = [(0, 4), (5, 8), (9, 11), (12, 14)]
    assert [text[a:b] for a, b in as_counted(text, spans, asked)] == items


@pytest.mark.parametrize(
    ("asked", "quote", "lead"),
    [
        ("化隆山体滑坡伤着人了没有?", "化隆县山体滑坡未造成人员伤亡", "否"),
        ("三门要建外贸综合服务平台吗?", "建设外贸综合服务平台", "是"),
        ("上海的公园是不是全都24小时开放了?", "89.4%的公园实现24小时开放", "否"),
        ("扫马路的活儿现在还是政府包着干吗?", "城区环卫保洁实现市场化运营", ""),
        ("看病能报销吗?", "完善医疗保障制度", ""),
    ],
)
def test_yes_and_no_lead_only_what_is_plain(asked: str, quote: str, lead: str) -> None:
    assert yes_or_no(asked, quote, quote) == lead


@pytest.mark.parametrize(
    ("asked", "listed", "fewer"),
    [
        ("今年民生实事有哪十件", "为政之道；民生为本", True),
        ("今年民生实事有哪4件", "教育；医疗", False),
        ("24个指标分哪五大类", "发展；创新；民生；绿色；安全", False),
        ("坚持哪三项原则", "“让利于民、阳光征收、做好工作”", False),
        ("三件事是哪三件", "促进落户，改造老城，引导进城", False),
        ("有哪些实事", "教育", False),
        ("c919大飞机用了哪些材料", "铝合金", False),
        ("哪两个镇", "亭旁", False),
    ],
)
def test_far_fewer_than_are_asked_for(asked: str, listed: str, fewer: bool) -> None:
    assert far_fewer(asked, listed) is fewer
