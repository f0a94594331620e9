"""Questions fall into parts, lean on earlier ones only where they must, and name their years and tense."""

import pytest

from qa.question import reports_named, understand


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("三门县2022年的GDP是多少?", "number"),
        ("三门湾科创走廊有哪几个版块?", "list"),
        ("什么是“五大攻坚”?", "meaning"),
        ("产业带动力为什么不够", "why_how"),
        ("把增速定成5%左右,图的是什么?", "why_how"),
        ("未来五年的蓝图是什么?", "other"),
        ("任务完成了么?", "yes_no"),
        ("民生实事都办完了吗", "yes_no"),
        ("新港城在哪个镇", "other"),
        ("How many reservoirs will be reinforced?", "number"),
        ("How fast did GDP grow?", "number"),
        ("How far did clearance times fall?", "number"),
        ("How will farmers be helped?", "why_how"),
        ("研发投入增速还低于全国吗", "yes_no"),
        ("学校往后能不能春天秋天多放几天？", "yes_no"),
        ("能不能说说增长多少", "number"),
        ("增速排全省第几", "number"),
        ("一般哪几天去报名", "when"),
        ("报名最晚到几号", "when"),
        ("今年开工几号线", "other"),
        ("几点前要交", "when"),
        ("提了几点建议", "other"),
        ("凭什么证件参保", "other"),
        ("凭什么不给报", "why_how"),
        ("路坏了好几年了，今年修吗", "yes_no"),
        ("没怎么生病，第二年有没有奖励", "yes_no"),
        ("What was the total value of exports?", "number"),
    ],
)
def test_kind(question: str, kind: str) -> None:
    assert [part.kind for part in understand(question).parts] == [kind]


def test_a_question_of_its_own_does_not_lean() -> None:
    query = understand("城镇居民人均可支配收入目标增长多少?", ["2022年创成了多少个星级美丽乡村?"])
    assert query.resolved == "城镇居民人均可支配收入目标增长多少?"


def test_an_elliptic_question_leans_on_the_last_one() -> None:
    query = understand("省级的呢?", ["三门县的县长是谁?", "2022年创成了多少个星级美丽乡村?"])
    assert query.resolved == "2022年创成了多少个星级美丽乡村? → 省级的呢?"
    assert query.parts[0].words == "2022年创成了多少个星级美丽乡村? → 省级的呢?"
    assert query.parts[0].years_in(2023) == {2022}


def test_a_chain_of_elliptic_questions() -> None:
    query = understand("那今年呢?", ["2022年创成了多少个星级美丽乡村?", "省级的呢?"])
    assert query.resolved == "今年创成多少个星级美丽乡村? → 省级的呢?"


@pytest.mark.parametrize(
    ("question", "before", "resolved"),
    [
        ("那去年呢？", "今年建成了多少公里公路？", "去年建成多少公里公路？"),
        ("去年完成了多少？", "今年增长目标是多少？", "去年实际增长是多少？"),
        ("那去年实际完成得怎么样", "2025年城镇化率目标是多少？", "去年实际城镇化率是多少？"),
        ("那去年的目标是多少？", "今年增长目标是多少？", "去年计划增长目标是多少？"),
    ],
)
def test_a_question_about_another_time_moves_the_one_before(question: str, before: str, resolved: str) -> None:
    assert understand(question, [before]).resolved == resolved


def test_a_report_named_by_its_year_is_no_year_asked() -> None:
    (part,) = understand("国务院2015年政府工作报告里五年来就业多少").parts
    assert part.years_in(2015) == frozenset()
    assert reports_named(part.words) == {2015}
    assert reports_named("2015年报告病例多少") == frozenset()


def test_the_last_question_that_asks_tells_what_kind_of_value_is_wanted() -> None:
    (part,) = understand("那电网呢", ["高速公路投资增长多少？", "水利呢"]).parts
    assert (part.kind, part.measured) == ("number", "高速公路投资增长多少?")


def test_two_questions_in_one_line() -> None:
    parts = understand("共富工坊2022年建成多少家,2023年还要新建多少家?").parts
    assert [part.words for part in parts] == [
        "共富工坊2022年建成多少家",
        "共富工坊2022年建成多少家 → 2023年还要新建多少家",
    ]
    assert [(part.years_in(2023), part.tense) for part in parts] == [({2022}, ""), ({2023}, "plan")]


@pytest.mark.parametrize(
    ("question", "second"),
    [
        ("养老去年花了多少钱，今年又安排多少？", "今年又安排多少钱"),
        ("修路去年用了多少资金，今年投入多少？", "今年投入多少资金"),
        ("修路去年用了多少资金，今年修多少？", "今年修多少"),
        ("去年来了多少人，今年花多少？", "今年花多少"),
    ],
)
def test_money_goes_on_to_the_next_part(question: str, second: str) -> None:
    assert understand(question).parts[1].asked == second


def test_two_years_asked_at_once() -> None:
    parts = understand("平安县创建，2022年和2023年分别冲刺几连创？").parts
    assert [part.words for part in parts] == ["平安县创建,2022年冲刺几连创?", "平安县创建,2023年冲刺几连创?"]
    assert [part.label for part in parts] == ["2022年", "2023年"]


