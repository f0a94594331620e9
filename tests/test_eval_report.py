"""The report is one file that needs nothing from elsewhere, escapes all it shows, and shows what went wrong."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from bigram_assistant import BigramAssistant, document

from eval import plots
from eval.places import Atlas
from eval.questions import Problem, Question, QuestionFile
from eval.results import measure, write_results
from eval.run import answer_all

EVIL = "<script>alert('甲')</script>\"&"
TEXT = f"""一、2022年工作回顾
全县生产总值332.63亿元,增长2.6%。新增市场主体9229户。引进{EVIL}项目12个。
二、2023年主要工作
全县生产总值增长6%以上。
"""
QUESTIONS = (
    Question("ok", "新增市场主体多少户？", "number", "甲", ("9229户",), evidence=("新增市场主体9229户",)),
    Question("trap", "全县生产总值2023年增长多少？", "number", "甲", ("6%",), evidence=("全县生产总值增长6%以上",),
             wrong=("332.63亿元",)),
    Question("ghost", "2022年全县生产总值多少欧元？", "unanswerable", "甲"),
    Question("shy", "老百姓的钱袋子鼓起来没有", "colloquial", "甲", ("2.6%",), evidence=("增长2.6%",),
             history=("<b>上文</b>",)),
    Question("evil", f"引进{EVIL}项目几个", EVIL, "甲", ("13个",), evidence=(f"引进{EVIL}项目12个",)),
    Question("lost", "问", "number", "乙", ("1个",), evidence=("有1个",)),
)  # fmt: skip


class Reader(HTMLParser):
    """Collects the elements with their attributes, the visible text, and checks that every tag is closed."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style" and data.strip():
            self.text.append(data.strip())


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("run")
    assistant = BigramAssistant(document("甲", TEXT))
    asked = QuestionFile(Path("题.jsonl"), QUESTIONS, (Problem(7, f"not JSON {EVIL}"),))
    result = measure(asked, answer_all(QUESTIONS, assistant, out, lambda _: None), assistant, out)
    write_results(out, result, Atlas(assistant.index.documents))
    return (out / "report.html").read_text(encoding="utf-8")


def test_the_page_is_whole_and_self_contained(page: str) -> None:
    read = Reader(page)
    assert read.open == []
    names = {tag for tag, _ in read.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed"}
    assert {"svg", "table", "article", "mark", "details"} <= names
    loads = {"src", "href", "srcset", "action", "data", "xlink:href", "background"}
    assert not [(tag, at) for tag, attributes in read.tags for at in attributes if at in loads or at.startswith("on")]
    assert not re.search(r"url\(|@import|https?://", page)
    assert ("html", {"lang": "zh-CN"}) in read.tags
    assert sum(tag == "svg" for tag, _ in read.tags) == 4


def test_everything_shown_is_escaped(page: str) -> None:
    assert "<script" not in page
    shown = "\n".join(Reader(page).text)
    assert shown.count(EVIL) >= 5  # the question, its type, its evidence, the quotes, the line left out


def _article(page: str, ident: str) -> str:
    articles = re.findall(r"<article>.*?</article>", page, re.S)
    found = next(article for article in articles if f"<code>{ident}</code>" in article)
    return " ".join(Reader(found).text)


def test_what_went_wrong_stands_with_answer_quote_and_gold_side_by_side(page: str) -> None:
    assert "没答好的 5 题" in page
    assert "<code>ok</code>" not in page
    trap = _article(page, "trap")
    assert "332.63亿元 误用了别处的数值：332.63亿元" in trap
    assert "[1] 甲政府工作报告 \u203a 一、2022年工作回顾" in trap
    assert "标准答案 6% 全县生产总值增长6%以上" in trap
    assert "依据排在检索结果第 2 位" in trap
    assert "文件没有答案，应当拒答" in _article(page, "ghost")
    shy = _article(page, "shy")
    assert "拒答 另列的相关段落：" in shy
    assert shy.startswith("<b>上文</b> 老百姓的钱袋子鼓起来没有")
    assert "UserError: no document 乙; wanted one of the index. See the list." in _article(page, "lost")
    kinds = re.findall(r"<summary><b>(.*?)</b> <span class=\"count\">(\d+)", page)
    assert kinds == [
        ("出错未答", "1"), ("误答：文件没有答案却作答", "1"), ("答案不对", "2"), ("误拒：文件有答案却拒答", "1"),
    ]  # fmt: skip


def test_the_answers_words_are_marked_in_the_quote(page: str) -> None:
    assert re.findall(r"<mark>(.*?)</mark>", page).count("332.63亿元") == 2


def test_gates_and_the_opening_sentence(page: str) -> None:
    text = " ".join(Reader(page).text)
    assert "有答案的 5 题中，答对 20.0% ，答对且引文正确 20.0% ，误拒 20.0%。" in text
    assert "通过 引文与原文逐字一致 100%（要求 100%，5 题）" in text
    assert "略去 1 行" in text


def test_plot_coordinates_by_hand() -> None:
    curve = [(0.9, 0.5, 0.0), (0.6, 1.0, 0.25)]
    plot = plots.risk_coverage(curve)
    # Box 440 x 290, margins 48, 16, 16, 44: x runs from 48 to 424, y from 246 (nothing) to 16 (the top, here 40 %).
    assert plot.lines[1].points == f"236,246 424,{246 - 230 * 0.25 / 0.4:g}"
    assert plot.y_ticks[-1] == (16, "40%")
    assert [dot.style for dot in plot.dots] == ["a", "a", "now"]
    bars = plots.latency({"total": {p: {"value": v} for p, v in (("p50", 100), ("p95", 150), ("p99", 200))}}).bars
    assert [(bar.style, bar.x, bar.x2) for bar in bars] == [("p99", 84, 424.0), ("p95", 84, 339.0), ("p50", 84, 254.0)]


@pytest.mark.parametrize(("value", "top"), [(0.03, 0.04), (0.2, 0.2), (0.21, 0.4), (0.9, 1.0), (1.0, 1.0), (137, 200)])
def test_an_axis_ends_at_a_round_number(value: float, top: float) -> None:
    table: dict[str, Any] = {"x": {p: {"value": value} for p in ("p50", "p95", "p99")}}
    assert plots.latency(table).x_ticks[-1] == (424.0, f"{top:g}")
