"""Sections, periods, glossary and facts, on real excerpts and on the openings of seventy real reports."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chrome import chrome_edits
from index.fold import fold
from index.outline import Outline, outline
from index.periods import five_years, heading_periods, plan_number
from index.records import Section
from index.textmap import apply

DATA = Path(__file__).parent / "data"
HEADS = [json.loads(line) for line in (DATA / "report-heads.jsonl").read_text(encoding="utf-8").splitlines()]
FILLER = (
    "全面贯彻新发展理念，坚持稳中求进，扎实推进各项任务，经济社会保持平稳健康发展，"
    "人民生活持续改善，社会大局和谐稳定，城乡面貌有新变化。"
)


def told(name: str) -> tuple[str, Outline]:
    raw = (DATA / f"report-{name}.txt").read_text(encoding="utf-8")
    text = apply(raw, chrome_edits(raw))[0]
    return text, outline(text, name)


def rows(text: str, found: Outline) -> list[str]:
    return [f"{s.kind}|{s.period}|{' / '.join(s.path)}|{text[s.start : s.start + 10].strip()}" for s in found.sections]


@pytest.mark.parametrize("name", ["county", "province", "national", "printed"])
def test_sections_of_real_excerpts(name: str) -> None:
    text, found = told(name)
    golden = (DATA / f"report-{name}.sections.txt").read_text(encoding="utf-8").splitlines()
    assert [row.replace("\n", " ") for row in rows(text, found)] == golden


@pytest.mark.parametrize("row", HEADS, ids=[row["stem"] for row in HEADS])
def test_facts_and_chapters_of_real_openings(row: dict[str, object]) -> None:
    chapters = [str(chapter) for chapter in row["chapters"]]  # type: ignore[attr-defined]
    raw = f"{row['head']}\n各位代表：\n\n" + "".join(f"{chapter}\n\n{FILLER}\n\n" for chapter in chapters)
    text = apply(raw, chrome_edits(raw))[0]
    found = outline(text, "x")
    assert (found.year, found.date, found.place, found.speaker) == tuple(
        row[key] for key in ("year", "date", "place", "speaker")
    )
    assert [s.path[0] for s in found.sections if s.path] == chapters


def test_glossary_terms_as_written_and_the_spans_of_their_entries() -> None:
    text, found = told("county")
    assert [entry.term for entry in found.glossary] == [
        "“五大攻坚”行动",
        "山区26县“造月工程”",
        "“行政行为码”",
        "“136”格局",
    ]
    last = found.glossary[-1]
    assert text[last.start : last.end] == "16.“136”格局:即矛盾纠纷10%化解在县级,30%化解在镇街,60%化解在村社和网格。"


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ("1.“两重”：是指国家重大战略实施。", "“两重”"),
        ("21.5+2就业之家：覆盖省、市、县。", "5+2就业之家"),
        ("（3）零碳园区：碳排放趋于平衡的园区。", "零碳园区"),
        ("“双一流”：中国特色、世界一流的大学。", "“双一流”"),
        ("医保影像云是指云存储中心。", "医保影像云"),
    ],
)
def test_entries_of_other_shapes(line: str, term: str) -> None:
    text = f"一、工作安排\n{FILLER}\n名词解释\n{line}\n"
    (entry,) = outline(text, "x").glossary
    assert (entry.term, text[entry.start : entry.end]) == (term, line)


@pytest.mark.parametrize(
    ("title", "year", "periods"),
    [
        ("一、2022年工作回顾", 2023, ["2022 result"]),
        ("二、2023年政府主要工作", 2023, ["2023 plan"]),
        ("一、“十四五”时期和2025年工作回顾", 2026, ["2021-2025 result", "2025 result"]),
        ("二、“十五五”时期目标任务和2026年工作安排", 2026, ["2026-2030 plan", "2026 plan"]),
        ("一、过去五年工作回顾", 2018, ["2013-2017 result"]),
        ("二、今后五年的目标任务", 2022, ["2022-2026 plan"]),
        ("关于第十一个五年规划纲要的说明", 2006, ["2006-2010 plan"]),
        ("“十四五”规划中期实施情况回顾", 2023, ["2021-2025 result"]),
        ("推动“十五五”开好局、起好步", 2026, []),
        ("三、全面加强政府自身建设", 2026, []),
        ("一、2022年工作回顾", 0, []),
    ],
)
def test_periods_of_headings(title: str, year: int, periods: list[str]) -> None:
    assert heading_periods(title, year) == periods


def test_a_look_back_inside_the_plan_has_its_own_period() -> None:
    text = (
        "某县政府工作报告\n2024年1月23日在某县第十届人民代表大会第三次会议上\n县长 王小明\n各位代表：\n"
        f"一、2023年工作回顾\n{FILLER}\n二、2024年工作安排\n{FILLER}\n过去一年，国防动员工作取得成绩。{FILLER}\n{FILLER}\n"
    )
    found = outline(text, "x")
    assert [(s.period, s.path) for s in found.sections[1:]] == [
        ("2023 result", ("一、2023年工作回顾",)),
        ("2024 plan", ("二、2024年工作安排",)),
        ("2023 result", ("二、2024年工作安排",)),
        ("2024 plan", ("二、2024年工作安排",)),
    ]
    assert (found.title, found.date, found.place, found.speaker) == (
        "某县2024年政府工作报告",
        "2024-01-23",
        "某县",
        "王小明",
    )


def test_one_short_sentence_is_style_and_two_are_headings() -> None:
    opening = f"一、2023年工作回顾\n（一）经济稳步增长\n发展势头良好。{FILLER}\n"
    assert len(outline(opening, "x").sections) == 2
    assert [s.path[-1] for s in outline(f"{opening}民生持续改善。{FILLER}\n", "x").sections] == [
        "一、2023年工作回顾",
        "（一）经济稳步增长",
        "发展势头良好",
        "民生持续改善",
    ]


CHAPTER = "一、2023年工作回顾\n"


def below(*paragraphs: str) -> list[tuple[str, ...]]:
    """The paths of the sections under one chapter of these paragraphs, without the chapter's own."""
    return [s.path[1:] for s in outline(CHAPTER + "".join(f"{p}\n" for p in paragraphs), "x").sections]


