"""Thirty texts that try to be markup, script or template are text: in questions, reports, names and comments."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from driving import ask, marked, opened, report
from payloads import PAYLOADS, disputed, foreign, hit, visible, words
from playwright.sync_api import Page, expect
from serve_hostile import hostile


def test_in_a_question_and_in_a_comment_on_its_answer(page: Page, hostile_site: str) -> None:
    # Over an ordinary report, which answers none of them.
    opened(page, f"{hostile_site}/?document=sanmen-2023")
    title = page.title()
    dialog = page.get_by_role("dialog", name="这个答案哪里有问题？")
    for payload in PAYLOADS:
        ask(page, payload)
        asked = page.locator(".wb-question").last
        assert words(asked.inner_text()) == words(visible(payload))
        assert foreign(asked) == []
        page.get_by_role("button", name="有问题").last.click()
        dialog.get_by_label("应答未答").check()
        dialog.get_by_label("补充说明（可选）").fill(f"意见：{payload}")
        dialog.get_by_role("button", name="提交").click()
        expect(dialog).to_be_hidden()
    assert not hit(page)
    page.get_by_role("button", name="更多").click()
    expect(page.locator("#wb-menu .wb-recent button").first).to_contain_text(visible(PAYLOADS[0]))
    questions, comments = disputed(page, hostile_site)
    for payload in PAYLOADS:
        assert words(visible(f"意见：{payload}")) in map(words, comments)
        assert words(visible(payload)) in map(words, questions)
    opened(page, hostile_site)
    assert page.title() == title


def test_in_titles_and_sentences_of_many_reports(page: Page, hostile_site: str) -> None:
    opened(page, hostile_site)
    titles = {" ".join(words(f"{visible(payload)}报告")) for payload in PAYLOADS}

    def among(texts: list[str]) -> set[str]:
        # A title is shown with place and year where it lacks them.
        return {" ".join(words(text.split("（2023年）")[0].removeprefix("三门县"))) for text in texts}

    assert titles <= among(page.locator("#wb-evidence h3").all_inner_texts())
    answer = ask(page, "恶意指标增长")
    expect(answer.locator("tbody tr")).to_have_count(len(PAYLOADS))
    expect(page.locator("#wb-evidence .wb-card")).to_have_count(len(PAYLOADS))
    assert titles == among(page.locator("#wb-evidence h3").all_inner_texts())
    assert foreign(answer) == []
    assert foreign(page.locator("#wb-evidence .wb-cards")) == []
    page.get_by_role("button", name="问哪些报告").click()
    assert titles <= among(page.locator("#wb-choose .wb-choices label").all_inner_texts())
    assert foreign(page.locator("#wb-choose .wb-choices")) == []
    page.get_by_role("button", name="关闭").locator("visible=true").click()
    answer.locator("a.wb-cite").last.click()
    expect(marked(page)).to_have_text("3%")
    assert foreign(report(page).locator("main")) == []
    assert not hit(page)


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_in_a_whole_report(page: Page, hostile_site: str, number: int) -> None:
    """Title, heading, body and glossary of the report's own page, with the cited place."""
    document = hostile(number, visible(PAYLOADS[number]))
    at = document.text.index("恶意指标")
    address = f"{hostile_site}/doc/{quote(document.id, safe='')}?start={at}&end={at + 8}"
    assert page.goto(address).status == 200  # type: ignore[union-attr]
    expect(page.locator("mark.words")).to_have_text("恶意指标增长3%")
    paragraphs = page.locator("article > *").all_text_contents()
    assert paragraphs == [line for line in document.text.split("\n") if line]
    assert page.locator("h1").text_content() == f"三门县{document.title}（2023年）"
    outline = " ".join(page.get_by_role("navigation").all_text_contents())
    assert f"一、2023年工作回顾{visible(PAYLOADS[number])}" in outline
    assert foreign(page.locator("main")) == []
    assert page.title() != ""
    assert not hit(page)
