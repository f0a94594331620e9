"""Web pages made here: what is the page's goes, what is the text's stays, in every encoding they come in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import load_document
from index.errors import UserError
from index.read import RawText, read
from index.webpage import read_page

SENTENCE = "过去一年，全县生产总值达到332.63亿元，同比增长2.6%，人民生活持续改善，社会大局和谐稳定。"
CHROME = (
    "<div class='top'><ul><li><a href='/'>首页</a></li><li><a>政务公开</a></li><li><a href='/b'>办事</a></li></ul>"
    "<form>搜索 <input value='x'></form><div>您的位置：<a href='/'>首页</a> &gt; <a href='/c'>报告</a></div></div>"
)
FOOT = "<div class='foot'><p>版权所有：某县人民政府</p><p>某ICP备0000号</p></div><script>var a='，。';</script>"


def page(main: str, head: str = "<title>政府工作报告 - 某县人民政府</title>") -> str:
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body>{CHROME}<div><div class='c'>{main}</div>"
        f"<div class='side'><h3>相关链接</h3><ul><li><a>一个标题</a></li><li><a>又一标题</a></li>"
        f"<li><a>末一标题</a></li></ul></div></div>{FOOT}</body></html>"
    )


def saved(data: bytes, path: Path) -> RawText:
    path.write_bytes(data)
    return read(path)


@pytest.mark.parametrize(
    ("declared", "codec", "told"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("gb2312", "gb18030", "gb18030"),
        ("GBK", "gb18030", "gb18030"),
        ("gb2312", "utf-8", "utf-8"),
        ("", "gb18030", "gb18030"),
        ("utf-8", "utf-16", "utf-16"),
        ("no-such-code", "utf-8", "utf-8"),
    ],
)
def test_the_encoding_that_fits_is_taken(tmp_path: Path, declared: str, codec: str, told: str) -> None:
    head = f"<meta charset='{declared}'><title>政府工作报告</title>"
    raw = saved(page(f"<p>{SENTENCE}</p>" * 3, head).encode(codec), tmp_path / "a.html")
    assert raw.text == "政府工作报告\n" + f"{SENTENCE}\n" * 3
    assert (raw.kind, raw.encoding) == ("html", told)


def test_only_the_main_text_with_its_title_and_headings(tmp_path: Path) -> None:
    main = (
        f"<h2>一、工作回顾</h2><p>&emsp;&emsp;{SENTENCE}</p><p>第一行<br>第二行</p><p>增长<b>5.5</b><span>%</span></p>"
        f"<p style='display: none'>看不见。</p><ul><li>{SENTENCE}</li></ul><p>有<a href='x'>链接</a>在句中。</p>"
    )
    raw = saved(page(main).encode(), tmp_path / "a.htm")
    assert raw.text.splitlines() == [
        "政府工作报告", "一、工作回顾", SENTENCE, "第一行", "第二行", "增长5.5%", SENTENCE, "有链接在句中。",
    ]  # fmt: skip
    assert [(raw.text[at:].split("\n")[0], level) for at, level in raw.headings] == [
        ("政府工作报告", 1),
        ("一、工作回顾", 2),
    ]
    assert load_document(tmp_path / "a.htm").title == "政府工作报告"


@pytest.mark.parametrize(
    ("head", "main", "title"),
    [
        ("<meta name='ArticleTitle' content='关于某事的通知'><title>通知公告 - 某网</title>", "", "关于某事的通知"),
        ("<title>某网</title>", "<h1>关于某事的通知</h1>", "关于某事的通知"),
        ("<title>关于某事的通知_某县人民政府</title>", "", "关于某事的通知"),
        ("<title>关于某事的通知</title>", "", "关于某事的通知"),
    ],
)
def test_the_title_is_kept_once(tmp_path: Path, head: str, main: str, title: str) -> None:
    raw = saved(page(f"{main}<p>{SENTENCE}</p>", head).encode(), tmp_path / "通知2024.html")
    assert raw.text == f"{title}\n{SENTENCE}\n"
    assert load_document(tmp_path / "通知2024.html").title == title


def test_tables_of_data_are_rows_and_tables_of_layout_are_not(tmp_path: Path) -> None:
    data = (
        "<p>单位：亿元</p><table><thead><tr><th>指标</th><th>2022年</th><th>2023年</th></tr></thead>"
        "<tr><td rowspan=2>税收</td><td>8</td><td>9</td></tr><tr><td colspan='2'>未报</td></tr></table>"
    )
    layout = f"<table><tr><td><p>{SENTENCE}</p>{data}<p>{SENTENCE}</p></td></tr></table>"
    lines = saved(page(layout).encode(), tmp_path / "a.html").text.splitlines()
    assert lines[1:] == [
        SENTENCE, "单位：亿元", "指标：税收；2022年：8亿元；2023年：9亿元。",
        "指标：税收；2022年：未报；2023年：未报。", SENTENCE,
    ]  # fmt: skip


def test_breaks_of_the_source_inside_a_sentence_are_none_of_the_text() -> None:
    text = read_page("<p>全县生产\n   总值达到\r\n332亿元，\n同比 增长</p>", "utf-8").text
    assert text == "全县生产总值达到 332亿元，同比 增长\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html><!-- nothing --></html>", "holds only blanks"),
        (b"<html><body><script>1</script></body></html>", "holds only blanks"),
        (b"%PDF-1.4 x", "is a PDF file; wanted a text file. Rename it to .pdf."),
        (b"PK\x03\x04" + b"\0" * 30, "is a ZIP archive"),
    ],
)
def test_what_cannot_be_read_ends_in_one_line(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(UserError) as caught:
        saved(data, tmp_path / "a.html")
    assert message in str(caught.value)


PIECES = st.sampled_from(
    ["<div>", "</div>", "<p>", "</p>", "<table>", "<tr>", "<td rowspan=3>", "<td colspan=2>", "</table>", "<br>",
     "<h2>", "</h2>", "<a>", "</a>", "<ul><li>", "<script>", "<!--", "<body>", "甲，乙。", "332亿元", "\n", "&nbsp;"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_broken_markup_is_read_to_lines_of_its_own_words(pieces: list[str]) -> None:
    content = read_page("".join(pieces), "utf-8")
    assert all(line.strip() for line in content.text.splitlines())
    assert all(0 <= at < len(content.text) for at, _ in content.headings)
    assert not set(content.text) & set("<>")


def test_nesting_deeper_than_any_page_ends_in_one_line(tmp_path: Path) -> None:
    assert SENTENCE in saved(("<div>" * 200 + SENTENCE).encode(), tmp_path / "a.html").text
    with pytest.raises(UserError, match="holds only blanks"):
        saved(("<div>" * 30000 + SENTENCE).encode(), tmp_path / "b.html")