def test_paragraphs_that_count_are_headed_by_their_sentences() -> None:
    assert below(
        f"一是产业升级，动能增强。{FILLER}", f"二是民生改善。{FILLER}", f"办好教育。{FILLER}", f"扩大就业。{FILLER}"
    ) == [
        (),
        ("一是产业升级，动能增强",),
        ("二是民生改善",),
        ("二是民生改善", "办好教育"),
        ("二是民生改善", "扩大就业"),
    ]
    assert below(f"二是民生改善。{FILLER}", f"三是产业升级。{FILLER}") == [()]  # a series begins with its first
    assert below("一是产业升级。", "二是民生改善。") == [()]  # a list of short items


def test_longer_sentences_head_paragraphs_between_short_ones() -> None:
    long = "推进以县城为重要载体的新型城镇化建设"
    assert below(f"办好教育。{FILLER}", f"{long}。{FILLER}", f"扩大就业。{FILLER}") == [
        (),
        ("办好教育",),
        (long,),
        ("扩大就业",),
    ]
    assert below(f"{long}。{FILLER}", FILLER) == [()]


def test_parallel_sentences_head_paragraphs_and_lines() -> None:
    run_in = [f"立足于{what}，加快产业转型升级" for what in ("资源优势", "区位优势", "企业发展环境")]
    assert below(*(f"{words}。{FILLER}" for words in run_in)) == [(), *((words,) for words in run_in)]
    own = [f"这五年，我们坚持{what}，发展迈上新台阶，面貌有新变化" for what in ("绿色发展", "改革开放", "民生为大")]
    assert below(*(line for words in own for line in (f"{words}。", FILLER))) == [(), *((words,) for words in own)]


def test_a_saying_heads_nothing() -> None:
    assert below(f"产业强则经济强。我们要做强产业。{FILLER}", f"改革是必由之路。{FILLER}") == [()]


def test_what_follows_headings_of_one_paragraph_each_belongs_to_the_one_above() -> None:
    led = [f"{words}。{FILLER}" for words in ("办好教育", "扩大就业", "改善医疗")]
    assert below(*led, FILLER) == [(), ("办好教育",), ("扩大就业",), ("改善医疗",), ()]
    assert below(led[0], FILLER, led[1], led[2], FILLER)[-1] == ("改善医疗",)  # the others have more than one, too


def test_a_sentence_alone_under_a_long_heading_is_one() -> None:
    title = "（一）聚焦改革攻坚，增强高质量发展动力和活力"
    assert below(title, "激发主体活力。", FILLER, "提升治理效能。", FILLER)[1:] == [
        (title,),
        (title, "激发主体活力"),
        (title, "提升治理效能"),
    ]


