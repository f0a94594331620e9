"""Answers as people see them, against golden files: rewrite those with WENBAO_GOLDEN=write and read the difference."""

from __future__ import annotations

import os
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in import document

from index.records import Document, Section
from qa.answer import Answer, AnswerItem, Citation, cite
from qa.cards import cards
from qa.chat.bubble import bubble, notice, question_bubble
from qa.messages import CHINESE
from qa.render import marked_html, period_label, place_link, to_text

GOLDEN = Path(__file__).parent / "data" / "golden"
REPORT = document()
OTHER = document("某县-2024", REPORT.text.replace("28.8%", "12.5%"), "某县2024年政府工作报告")


def quoted(report: Document, n: int, quote: str, *words: str) -> Citation:
    start = report.text.index(quote)
    marks = tuple((start + quote.index(word), start + quote.index(word) + len(word)) for word in words)
    return cite(n, report, start, start + len(quote), marks)


def answer(
    citations: tuple[Citation, ...], items: tuple[AnswerItem, ...], question: str = "问", resolved: str = ""
) -> Answer:
    text = "；".join(item.text for item in items)
    return Answer(question, resolved or question, False, text, 0.97, items, citations, (), "", 41.5)


ONE = answer(
    (quoted(REPORT, 1, "固定资产投资增长28.8%,增速居全省第二", "28.8%"),),
    (AnswerItem("28.8%", "sanmen-2023", 1),),
    "那固定资产投资呢？",
    "2022年三门县固定资产投资增长了多少？",
)
LIST = answer(
    (quoted(REPORT, 1, "城乡居民人均可支配收入分别达到5.71万元、3.27万元", "5.71万元", "3.27万元"),),
    (AnswerItem("5.71万元", "sanmen-2023", 1), AnswerItem("3.27万元", "sanmen-2023", 1)),
)
SEVERAL = answer(
    (quoted(REPORT, 1, "固定资产投资增长28.8%", "28.8%"), quoted(OTHER, 2, "固定资产投资增长12.5%", "12.5%")),
    (AnswerItem("28.8%", "sanmen-2023", 1), AnswerItem("12.5%", "某县-2024", 2)),
)
REFUSED = Answer(
    "县长的身高？", "县长的身高？", True, "", 0.03, (), (),
    (quoted(REPORT, 1, "三门县县长陈晨\n各位代表:"),), "报告中没有答案", 12.0,
)  # fmt: skip
# A refusal that knows a near question; a yes; one report's items of two periods; a doubtful row.
NEAR = replace(REFUSED, message="报告中没有答案。报告没有写到县长的身高。", instead="三门县县长是谁？")
YES = replace(ONE, lead="是")
PERIODS = replace(LIST, answers=tuple(replace(i, label=f"{2022 + n}年") for n, i in enumerate(LIST.answers)))
DOUBT = replace(
    SEVERAL, message="没有答案的报告：乙县", answers=(SEVERAL.answers[0], replace(SEVERAL.answers[1], confidence=0.4)),
    citations=(SEVERAL.citations[0], replace(SEVERAL.citations[1], period="2024 plan")),
)  # fmt: skip
PASSAGE = "固定资产投资增长28.8%,增速居全省第二;财政总收入、一般公共预算收入分别增长5.0%、6.4%"
LONG = answer((quoted(REPORT, 1, PASSAGE, PASSAGE),), (AnswerItem(PASSAGE, "sanmen-2023", 1),))


def evidence(answer: Answer) -> str:
    return cards(answer, {item.id: item for item in (REPORT, OTHER)})


CASES = {
    "one": ONE, "long": LONG, "list": LIST, "several": SEVERAL, "refused": REFUSED,
    "near": NEAR, "yes": YES, "periods": PERIODS, "doubt": DOUBT,
}  # fmt: skip


