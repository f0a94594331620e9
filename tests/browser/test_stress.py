"""What an impatient reader does: many questions without waiting, two clicks for one, stop, reload, several tabs."""

from __future__ import annotations

from driving import ask, box, opened, replies, settled
from playwright.sync_api import BrowserContext, Page, expect

ANSWERS = {"固定资产投资增长": "28.8%", "恶意指标增长": "3%"}
SLOW = "慢慢找：固定资产投资增长"


def pairs(page: Page) -> list[tuple[str, str]]:
    """Every question of the chat with the first line of what stands below it."""
    texts = page.locator("#wb-turns :is(.wb-question, .wb-answer)").all_inner_texts()
    assert len(texts) % 2 == 0
    return [(texts[at], texts[at + 1].split()[0]) for at in range(0, len(texts), 2)]


def test_twenty_questions_without_waiting(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    wanted = list(ANSWERS) * 10
    for question in wanted:
        box(page).fill(question)
        box(page).press("Enter")
    expect(replies(page)).not_to_have_count(0)
    settled(page)
    expect(replies(page).last).not_to_contain_text("正在查找")
    # Each that was taken is answered, once and with its own answer; those that came too early were not taken.
    taken = pairs(page)
    assert 1 <= len(taken) <= len(wanted)
    assert {(question, shown) for question, shown in taken} <= set(ANSWERS.items())
    # Nothing of it is left over: the page answers as ever, and the server kept what the page shows.
    ask(page, "恶意指标增长")
    shown = pairs(page)
    assert shown[:-1] == taken
    assert shown[-1] == ("恶意指标增长", "3%")
    page.reload()
    expect(replies(page)).to_have_count(len(shown))
    assert pairs(page) == shown


def test_two_clicks_ask_once(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    box(page).fill("固定资产投资增长")
    page.get_by_role("button", name="提问").dblclick()
    settled(page)
    expect(replies(page).locator("strong").first).to_have_text("28.8%")
    page.wait_for_timeout(500)
    assert pairs(page) == [("固定资产投资增长", "28.8%")]
    page.get_by_role("button", name="新的问答").click()
    example = page.locator("button.wb-example").locator("visible=true").first
    question = example.inner_text()
    example.dblclick()
    expect(replies(page)).to_have_count(1)
    settled(page)
    page.wait_for_timeout(500)
    assert [asked for asked, _ in pairs(page)] == [question]


def test_a_question_can_be_stopped(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    ask(page, "恶意指标增长")
    box(page).fill(SLOW)
    box(page).press("Enter")
    page.get_by_role("button", name="停止").click()
    expect(replies(page).last).to_contain_text("已停止，没有作答。")
    settled(page)
    # The next is answered, and the stopped one does not come back.
    box(page).fill("固定资产投资增长")
    box(page).press("Enter")
    expect(replies(page).last.locator("strong").first).to_have_text("28.8%")
    page.wait_for_timeout(2500)
    assert pairs(page) == [("恶意指标增长", "3%"), ("固定资产投资增长", "28.8%")]


def test_reloading_while_it_answers_loses_nothing(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    box(page).fill(SLOW)
    box(page).press("Enter")
    expect(page.locator(".wb-question")).to_have_text(SLOW)
    page.reload()
    expect(page.locator("html.wb-ready")).to_have_count(1)
    expect(ask(page, "恶意指标增长").locator("strong").first).to_have_text("3%")
    assert pairs(page) == [("恶意指标增长", "3%")]
    # The other one was answered meanwhile and waits among the reader's conversations.
    page.wait_for_timeout(2000)
    page.get_by_role("button", name="更多").click()
    page.get_by_role("dialog", name="更多").get_by_role("button", name=SLOW).first.click()
    expect(page.locator(".wb-question")).to_have_text(SLOW)
    assert pairs(page) == [(SLOW, "28.8%")]


def test_two_tabs_keep_to_themselves(context: BrowserContext, page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    other = opened(context.new_page(), stand_in_site)
    for turn in (1, 2):
        for tab, question in ((page, SLOW), (other, "恶意指标增长")):
            box(tab).fill(question)
            box(tab).press("Enter")
        for tab in (page, other):
            expect(replies(tab)).to_have_count(turn)
            settled(tab)
            expect(replies(tab).last).not_to_contain_text("正在查找")
    assert pairs(page) == [(SLOW, "28.8%")] * 2
    assert pairs(other) == [("恶意指标增长", "3%")] * 2


def test_one_conversation_in_two_tabs_keeps_both_questions(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    ask(page, "恶意指标增长")
    # A tab opened from the other one goes on with its conversation.
    with page.expect_popup() as waiting:
        page.evaluate("window.open(location.href)")
    other = waiting.value
    expect(replies(other)).to_have_count(1)
    for tab, question in ((page, SLOW), (other, "固定资产投资增长")):
        box(tab).fill(question)
        box(tab).press("Enter")
    for tab in (page, other):
        expect(replies(tab)).not_to_have_count(1)
        settled(tab)
        expect(replies(tab).last).not_to_contain_text("正在查找")
        tab.reload()
        expect(replies(tab)).to_have_count(3)
    both = {("恶意指标增长", "3%"), ("固定资产投资增长", "28.8%"), (SLOW, "28.8%")}
    assert set(pairs(page)) == both
    assert pairs(page) == pairs(other)
