"""Asking: the short answer first, follow-ups, refusals, what is no question, examples, the address that asks."""

from __future__ import annotations

from driving import ask, box, opened, replies, settled
from playwright.sync_api import Page, expect

QUESTION = "2022年三门县固定资产投资增长了多少？"


def test_an_answer_stands_first_and_its_proof_beside_it(page: Page, site: str) -> None:
    answer = ask(opened(page, site), QUESTION)
    expect(answer.locator(".wb-short strong")).to_have_text("28.8%")
    expect(answer.locator("a.wb-cite")).to_have_text("[1]")
    card = page.locator("#wb-evidence .wb-card").first
    expect(card.locator("h3")).to_contain_text("政府工作报告")
    expect(card.locator(".wb-path")).to_contain_text("一、2022年工作回顾")
    expect(card.locator(".wb-period")).to_have_text("2022年结果")
    expect(card.locator("blockquote")).to_contain_text("固定资产投资增长28.8%")
    expect(card.locator("mark")).to_have_text("28.8%")
    expect(page.locator(".wb-welcome")).to_be_hidden()


def test_a_follow_up_is_read_with_the_question_before_it(page: Page, site: str) -> None:
    opened(page, site)
    ask(page, "2022年固定资产投资增长了多少？")
    answer = ask(page, "那一般公共预算收入呢？")
    expect(answer.locator(".wb-resolved")).to_contain_text("理解为：")
    expect(answer.locator(".wb-resolved-words")).to_contain_text("2022")
    expect(answer.locator(".wb-resolved-words")).to_contain_text("一般公共预算收入")
    # It can be changed and asked anew, without what was asked before.
    answer.get_by_role("button", name="改一改再问").click()
    expect(box(page)).to_be_focused()
    assert box(page).input_value() == answer.locator(".wb-resolved-words").inner_text()
    anew = ask(page, "固定资产投资增长了多少？")
    expect(anew.locator(".wb-resolved")).to_have_count(0)
    expect(anew.locator(".wb-short strong")).to_have_text("28.8%")


def test_a_refusal_says_so_and_keeps_related_passages_apart(page: Page, site: str) -> None:
    answer = ask(opened(page, site), "县长的身高是多少厘米？")
    expect(answer.locator(".wb-short")).to_have_text("报告中没有答案")
    expect(answer.locator("a.wb-cite")).to_have_count(0)
    evidence = page.locator("#wb-evidence")
    expect(evidence.get_by_role("heading", level=2)).to_have_text(["可能相关的段落"])
    expect(evidence).to_contain_text("这些段落没有直接回答问题，仅供参考。")
    expect(evidence.locator("mark, .wb-n")).to_have_count(0)
    # What came before is a place of the report all the same.
    evidence.get_by_role("link", name="在报告全文中查看").first.click()
    expect(page.frame_locator("#wb-frame").locator("#cited")).to_be_in_viewport()
    # The next question is answered as ever.
    expect(ask(page, QUESTION).locator("a.wb-cite")).to_have_text("[1]")
    expect(evidence.get_by_role("heading", level=2)).to_have_text(["出处"])


def test_what_is_no_question_gets_a_short_message(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    last = replies(page).last
    for text, line in (
        ("   ", "请先输入一个问题。"),
        ("😀🎉👍🏽", "问题里没有文字或数字"),
        ("问" * 100_000, "问题太长：共100000个字"),
    ):
        box(page).fill(text)
        box(page).press("Enter")
        expect(last).to_contain_text(line)
        settled(page)
    assert len(page.locator(".wb-question").last.inner_text()) < 100
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(page.locator(".wb-short strong")).to_have_text("28.8%")


def test_reports_can_be_chosen(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    expect(ask(page, "恶意指标增长").locator("a.wb-cite")).to_have_count(1)
    page.get_by_role("button", name="问哪些报告").click()
    page.get_by_role("dialog").get_by_label("三门县2023年政府工作报告").check()
    page.get_by_role("dialog").get_by_role("button", name="关闭").click()
    expect(ask(page, "恶意指标增长")).to_contain_text("报告中没有答案")


def test_an_example_asks_itself_and_the_address_can_ask(page: Page, site: str) -> None:
    opened(page, site)
    example = page.locator("button.wb-example").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".wb-question")).to_have_text(question)
    expect(replies(page).locator("a.wb-cite").first).to_be_visible()
    page.goto(f"{site}/?q=2022年固定资产投资增长了多少？")
    expect(page.locator(".wb-short strong").last).to_have_text("28.8%")


def test_emptying_the_chat_brings_the_examples_back(page: Page, stand_in_site: str) -> None:
    ask(opened(page, stand_in_site), QUESTION)
    page.get_by_role("button", name="新的问答").click()
    expect(replies(page)).to_have_count(0)
    expect(page.locator("button.wb-example").first).to_be_visible()
