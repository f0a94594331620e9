"""What a reader takes along: the table of several reports as CSV and XLSX, a copied answer, the whole conversation."""

from __future__ import annotations

import csv
import io
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest
from docx import Document as Docx
from driving import Running, ask, opened
from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook

QUESTION = "各地今年的地区生产总值增长目标分别是多少？"
# As the reports say it; how many of the words around the figure an answer takes along may change.
FIGURES = {"云南省": "4.5%", "山东省": "5%", "江苏省": "5%", "西藏自治区": "7%", "重庆市": "5%"}


def shown(answer: Locator) -> list[tuple[str, str]]:
    """The table's rows on the page: the report's name and what it answers."""
    return [
        (row.locator("th").inner_text(), row.locator("strong").inner_text()) for row in answer.locator("tbody tr").all()
    ]


def taken(page: Page, link: Locator, folder: Path) -> Path:
    """The file behind a link, as the browser saves it."""
    with page.expect_download() as waiting:
        link.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def text_of(address: str, place: str) -> str:
    """The words of a report at a place such as 山东省:214-268, from the server's own copy of it."""
    document, _, span = place.rpartition(":")
    start, _, end = span.partition("-")
    url = f"{address}/api/v1/documents/{quote(document)}/text?start={start}&end={end}"
    with urllib.request.urlopen(url, timeout=30) as reply:
        return str(reply.read().decode())


def test_the_table_of_several_reports_as_files(page: Page, several: Running, tmp_path: Path) -> None:
    answer = ask(opened(page, several.address), QUESTION)
    table = shown(answer)
    names = [row[0] for row in table]
    assert {name: row[1][: len(FIGURES[name])] for row in table for name in FIGURES if name in row[0]} == FIGURES
    assert len(table) == len(FIGURES)

    data = taken(page, answer.get_by_role("link", name="CSV"), tmp_path).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")  # else a spreadsheet program takes it for another encoding
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert list(rows[0]) == ["报告", "问题", "答案", "把握", "时期", "章节", "位置", "原文"]
    told = [(row["答案"], row["时期"], row["问题"]) for row in rows]
    assert told == [(words, "2026年计划", QUESTION) for _, words in table]
    assert all(row["报告"] in name for row, name in zip(rows, names, strict=True))
    assert [row["原文"] for row in rows] == [text_of(several.address, row["位置"]) for row in rows]
    assert all(row["答案"] in row["原文"] for row in rows)
    assert all(0 < float(row["把握"]) <= 1 for row in rows)

    book = CalamineWorkbook.from_path(taken(page, answer.get_by_role("link", name="XLSX"), tmp_path))
    assert book.sheet_names == ["表", "出处"]
    head, *body = book.get_sheet_by_name("表").to_python()
    assert [str(cell) for cell in head][:2] == ["报告", QUESTION]
    assert [line[0] for line in body] == [row["报告"] for row in rows]
    figures = [line[1] for line in body]
    assert figures == [pytest.approx(float(FIGURES[row["报告"]].rstrip("%")) / 100) for row in rows]
    sources = [[str(cell) for cell in line] for line in book.get_sheet_by_name("出处").to_python()]
    assert sources == [list(rows[0]), *(list(row.values()) for row in rows)]


def test_the_table_is_sorted_by_its_figures(page: Page, several: Running) -> None:
    answer = ask(opened(page, several.address), QUESTION)
    before = shown(answer)
    column = answer.locator("thead").get_by_role("button", name="答案")
    column.click()
    up = shown(answer)
    column.click()
    down = shown(answer)
    assert sorted(up) == sorted(before) == sorted(down)
    worth = [float(row[1].split("%")[0]) for row in up]
    assert worth == sorted(worth)
    assert [float(row[1].split("%")[0]) for row in down] == sorted(worth, reverse=True)
    expect(answer.locator("th", has_text="答案")).to_have_attribute("aria-sort", "descending")


@pytest.mark.parametrize("context", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True)
def test_an_answer_can_be_copied_with_its_source(page: Page, stand_in_site: str) -> None:
    answer = ask(opened(page, stand_in_site), "2022年三门县固定资产投资增长了多少？")
    answer.get_by_role("button", name="复制").click()
    expect(page.locator(".wb-status")).to_contain_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "2022年三门县固定资产投资增长了多少？" in copied
    assert "28.8% [1]" in copied
    assert "固定资产投资增长28.8%" in copied


def test_a_conversation_is_exported_with_its_sources(page: Page, stand_in_site: str, tmp_path: Path) -> None:
    opened(page, stand_in_site)
    asked = ["2022年三门县固定资产投资增长了多少？", "县长的身高是多少厘米？"]
    for question in asked:
        ask(page, question)
    page.get_by_role("button", name="更多").click()
    menu = page.get_by_role("dialog", name="更多")
    markdown = taken(page, menu.get_by_role("link", name="Markdown"), tmp_path).read_text(encoding="utf-8")
    word = Docx(str(taken(page, menu.get_by_role("link", name="DOCX"), tmp_path)))
    paragraphs = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for text in (markdown, paragraphs):
        assert [text.count(question) for question in asked] == [1, 1]
        assert "28.8%" in text
        assert "报告中没有答案" in text
    assert "固定资产投资增长28.8%" in markdown
