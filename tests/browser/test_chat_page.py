"""What a reader does on the chat page, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

QUESTION = "2022年三门县固定资产投资增长了多少？"
PAYLOADS = [
    "<script>document.title='hit'</script>固定资产",
    "<img src=x onerror=\"document.title='hit'\">",
    "<svg/onload=document.title='hit'>",
    "<a href=\"javascript:document.title='hit'\">点</a>",
    "${document.title='hit'}",
    "{{constructor.constructor('document.title=`hit`')()}}",
    "![图](http://outside.test/a.png)",
    "[点](javascript:document.title='hit')",
    "</div></textarea><iframe srcdoc=\"<script>parent.document.title='hit'</script>\">",
    "<style>*{display:none}</style>**粗** `code` # 题",
    "\n\n<b onmouseover=document.title='hit'>甲</b>\n\n- 乙\n",
    "&lt;script&gt; &#60;img&#62; $x^2$",
]


def opened(page: Page, address: str) -> Page:
    """The page, once its script has said that it is ready."""
    page.goto(address)
    expect(page.locator("html.wb-ready")).to_have_count(1)
    return page


def ask(page: Page, question: str) -> Locator:
    """Asks and waits for the reply's bubble."""
    bubbles = page.locator(".wb-answer")
    before = bubbles.count()
    box = page.locator("#wb-box textarea")
    box.fill(question)
    box.press("Enter")
    expect(bubbles).to_have_count(before + 1)
    reply = bubbles.nth(before)
    expect(page.locator("html.wb-busy")).to_have_count(0)
    expect(reply).not_to_contain_text("正在查找")
    return reply


def marked_in_report(page: Page) -> Locator:
    """The marked words of the report's panel, once they are in view."""
    words = page.frame_locator("#wb-frame").locator("mark.words").first
    expect(words).to_be_in_viewport()
    return words


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


def test_a_citation_opens_the_report_at_its_place_by_mouse_and_by_keyboard(page: Page, site: str) -> None:
    opened(page, site)
    first = ask(page, QUESTION)
    second = ask(page, "国有建设用地供地多少亩？")
    # The older turn's citation still opens, and its own proof comes back with it.
    first.locator("a.wb-cite").click()
    expect(marked_in_report(page)).to_have_text("28.8%")
    frame = page.frame_locator("#wb-frame")
    expect(frame.locator('nav a[aria-current="true"]')).to_have_text("一、2022年工作回顾")
    expect(page.get_by_role("tab", name="报告全文")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="出处").click()
    expect(page.locator("#wb-evidence")).to_be_visible()
    expect(page.locator("#wb-evidence mark").first).to_have_text("28.8%")
    second.locator("a.wb-cite").first.click()
    page.get_by_role("tab", name="出处").click()
    page.locator("#wb-evidence a.wb-open").first.focus()
    page.keyboard.press("Enter")
    expect(marked_in_report(page)).to_contain_text("5342亩")
    page.get_by_role("tab", name="报告全文").press("ArrowLeft")
    expect(page.get_by_role("tab", name="为什么")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="为什么").press("ArrowLeft")
    expect(page.locator("#wb-evidence")).to_be_visible()


def test_a_citation_is_a_link_that_can_be_sent(page: Page, site: str) -> None:
    link = ask(opened(page, site), QUESTION).locator("a.wb-cite").get_attribute("href")
    page.goto(f"{site}/{link}")
    words = page.locator("mark.words").first
    expect(words).to_have_text("28.8%")
    expect(words).to_be_in_viewport()
    expect(page.locator("article")).to_contain_text("名词解释")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_a_follow_up_is_read_with_the_question_before_it(page: Page, site: str) -> None:
    opened(page, site)
    ask(page, "2022年固定资产投资增长了多少？")
    answer = ask(page, "那一般公共预算收入呢？")
    expect(answer.locator(".wb-resolved")).to_contain_text("理解为：")
    expect(answer.locator(".wb-resolved")).to_contain_text("2022")


def test_a_refusal_says_so_and_keeps_related_passages_apart(page: Page, stand_in_site: str) -> None:
    answer = ask(opened(page, stand_in_site), "县长的身高是多少厘米？")
    expect(answer).to_contain_text("报告中没有答案")
    expect(answer.locator("a.wb-cite")).to_have_count(0)
    expect(page.locator("#wb-evidence h2")).to_have_text("可能相关的段落")


