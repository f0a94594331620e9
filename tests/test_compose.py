"""Answers are made of slices: every quote slices back, marks lie in it, items and refusals are what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.document import load_document
from index.records import Document, Passage, Section
from qa import compose
from qa.answer import Answer
from qa.finish import Choice
from qa.question import Part, understand

REPORT = Path(__file__).parent.parent / "index" / "reports" / "sanmen-2023.txt"


@pytest.fixture(scope="module")
def document() -> Document:
    return load_document(REPORT)


def choice(document: Document, words: str, kind: str = "number", asked: str = "多少", sure: float = 0.8) -> Choice:
    start = document.text.index(words)
    return Choice(document.id, start, start + len(words), Part(asked, asked, "", kind, asked), sure)


def sliced(answer: Answer, document: Document) -> None:
    for citation in (*answer.citations, *answer.related):
        assert citation.quote == document.text[citation.start : citation.end]
        assert all(citation.start <= a < b <= citation.end for a, b in citation.marks)
    for item in answer.answers:
        assert item.text in answer.citations[item.citation - 1].quote


def test_a_figure_is_widened_and_quoted_with_its_sentence(document: Document) -> None:
    chosen = choice(document, "生产总值增长6.0%", sure=0.9)
    answer = compose.answer(understand("目标是多少"), [chosen], {document.id: document})
    assert answer.confidence == 0.9
    assert answer.answer == "生产总值增长6.0%以上"
    assert [(c.n, c.period) for c in answer.citations] == [(1, "2023 plan")]
    assert answer.citations[0].quote.startswith("综合考虑各方面因素,建议今年")
    sliced(answer, document)


def written(text: str) -> Document:
    """A document of one section that holds just `text`."""
    section = Section(("目标",), 0, len(text), "body", "2023 plan")
    return replace(load_document(REPORT), id="某县", text=text, sections=(section,), glossary=(), spots=())


@pytest.mark.parametrize(
    ("text", "words", "quote"),
    [
        (
            "很好。目标是：收入增长2%；物价稳;失业率5%左右。有保障。",
            "5%左右",
            "目标是：收入增长2%；物价稳;失业率5%左右。",
        ),
        ("收入增长2%；物价稳定\n失业率5%左右；民生有保障", "2%", "收入增长2%；物价稳定"),
        (f"收入增长2%；{'稳' * 184}；失业率5%左右。", "2%", f"收入增长2%；{'稳' * 184}；失业率5%左右。"),
        (f"收入增长2%；{'稳' * 185}；失业率5%左右。", "2%", "收入增长2%；"),
    ],
)
def test_a_sentence_is_quoted_whole_unless_it_is_long(text: str, words: str, quote: str) -> None:
    document = written(text)
    answer = compose.answer(understand("多少"), [choice(document, words)], {document.id: document})
    assert [c.quote for c in answer.citations] == [quote]
    sliced(answer, document)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("三个“一号工程”是哪三个", ["数字经济“一号发展工程”", "营商环境“一号改革工程”", "“地瓜经济”提能升级"]),
        # The enumeration has another number of items than asked for, or no number is asked: what was marked stays.
        ("两个“一号工程”是哪两个", ["数字经济"]),
        ("“一号工程”是哪些", ["数字经济"]),
    ],
)
def test_as_many_items_as_are_asked_for(asked: str, told: list[str]) -> None:
    document = written("三个“一号工程”：数字经济“一号发展工程”、营商环境“一号改革工程”、“地瓜经济”提能升级。")
    chosen = choice(document, "数字经济", "list", asked)
    answer = compose.answer(understand(asked), [chosen], {document.id: document})
    assert [item.text for item in answer.answers] == told
    sliced(answer, document)


@pytest.mark.parametrize(
    ("text", "words", "asked", "told"),
    [
        (
            "绘制2025年、“十五五”时期、到2035年及中长期“三张图”。",
            "2035年",
            "对应哪三个时期",
            ["绘制2025年", "“十五五”时期", "到2035年"],
        ),
        (
            "“三下”指宣传路线、方针下基层，调查研究下基层，信访接待下基层。",
            "信访接待",
            "三下是哪三下",
            ["宣传路线、方针下基层", "调查研究下基层", "信访接待下基层"],
        ),
        ("“三下”指宣传路线、方针下基层，调查研究下基层。", "调查研究", "三下是哪三下", ["调查研究"]),
    ],
)
def test_items_before_the_one_chosen_and_clauses_that_end_alike(
    text: str, words: str, asked: str, told: list[str]
) -> None:
    document = written(text)
    answer = compose.answer(understand(asked), [choice(document, words, "list", asked)], {document.id: document})
    assert [item.text for item in answer.answers] == told
    sliced(answer, document)


def test_figures_of_a_traditional_text_with_blanks_are_whole() -> None:
    document = written("104 年度預計推動15 個農村社區再生，至 106 年預計推動 30 個農村社區再生，經費 982 億元。")
    one = choice(document, "15 個農村社區再生，至 106 年預計推動 30", "number", "推动几个农村社区再生")
    money = choice(document, "982", "number", "经费多少")
    answer = compose.answer(understand("？"), [one, money], {document.id: document})
    assert [item.text for item in answer.answers] == ["15 個農村社區再生", "982 億元"]
    sliced(answer, document)


def test_yes_or_no_looks_at_the_clause_alone() -> None:
    document = written("没有新增债务；老旧小区改造全部完成。")
    asked = choice(document, "全部完成", "yes_no", "老旧小区改造完成了吗")
    answer = compose.answer(understand("老旧小区改造完成了吗"), [asked], {document.id: document})
    assert (answer.lead, answer.citations[0].quote) == ("是", "没有新增债务；老旧小区改造全部完成。")


def test_what_an_earlier_question_counted_tells_one_value_from_its_neighbour() -> None:
    document = written("新增优势企业3家、“品字标”企业4家。")
    chosen = choice(document, "3家、“品字标”企业4家", asked="品字标企业呢")
    chosen = replace(chosen, part=replace(chosen.part, measured="新增几家优势企业"))
    assert compose.answer(understand("品字标企业呢"), [chosen], {document.id: document}).answer == "4家"


@pytest.mark.parametrize(
    ("text", "asked", "words"),
    [
        ("城乡居民收入分别达到5.71万元、3.27万元,居前列。", "城乡居民收入分别达到多少", "5.71万元、3.27万元"),
        ("财政收入、外贸总额分别增长5.71万元、3.27万元。", "财政收入和外贸总额分别增长多少", "5.71万元、3.27万元"),
        ("财政收入、外贸总额分别增长5.71万元、3.27万元。", "各省外贸总额分别增长多少", "3.27万元"),
        ("城乡居民收入分别达到5.71万元、3.27万元,居前列。", "农村居民收入多少", "3.27万元"),
    ],
)
def test_what_is_asked_for_each_is_told_for_each(text: str, asked: str, words: str) -> None:
    document = written(text)
    told = compose.answer(understand(asked), [choice(document, "3.27万元", asked=asked)], {document.id: document})
    assert told.answer == words


def test_a_list_is_cut_into_items_of_one_citation(document: Document) -> None:
    chosen = choice(document, "滨海科技城、三门核电、沿海工业城", "list")
    answer = compose.answer(understand("哪几个版块"), [chosen], {document.id: document})
    assert answer.answer == "滨海科技城；三门核电；沿海工业城"
    assert [(i.text, i.citation) for i in answer.answers] == [
        ("滨海科技城", 1),
        ("三门核电", 1),
        ("沿海工业城", 1),
    ]
    sliced(answer, document)


def test_two_spans_of_one_sentence_share_a_citation(document: Document) -> None:
    chosen = [choice(document, "332.63亿元"), choice(document, "2.6%")]
    answer = compose.answer(understand("多少"), chosen, {document.id: document})
    assert answer.answer == "332.63亿元；2.6%"
    assert [document.text[a:b] for a, b in answer.citations[0].marks] == ["332.63亿元", "2.6%"]
    assert len(answer.citations) == 1
    sliced(answer, document)


def test_a_refusal_has_no_citation(document: Document) -> None:
    passages = [Passage(document.id, at, at + 50) for at in (240, 400, 600, 800)]
    answer = compose.refusal(understand("临海市的GDP"), passages, {document.id: document}, 0.1)
    assert (answer.refused, answer.answer, answer.answers, answer.citations) == (True, "", (), ())
    assert [(c.start, c.end) for c in answer.related] == [(240, 290), (400, 450), (600, 650)]
    assert answer.to_json()["message"] == "报告中没有答案"
    sliced(answer, document)


def told(place: str, year: int, text: str) -> Document:
    """A report of one sentence."""
    return replace(
        load_document(REPORT),
        id=f"{place}{year}",
        place=place,
        year=year,
        text=text,
        sections=(Section((), 0, len(text), "body", ""),),
        pages=(),
    )


REPORTS = {
    document.id: document
    for document in (
        told("甲省", 2026, "粮食产量1955万斤，进出口下降5.4%。"),
        told("乙省", 2026, "粮食产量达到2.1亿斤，进出口增长3%。"),
        told("丙省", 2026, "粮食产量超过840万斤。"),
        told("丁省", 2026, "粮食产量90万吨，比上年多2亿斤。"),
    )
}


def compared(question: str, *spans: tuple[str, str]) -> Answer:
    chosen = [choice(REPORTS[name], words) for name, words in spans]
    return compose.comparison(understand(question), chosen, [(name,) for name in REPORTS], REPORTS)


def test_missing_reports_are_named() -> None:
    answer = compared("各省粮食产量", ("甲省2026", "1955万斤"), ("丙省2026", "840万斤"))
    assert [(item.document, item.text) for item in answer.answers] == [
        ("甲省2026", "1955万斤"),
        ("丙省2026", "840万斤"),
    ]
    assert answer.message == "没有答案的报告：乙省、丁省"


@pytest.mark.parametrize(
    ("question", "spans", "order", "message"),
    [
        (
            "哪个省粮食产量最高",
            {"甲省2026": "1955万斤", "乙省2026": "2.1亿斤", "丙省2026": "840万斤", "丁省2026": "2亿斤"},
            "乙丁甲丙",
            "所引数值最大：乙省（2.1亿斤）",
        ),
        (
            "哪个省粮食产量最少",
            {"甲省2026": "1955万斤", "乙省2026": "2.1亿斤", "丙省2026": "840万斤"},
            "丙甲乙",
            "所引数值最小：丙省（840万斤）。没有答案的报告：丁省",
        ),
        (
            "按粮食产量从高到低排名",
            {"甲省2026": "1955万斤", "乙省2026": "2.1亿斤", "丙省2026": "840万斤", "丁省2026": "2亿斤"},
            "乙丁甲丙",
            "",
        ),
        (
            "谁的粮食产量最高",
            {"丁省2026": "90万吨", "甲省2026": "1955万斤", "乙省2026": "2.1亿斤"},
            "乙甲丁",
            "各报告所给数值的单位或口径不同，未比较大小。没有答案的报告：丙省",
        ),
        (
            "哪个省进出口增长最慢",
            {"乙省2026": "3%", "甲省2026": "5.4%"},
            "甲乙",
            "所引数值最小：甲省（下降5.4%）。没有答案的报告：丙省、丁省",
        ),
    ],
)
def test_the_first_is_named_where_the_values_tell_it(
    question: str, spans: dict[str, str], order: str, message: str
) -> None:
    answer = compared(question, *spans.items())
    assert "".join(item.document[0] for item in answer.answers) == order
    assert answer.message == message
    assert answer.answer == "；".join(item.text for item in answer.answers)
