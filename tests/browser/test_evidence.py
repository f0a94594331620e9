"""The proof beside the chat: a citation opens the report at its place, for older turns too, and can be sent."""

from __future__ import annotations

from driving import ask, marked, opened, report
from playwright.sync_api import Page, expect

QUESTION = "2022年三门县固定资产投资增长了多少？"


def test_a_citation_opens_the_report_at_its_place(page: Page, site: str) -> None:
    opened(page, site)
    first = ask(page, QUESTION)
    second = ask(page, "国有建设用地供地多少亩？")
    # The older turn's citation still opens, and its own proof comes back with it.
    first.locator("a.wb-cite").click()
    expect(marked(page)).to_have_text("28.8%")
    expect(report(page).locator('nav a[aria-current="true"]')).to_have_text("一、2022年工作回顾")
    expect(page.get_by_role("tab", name="报告全文")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="出处").click()
    expect(page.locator("#wb-evidence")).to_be_visible()
    expect(page.locator("#wb-evidence mark").first).to_have_text("28.8%")
    second.locator("a.wb-cite").first.click()
    expect(marked(page)).to_contain_text("5342亩")
    # What is marked is what the answer says, word for word.
    said = second.locator("strong").first.inner_text()
    assert marked(page).inner_text() == said
    assert report(page).locator("article").inner_text().count(said) >= 1


def test_a_citation_is_a_link_that_can_be_sent(page: Page, site: str) -> None:
    link = ask(opened(page, site), QUESTION).locator("a.wb-cite").get_attribute("href")
    page.goto(f"{site}/{link}")
    words = page.locator("mark.words").first
    expect(words).to_have_text("28.8%")
    expect(words).to_be_in_viewport()
    expect(page.locator("article")).to_contain_text("名词解释")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    # On paper: the report alone, the place still told apart.
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(words).to_be_visible()


def test_why_this_answer(page: Page, site: str) -> None:
    answer = ask(opened(page, site), QUESTION)
    answer.get_by_role("button", name="为什么是这个答案").click()
    why = page.locator("#wb-why")
    expect(why.get_by_role("heading", level=2)).to_have_text("为什么是这个答案")
    expect(why).to_contain_text(QUESTION)
    expect(why.locator("blockquote").first).to_contain_text("固定资产投资增长28.8%")
    expect(page.get_by_role("tab", name="为什么")).to_have_attribute("aria-selected", "true")