def test_what_is_no_question_gets_a_short_message(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    box, last = page.locator("#wb-box textarea"), page.locator(".wb-answer").last
    for text, line in (
        ("   ", "请先输入一个问题。"),
        ("😀🎉👍🏽", "问题里没有文字或数字"),
        ("问" * 100_000, "问题太长：共100000个字"),
    ):
        box.fill(text)
        box.press("Enter")
        expect(last).to_contain_text(line)
        expect(page.locator("html.wb-busy")).to_have_count(0)
    assert len(page.locator(".wb-question").last.inner_text()) < 100
    box.fill(QUESTION)
    box.press("Enter")
    expect(page.locator(".wb-short strong")).to_have_text("28.8%")


def test_markup_in_a_question_is_text(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    title = page.title()
    for payload in PAYLOADS:
        ask(page, payload)
        shown = page.locator(".wb-question").last
        assert shown.inner_text().split() == payload.split()
        assert shown.locator(":not(br)").count() == 0
    page.wait_for_timeout(300)
    assert page.title() == title


def test_markup_in_a_report_is_text_and_reports_can_be_chosen(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    title = page.title()
    table = ask(page, "固定资产投资增长").locator("table")
    expect(table).to_have_count(0)
    answer = ask(page, "恶意指标增长")
    expect(answer).to_contain_text("<script>document.title='hit'</script>${document.title='hit'}{{7*7}}![图]")
    expect(page.locator("#wb-evidence h3")).to_contain_text("<img src=x onerror")
    answer.locator("a.wb-cite").click()
    expect(marked_in_report(page)).to_have_text("3%")
    expect(page.frame_locator("#wb-frame").locator("article")).to_contain_text("${document.title='hit'}{{7*7}}")
    page.locator(".wb-choose-open").click()
    page.locator("#wb-choose .wb-choices input").first.check()
    page.locator("#wb-choose .wb-close").click()
    expect(ask(page, "恶意指标增长")).to_contain_text("报告中没有答案")
    page.wait_for_timeout(300)
    assert page.title() == title


def test_an_example_asks_itself_and_the_address_can_ask(page: Page, site: str) -> None:
    opened(page, site)
    example = page.locator("button.wb-example").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".wb-question")).to_have_text(question)
    expect(page.locator(".wb-answer a.wb-cite").first).to_be_visible()
    page.goto(f"{site}/?q=2022年固定资产投资增长了多少？")
    expect(page.locator(".wb-short strong").last).to_have_text("28.8%")


@pytest.mark.parametrize(
    "context", [{"viewport": {"width": 390, "height": 844}}, {"viewport": {"width": 320, "height": 640}}], indirect=True
)
def test_a_phone(page: Page, stand_in_site: str) -> None:
    answer = ask(opened(page, stand_in_site), QUESTION)
    expect(answer).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    answer.locator("a.wb-cite").click()
    expect(marked_in_report(page)).to_have_text("28.8%")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    frame = page.frame_locator("#wb-frame")
    assert frame.locator("html").evaluate("root => root.scrollWidth <= root.clientWidth")
    page.get_by_role("button", name="回到问答").click()
    expect(answer.locator("a.wb-cite")).to_be_in_viewport()
    expect(answer.locator("a.wb-cite")).to_be_focused()


CONTRAST = """element => {
  const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = css => { const [r, g, b] = css.match(/[0-9.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
  const style = getComputedStyle(element), a = light(style.color), b = light(style.backgroundColor);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }"""


@pytest.mark.parametrize("context", [{"color_scheme": "dark"}, {"color_scheme": "light"}], indirect=True)
def test_marked_words_are_readable_in_dark_and_in_light(page: Page, stand_in_site: str) -> None:
    answer = ask(opened(page, stand_in_site), QUESTION)
    assert answer.locator("mark").first.evaluate(CONTRAST) >= 7
    assert page.locator("#wb-evidence mark").first.evaluate(CONTRAST) >= 7
    answer.locator("a.wb-cite").click()
    assert marked_in_report(page).evaluate(CONTRAST) >= 7


@pytest.mark.parametrize("context", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True)
def test_large_type_is_kept_and_an_answer_can_be_copied(page: Page, stand_in_site: str) -> None:
    answer = ask(opened(page, stand_in_site), QUESTION)
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    before = answer.locator(".wb-short strong").evaluate(size)
    page.get_by_role("button", name="大字").click()
    assert answer.locator(".wb-short strong").evaluate(size) > before * 1.2
    page.locator(".wb-act-copy").click()
    expect(page.locator(".wb-status")).to_contain_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "28.8% [1]" in copied
    assert "固定资产投资增长28.8%" in copied
    page.reload()
    expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")


def test_emptying_the_chat_brings_the_examples_back(page: Page, stand_in_site: str) -> None:
    ask(opened(page, stand_in_site), QUESTION)
    page.locator(".wb-new").click()
    expect(page.locator(".wb-answer")).to_have_count(0)
    expect(page.locator("button.wb-example").first).to_be_visible()