@pytest.mark.parametrize(
    ("question", "years"),
    [("二〇二二年出口多少", {2022}), ("去年呢", {2022}), ("２０２１年的产值", {2021}), ("完成了多少", set())],
)
def test_years(question: str, years: set[int]) -> None:
    assert understand(question).parts[0].years_in(2023) == years


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("那今年呢?", True),
        ("比上年增长多少?", True),
        ("在全省排第几?", True),
        ("财政收入呢?", True),
        ("为什么?", True),
        ("And this year?", True),
        ("2025年还要改多少户", True),
        ("今年再建几座", True),
        ("今年还要修多少公里公路", False),
        ("今年新增多少再生水厂", False),
        ("三门县县长是谁?", False),
        ("新增城镇就业要达到多少人?", False),
        ("How many hogs did Sichuan send to slaughter?", False),
    ],
)
def test_leaning(question: str, leans: bool) -> None:
    query = understand(question, ["去年固定资产投资增长多少?"])
    assert (query.resolved != question) is leans


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        ("2022年三门创成了多少个星级美丽乡村?", "今年呢?", "今年三门创成多少个星级美丽乡村?"),
        ("四川2025年粮食产量是多少？", "今年目标呢？", "四川今年计划粮食产量是多少？"),
        ("出口增长多少？", "那2021年呢", "2021年出口增长多少？"),
        ("去年实际完成多少投资", "那“十五五”期间呢?", "“十五五”期间完成多少投资"),
    ],
)
def test_a_follow_up_in_time_only_is_the_same_question(before: str, question: str, resolved: str) -> None:
    query = understand(question, [before])
    assert query.resolved == resolved
    assert [part.words for part in query.parts] == [resolved.replace("？", "?")]


@pytest.mark.parametrize(
    ("before", "question", "resolved", "tense"),
    [
        (
            "How many urban jobs does Sanmen plan to create in 2023?", "And in 2022?",
            "How many urban jobs does Sanmen create in 2022?", "",
        ),
        ("What was the GDP last year?", "What about this year?", "What is the GDP this year?", ""),
        ("GDP growth target this year", "and last year", "GDP growth target last year?", ""),
        ("How many parks were built?", "in 2021?", "How many parks are built in 2021?", ""),
        ("How many were built?", "What about hospitals?", "How many were built? → What about hospitals?", "result"),
    ],
)  # fmt: skip
def test_a_follow_up_in_time_only_in_english(before: str, question: str, resolved: str, tense: str) -> None:
    query = understand(question, [before])
    assert (query.resolved, [part.tense for part in query.parts]) == (resolved, [tense])


@pytest.mark.parametrize(
    ("before", "words", "resolved"),
    [
        ("浙江今年GDP要增长多少", "那江苏呢？", "江苏今年GDP要增长多少"),
        ("三门县2022年的GDP是多少？", "天台县呢?", "天台县2022年的GDP是多少？"),
        ("今年的增长目标是多少？", "河南省呢", "河南省今年的增长目标是多少？"),
        ("2022年城镇新增就业多少人？", "农村的呢", "2022年城镇新增就业多少人？ → 农村的呢"),
    ],
)
def test_the_same_of_another_place(before: str, words: str, resolved: str) -> None:
    assert understand(words, [before]).resolved == resolved


@pytest.mark.parametrize(
    "question", ["什么是五大攻坚", "医保怎么样", "去年引进了哪些人才", "今年要办哪些实事", "这五年建了几座桥"]
)
def test_a_whole_short_question_stands_by_itself(question: str) -> None:
    assert understand(question, ["今年的增长目标是多少？"]).resolved == question


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("管网，去年换了多少公里、今年换多少公里？", ["管网,去年换了多少公里", "今年换多少公里"]),
        ("去年新增几家、今年再培育几家", ["去年新增几家", "今年再培育几家"]),
        ("江苏、浙江有几家、上海有几家", ["江苏、浙江有几家", "上海有几家"]),
        ("出口、进口增长多少？", ["出口、进口增长多少?"]),
        ("什么是“一谷三园”、“四链”", ["什么是“一谷三园”、“四链”"]),
        ("老旧小区 去年改了多少户 今年计划改多少户", ["老旧小区 去年改了多少户", "今年计划改多少户"]),
        ("GDP 增速 多少", ["gdp 增速 多少"]),
        ("招不到人怎么办，有什么措施", ["招不到人怎么办,有什么措施"]),
        ("有什么措施，招不到人怎么办", ["有什么措施", "招不到人怎么办"]),
        ("how many schools and how many beds", ["how many schools and how many beds"]),
        ("村里的路坏了好几年，今年能修多长", ["村里的路坏了好几年,今年能修多长"]),
        ("一年没怎么看病，明年有什么奖励", ["一年没怎么看病,明年有什么奖励"]),
    ],
)
def test_questions_side_by_side_are_parts(question: str, parts: list[str]) -> None:
    assert [part.asked for part in understand(question).parts] == parts


def test_a_whole_question_leans_on_the_one_before_where_it_is_told_to() -> None:
    before = ["去年新改建了多少农村公路？"]
    query = understand("今年还要修多少公里？", before, leaning=True)
    assert query.resolved == "去年新改建了多少农村公路？ → 今年还要修多少公里？"
    assert [(part.asked, part.tense) for part in query.parts] == [("今年还要修多少公里?", "plan")]
    assert understand("今年还要修多少公里？", leaning=True) == understand("今年还要修多少公里？")


def test_a_question_with_nothing_but_words_of_asking_and_detail_leans() -> None:
    assert understand("具体是哪五个", ["什么是“五大攻坚”"]).resolved == "什么是“五大攻坚” → 具体是哪五个"
