"""A conversation outlives the server: a real process is ended and another one started over the same folders."""

from __future__ import annotations

from pathlib import Path

from driving import ask, box, free_port, marked, opened, product, replies, settled
from playwright.sync_api import BrowserContext, Page, expect

QUESTIONS = ("2022年固定资产投资增长了多少？", "那一般公共预算收入呢？")


def shown(page: Page) -> list[str]:
    """The words of a conversation, questions and answers."""
    return page.locator("#wb-turns :is(.wb-question, .wb-answer)").all_inner_texts()


def test_a_conversation_goes_on_after_a_restart(
    context: BrowserContext, page: Page, bundled_index: Path, tmp_path: Path
) -> None:
    port = free_port()
    with product(bundled_index, tmp_path, "--port", str(port)) as address:
        opened(page, address)
        for question in QUESTIONS:
            ask(page, question)
        before = shown(page)
        assert len(before) == 4

    # While it is down: told, the question stays in its box, and nothing that was there is lost.
    box(page).fill("进出口总额是多少？")
    box(page).press("Enter")
    expect(page.locator(".wb-status")).to_have_text("没有连上服务器，请稍后再试。")
    settled(page)
    expect(box(page)).to_have_value("进出口总额是多少？")
    assert shown(page) == before

    # Once it is there again the page loads itself anew, within some seconds; a reload of ours would fall into its own.
    page.evaluate("window.isFromBefore = true")
    with product(bundled_index, tmp_path, "--port", str(port)) as address:
        page.wait_for_function("!window.isFromBefore")
        expect(page.locator("html.wb-ready")).to_have_count(1)
        expect(replies(page)).to_have_count(2)
        assert shown(page) == before
        replies(page).first.locator("a.wb-cite").click()
        expect(marked(page)).to_have_text("28.8%")
        expect(page.locator("#wb-evidence mark").first).to_have_text("28.8%")
        # The next question is still read with those before it.
        answer = ask(page, "那进出口总额呢？")
        expect(answer.locator(".wb-resolved-words")).to_contain_text("2022")

        # A tab that knows nothing of it finds it in the list, reads it, and forgets it for good.
        other = opened(context.new_page(), address)
        expect(replies(other)).to_have_count(0)
        other.get_by_role("button", name="更多").click()
        menu = other.get_by_role("dialog", name="更多")
        menu.get_by_role("button", name=QUESTIONS[0]).first.click()
        expect(replies(other)).to_have_count(3)
        assert shown(other)[:4] == before
        other.get_by_role("button", name="更多").click()
        menu.get_by_role("button", name=f"删除：{QUESTIONS[0]}").click()
        expect(replies(other)).to_have_count(0)
        expect(menu.get_by_role("button", name=QUESTIONS[0])).to_have_count(0)
        settled(other)