def test_a_look_back_ends_where_its_paragraph_turns_to_the_new_year() -> None:
    text = f"一、2024年工作安排\n{FILLER}\n过去一年，国防动员取得成绩。新的一年，要加强国防动员。\n{FILLER}\n"
    found = outline(f"某县2024年政府工作报告\n{text}", "x")
    assert [(s.period, found_at(text, s)) for s in found.sections[2:]] == [
        ("2023 result", "过去一年"),
        ("2024 plan", "新的一年"),
    ]


def found_at(text: str, section: Section) -> str:
    """The first words of a section behind a title line of a known length."""
    start = section.start - len("某县2024年政府工作报告\n")
    return text[start : start + 4]


def test_a_plan_that_is_being_drafted_is_no_time_of_its_own() -> None:
    text = f"某县2025年政府工作报告\n一、2024年工作回顾\n{FILLER}\n二、2025年工作安排\n{FILLER}\n"
    text += f"科学编制“十五五”规划。{FILLER}\n"
    assert [s.period for s in outline(text, "x").sections] == ["", "2024 result", "2025 plan"]


def test_headings_behind_any_blank_of_unicode_are_seen() -> None:
    text = f"\u2003\u2003一、2023年工作回顾\n\u2003\u2003{FILLER}\n\u200b二、2024年工作安排\n\xa0{FILLER}\n"
    assert [s.path for s in outline(text, "x").sections] == [("一、2023年工作回顾",), ("二、2024年工作安排",)]


def test_headings_marked_in_markdown() -> None:
    text = f"# 某县政府工作报告\n\n## 一、2023年工作回顾\n\n{FILLER}\n\n### 民生\n\n短。\n\n"
    text += f"## 二、2024年工作安排\n\n{FILLER}\n"
    found = outline(text, "x")
    assert found.title == "某县2024年政府工作报告"
    assert [(s.path, s.period) for s in found.sections] == [
        ((), ""),
        (("一、2023年工作回顾",), "2023 result"),
        (("一、2023年工作回顾", "民生"), "2023 result"),
        (("二、2024年工作安排",), "2024 plan"),
    ]


@pytest.mark.parametrize(
    ("opening", "place"),
    [
        ("2024年1月5日在徐州市沛县第十八届人民代表大会第三次会议上", "沛县"),
        ("——2024年1月5日在景德镇市第十六届人民代表大会第四次会议上", "景德镇市"),
        ("（2024年1月5日在桐乡市濮院镇第十七届人民代表大会第五次会议上）", "濮院镇"),
        ("2024年1月5日在上海市浦东新区第七届人民代表大会第四次会议上", "浦东新区"),
        ("2024年1月5日在巴音郭楞蒙古自治州第十五届人民代表大会第四次会议上", "巴音郭楞蒙古自治州"),
        ("2024年3月5日在第十四届全国人民代表大会第二次会议上", "全国"),
        ("2024年1月5日在连云港市海州区三届人大四次会议上", "海州区"),
    ],
)
def test_the_place_is_the_one_whose_congress_meets(opening: str, place: str) -> None:
    found = outline(f"政府工作报告\n{opening}\n各位代表：\n{FILLER}", "临海市")
    assert (found.place, found.year) == (place, 2024)


def test_the_name_of_the_speaker_may_come_before_the_office() -> None:
    text = f"某市政府工作报告\n——2025年1月15日王小明市长在某市第十六届人民代表大会第三次会议上\n各位代表：\n{FILLER}"
    assert outline(text, "x").speaker == "王小明"


def test_the_stem_tells_the_place_only_where_the_text_does_not() -> None:
    assert outline("没有任何地名的一段话。", "临海市2024").place == "临海市"
    assert outline("在天台县第一届人民代表大会第一次会议上", "临海市2024").place == "天台县"
    assert outline("没有任何地名的一段话。", "临海市2024").year == 0


def test_five_year_plans_by_the_calendar() -> None:
    assert [five_years(n) for n in (1, 2, 3, 10, 14, 15)] == [
        (1953, 1957),
        (1958, 1962),
        (1966, 1970),
        (2001, 2005),
        (2021, 2025),
        (2026, 2030),
    ]
    assert [plan_number(name) for name in ("一", "九", "十", "十四", "二十一")] == [1, 9, 10, 14, 21]


