"""The reading page shows the document's text, whole and nothing else, with the cited place marked."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in import document

from index.records import Document, Section, Spot
from index.textmap import identity
from qa.messages import messages
from qa.reading import Place, View, message_page, parse_place, reading_page
from qa.render import language

REPORT = document()


class Page(HTMLParser):
    """The text of the <article>, of its marks by class, its elements, and the outline's links."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.text = self.cited = self.words = self.anchor = ""
        self.elements: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.outline: list[tuple[str, str, bool]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "link", "br"):
            return
        self.stack.append((tag, dict(attrs)))
        self.ids.add(str(dict(attrs).get("id")))
        if tag == "a" and self.inside("ol"):
            self.outline.append((str(dict(attrs)["href"]), "", "aria-current" in dict(attrs)))
        if self.inside("article"):
            self.elements.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self.inside("article"):
            self.text += data
            classes = [str(at.get("class", "")).split() for tag, at in self.stack if tag == "mark"]
            self.cited += data if any("cited" in names for names in classes) else ""
            self.words += data if any("words" in names for names in classes) else ""
            self.anchor += data if any(at.get("id") == "cited" for _, at in self.stack) else ""
            self.elements = [(tag, text + data if tag == self.stack[-1][0] else text) for tag, text in self.elements]
        elif self.inside("ol") and self.stack[-1][0] == "a":
            href, text, here = self.outline[-1]
            self.outline[-1] = (href, text + data, here)

    def inside(self, tag: str) -> bool:
        return any(name == tag for name, _ in self.stack)


def flat(text: str) -> str:
    return text.replace("\n", "")


def test_the_whole_text_is_shown_and_the_cited_words_are_marked() -> None:
    start = REPORT.text.index("固定资产投资增长28.8%")
    page = Page(reading_page(REPORT, Place(start, start + 13, ((start + 8, start + 13),))))
    assert flat(page.text) == flat(REPORT.text)
    assert (page.cited, page.words, page.anchor) == ("固定资产投资增长28.8%", "28.8%", "固定资产投资增长")


def test_a_place_without_marks_is_marked_whole() -> None:
    page = Page(reading_page(REPORT, Place(10, 20)))
    assert flat(page.words) == flat(page.cited) == flat(REPORT.text[10:20])


def test_the_outline_leads_to_every_section_and_shows_where_one_is() -> None:
    page = Page(reading_page(REPORT, Place(REPORT.text.index("减轻企业负担"), REPORT.text.index("减轻企业负担") + 6)))
    labels = [text for _, text, _ in page.outline]
    assert labels == [
        "开头", "一、2022年工作回顾", "(一)政策要素集成落地。", "(二)产业升级步伐加快。", "二、2023年政府主要工作",
        "(一)推动市场信心提振。", "(二)推动产业转型提升。", "三、全面加强政府自身建设", "《政府工作报告》名词解释",
    ]  # fmt: skip
    assert [text for _, text, here in page.outline if here] == ["(一)政策要素集成落地。"]
    assert {href[1:] for href, _, _ in page.outline} <= page.ids


def test_damage_is_shown_as_such() -> None:
    spots = (Spot(10, 14, "??", REPORT.text[10:14]), Spot(16, 18, "?<b>", ""))
    html = reading_page(replace(REPORT, spots=spots))
    assert f'<span class="spot" title="原文此处损坏，已修复；原为：??">{REPORT.text[10:14]}</span>' in html
    assert 'class="spot lost" title="原文此处损坏，无法修复：?&lt;b&gt;"' in html


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(st.text(st.sampled_from("甲乙<>&\"'`${}/ \n\n\t一、"), min_size=1, max_size=80))
    cuts = sorted({0, *draw(st.lists(st.integers(0, len(text) - 1), max_size=4))})
    sections = tuple(
        Section((text[start : start + 3].strip(),) if i else (), start, end, "body", "2022 result")
        for i, (start, end) in enumerate(zip(cuts, [*cuts[1:], len(text)], strict=True))
    )
    return replace(REPORT, text=text, title=text, sections=sections, glossary=(), spots=(), map=identity(text))


@given(documents(), st.data())
def test_any_text_is_shown_exactly_and_any_place_marked(made: Document, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(made.text) - 1))
    end = data.draw(st.integers(start + 1, len(made.text)))
    page = Page(reading_page(made, Place(start, end)))
    assert flat(page.text) == flat(made.text)
    assert page.cited == flat(made.text[start:end])
    assert bool(page.anchor) == bool(page.cited)
    assert {tag for tag, _ in page.elements} <= {"article", "p", "h2", "h3", "h4", "span", "mark"}
    assert {href[1:] for href, _, _ in page.outline} <= page.ids


@pytest.mark.parametrize(
    ("start", "end", "marks"),
    [
        ("5", "", ""), ("", "5", ""), ("a", "5", ""), ("-1", "5", ""), ("5", "5", ""), ("6", "5", ""),
        ("0", "99999999", ""), ("\uff11", "5", ""), ("1.0", "5", ""), ("1", "9999999999", ""),
        ("1", "5", "0-3"), ("1", "5", "3-6"), ("1", "5", "3-3"), ("1", "5", "x"),
    ],
)  # fmt: skip
def test_a_place_outside_the_document_is_an_error(start: str, end: str, marks: str) -> None:
    with pytest.raises(ValueError, match=r"not |place"):
        parse_place(REPORT, start, end, marks)


def test_places() -> None:
    assert parse_place(REPORT, "", "") is None
    assert parse_place(REPORT, "3", "9", "4-5,6-9") == Place(3, 9, ((4, 5), (6, 9)))
    assert parse_place(REPORT, "0", str(len(REPORT.text))) == Place(0, len(REPORT.text))


def test_language_of_the_text() -> None:
    assert language("全国人民代表大会，经济发展") == "zh-CN"
    assert language("全國人民代表大會，經濟發展") == "zh-TW"
    assert language("") == "zh-CN"


def test_nothing_is_loaded_from_elsewhere() -> None:
    others = {"sanmen-2023": "甲", "b/c": "<乙>"}
    for html in (reading_page(REPORT, None, View(others=others)), message_page("无", "<b>", View(others=others))):
        assert "http:" not in html
        assert "https:" not in html
        assert "url(" not in html
        assert '<a href="b%2Fc' in html
        assert "<乙>" not in html


def test_the_page_speaks_the_readers_language_and_the_report_its_own() -> None:
    start = REPORT.text.index("固定资产投资增长28.8%")
    place = Place(start, start + 13)
    chinese = reading_page(REPORT, place, View(others={"a": "甲", "b": "乙"}))
    english = reading_page(REPORT, place, View(say=messages("en"), others={"a": "甲", "b": "乙"}))
    for html, words in (
        (chinese, ("目录", "其他报告", "2022年结果", "名词解释", "标出的文字：三门县2023年政府工作报告", "打印")),
        (english, ("Contents", "Other reports", "2022 result", "The words marked: 三门县2023年政府工作报告", "Print")),
    ):
        assert [word for word in words if word not in html] == []
    assert '<html lang="en"' in english
    assert 'href="b?lang=en"' in english
    assert 'href="b"' in chinese
    article = re.compile(r"<article.*</article>", re.DOTALL)
    assert article.search(chinese)[0] == article.search(english)[0]  # type: ignore[index]