def shown_in_chat(answer: Answer) -> str:
    return bubble(answer, CHINESE, "t.1" if answer is DOUBT else "", {"某县-2024": "某县"} if answer is DOUBT else None)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("render", "ending"), [(to_text, "txt"), (shown_in_chat, "bubble.html"), (evidence, "cards.html")]
)
def test_golden(name: str, render: object, ending: str) -> None:
    assert callable(render)
    shown = render(CASES[name])
    # One element a line, so that a difference can be read.
    shown = (shown if ending == "txt" else shown.replace("><", ">\n<")) + "\n"
    file = GOLDEN / f"{name}.{ending}"
    if os.environ.get("WENBAO_GOLDEN") == "write":
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("period", "label"),
    [
        ("2022 result", "2022年结果"),
        ("2023 plan", "2023年计划"),
        ("2026-2030 plan", "2026—2030年计划"),
        ("2021-2025 result", "2021—2025年结果"),
        ("", ""),
        ("since 1949", "since 1949"),
    ],
)
def test_period_labels(period: str, label: str) -> None:
    assert period_label(period) == label


def test_a_link_quotes_any_document_id() -> None:
    citation = Citation(1, 'a/b?c#d"<é', "", (), "", 3, 9, "123456", ((4, 6), (7, 9)))
    assert place_link(citation) == "doc/a%2Fb%3Fc%23d%22%3C%C3%A9?start=3&end=9&marks=4-6,7-9"


class Reader(HTMLParser):
    """What a browser would see: the text, and every element's name."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data


hostile = st.text(st.sampled_from("<>&\"'`$" + "{}[]()*_#!/\\;=\n x数1"), min_size=1, max_size=60)


@given(hostile)
def test_a_question_is_text(question: str) -> None:
    html = question_bubble(question)
    assert Reader(html).text == question
    assert set(Reader(html).tags) <= {"div", "br"}
    assert "\n" not in html  # a blank line would end the HTML block and start Markdown
    assert Reader(notice(question)).text == question


@given(hostile, hostile, hostile, st.data())
def test_a_reports_text_is_text(text: str, title: str, heading: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = Citation(1, title, title, (heading,), heading, 0, len(text), text, ((start, end),))
    made = Answer(text, title, False, text, 0.5, (AnswerItem(text, title, 1),), (citation,), (citation,), text, 1.0)
    allowed = {
        "button",
        "div",
        "p",
        "strong",
        "a",
        "mark",
        "span",
        "br",
        "h2",
        "h3",
        "ol",
        "li",
        "blockquote",
        "textarea",
    }
    for html in (bubble(made), bubble(made, CHINESE, "t.1"), cards(made, {})):
        assert set(Reader(html).tags) <= allowed
        assert text in Reader(html).text
    assert Reader(marked_html(text, 0, [(start, end)])).text == text


@pytest.mark.parametrize(
    ("text", "quote", "before", "after"),
    [
        ("甲县\n财政收入增长5%;投资增长8%,居全市第二。\n乙", "投资增长8%", "财政收入增长5%;", ",居全市第二。"),
        ("一,二。" + "长" * 85 + ",近处,投资增长8%,完" + "尾" * 99, "投资增长8%", "长" * 85 + ",近处,", ","),
        ("无" * 200 + "投资增长8%" + "无" * 200, "投资增长8%", "", ""),
        ("投资增长8%", "投资增长8%", "", ""),
    ],
)
def test_the_words_around_a_quote_stay_in_its_paragraph(text: str, quote: str, before: str, after: str) -> None:
    made = replace(REPORT, text=text, sections=(Section((), 0, len(text), "body", ""),))
    shown = cards(answer((quoted(made, 1, quote),), (AnswerItem(quote, made.id, 1),)), {made.id: made})
    around = [f'<span class="wb-around">{part}</span>' if part else "" for part in (before, after)]
    assert f'<blockquote lang="zh-CN">{around[0]}<span>{quote}</span>{around[1]}</blockquote>' in shown


def test_marks_cover_exactly_the_answers_words() -> None:
    shown = "增长<mark>2.6%</mark>;增长<mark>3.2%</mark>"
    assert marked_html("增长2.6%;增长3.2%", 100, [(109, 113), (102, 106)]) == shown