@given(
    st.text(
        "一二、（）().12年五“十”名词解释附件：各位代表。，\n \u3000问题清醒看到让我们第部分回顾目标任务", max_size=300
    )
)
def test_sections_cover_every_text_in_order(text: str) -> None:
    found = outline(text, "x")
    assert "".join(text[s.start : s.end] for s in found.sections) == text
    assert all(a.end == b.start for a, b in pairwise(found.sections))
    assert all(s.start < s.end for s in found.sections)
    assert all(0 <= g.start < g.end <= len(text) and g.term in text[g.start : g.end] for g in found.glossary)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2026年某区入学申请指引\n一、条件\n2029年前后出生、2029年入户、2029年起算的人员。\n", 2026),
        ("关于某事的通知\n各镇：\n本办法2035年前有效，2035年、2035年评估。\n某县财政局\n2024年3月4日\n", 2024),
        ("关于某事的通知\n各镇：\n到2035年、2035年、2035年。\n", 0),
    ],
)
def test_a_notice_is_of_the_year_that_its_title_or_its_signature_names(text: str, year: int) -> None:
    assert outline(text, "x").year == year


def test_the_rest_of_a_word_before_the_word_city_is_no_place() -> None:
    text = "未被市政府批准的，另外还未被市场认可的，不予补助。广州市财政局负责。\n由广州市和各区分担。\n"
    assert outline(text, "x").place == "广州市"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            "多项医保新措实施\n实际市场价格超出标准的，实际市场价格低于标准的。\n广东省医保局：在广东省有新变化。\n",
            "广东省",
        ),
        ("广州市高校毕业生创业补贴，请查收\n补贴标准如下。\n", "广州市"),
        ("办事指南\n成都市人社局受理，由成都市医保局审核。\n在大都市、特大城市办理，在大都市。\n", "成都市"),
        ("办事指南\n由我省办理，在全省通办，在我省，在全省。\n", ""),
        ("办事指南\n黑龙江省税务局受理，由黑龙江省财政厅拨付。\n", "黑龙江省"),
    ],
)
def test_the_place_of_a_notice_is_a_name_and_no_part_of_a_word(text: str, place: str) -> None:
    assert outline(text, "x").place == place


def test_reports_are_told_apart_by_their_titles() -> None:
    for row in HEADS:
        chapters = "".join(f"{chapter}\n\n{FILLER}\n\n" for chapter in row["chapters"])
        raw = f"{row['head']}\n各位代表：\n\n现在，我代表政府，向大会作工作报告，请予审议。\n\n{chapters}"
        title = outline(apply(raw, chrome_edits(raw))[0], str(row["stem"])).title
        assert re.search(rf"{row['year']}年|{row['year'] - 1911}年", title), row["stem"]
        assert str(row["place"])[:2] in fold(title), row["stem"]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            "政府工作报告\n2023年2月10日在三门县第十七届人民代表大会第二次会议上\n三门县县长陈晨",
            "三门县2023年政府工作报告",
        ),
        (
            "2026年云南省政府工作报告\n——2026年1月28日在云南省第十四届人民代表大会第四次会议上",
            "2026年云南省政府工作报告",
        ),
        ("2026年政府工作报告\n——2026年1月28日在云南省第十四届人民代表大会第四次会议上", "云南省2026年政府工作报告"),
        ("桃園市市長施政報告\n104年4月17日桃園市議會第1屆第1次定期會", "桃園市2015年市長施政報告"),
        ("政府工作报告", "政府工作报告"),
        ("关于开展清洁行动的通知", "x"),
    ],
)
def test_titles_name_what_the_text_tells_and_nothing_else(head: str, title: str) -> None:
    assert outline(f"{head}\n各位代表：\n{FILLER}\n", "x").title == title


def test_a_report_without_a_title_is_called_so_only_where_it_says_that_it_is_one() -> None:
    opening = "各位代表：\n现在，我代表区人民政府，向大会作工作报告，请予审议。\n一、2016年工作回顾\n"
    meeting = "—2017年2月11日在海拉尔区第十四届人民代表大会第六次会议上\n"
    assert outline(f"{meeting}{opening}{FILLER}\n", "x").title == "海拉尔区2017年政府工作报告"
    assert outline(f"{meeting}各位代表：\n{FILLER}\n", "x").title == "x"
