"""By Tab and Enter alone, from the page to an answer, its citation, the report and back; the focus is always seen."""

from __future__ import annotations

import pytest
from driving import SMALLEST, marked, opened, replies, report, settled
from playwright.sync_api import Page, expect

QUESTION = "2022年三门县固定资产投资增长了多少？"

# The element with the focus, also inside the report's frame, and whether the focus can be seen on it or around it.
_FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.tagName === 'IFRAME' && one.contentDocument?.activeElement !== one.contentDocument?.body) {
    one = one.contentDocument.activeElement;
  }
  const seen = (element) => {
    const style = element.ownerDocument.defaultView.getComputedStyle(element);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
  };
  const {width, height, bottom, top} = one.getBoundingClientRect();
  const text = (one.getAttribute('aria-label') || one.innerText || one.title || one.placeholder || '').trim();
  return {tag: one.tagName, text,
          visible: width > 0 && height > 0 && bottom > 0 && top < one.ownerDocument.defaultView.innerHeight,
          seen: one.tagName === 'BODY' || one.tagName === 'IFRAME' || one.tagName === 'TEXTAREA' || seen(one)};
}"""


def step(page: Page, key: str = "Tab") -> dict[str, object]:
    """One press, and where the focus is then; it is always to be seen."""
    page.keyboard.press(key)
    focused: dict[str, object] = page.evaluate(_FOCUSED)
    for _ in range(20):  # while the page still grows, what has the focus comes into view a moment later
        if focused["visible"]:
            break
        page.wait_for_timeout(100)
        focused = page.evaluate(_FOCUSED)
    if focused["tag"] not in ("BODY", "HTML"):
        assert focused["seen"], f"no focus to be seen on {focused}"
        assert focused["visible"], f"the focus is out of view on {focused}"
    return focused


def walk(page: Page, key: str, **wanted: object) -> dict[str, object]:
    """Presses until the focus is on what is wanted."""
    passed = []
    for _ in range(80):
        focused = step(page, key)
        if all(focused[name] == value for name, value in wanted.items()):
            return focused
        passed.append(f"{focused['tag']} {focused['text']}"[:30])
    raise AssertionError(f"{wanted} was not reached by {key} over {passed}")


@pytest.mark.parametrize("context", [{}, {"viewport": SMALLEST}], indirect=True)
def test_from_the_page_to_the_report_and_back(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    walk(page, "Tab", tag="TEXTAREA")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(replies(page)).to_have_count(1)
    settled(page)
    expect(replies(page).locator("strong").first).to_have_text("28.8%")
    # Back from the box to the answer's citation.
    walk(page, "Shift+Tab", tag="A", text="[1]")
    page.keyboard.press("Enter")
    expect(marked(page)).to_have_text("28.8%")
    # Into the report, whose outline is walked like any page.
    walk(page, "Tab", tag="SUMMARY")
    step(page)
    page.keyboard.press("Enter")
    expect(report(page).locator("h2, h3, p").first).to_be_visible()
    # And back to the answer.
    walk(page, "Shift+Tab", tag="A", text="[1]")
    assert page.evaluate("document.activeElement.closest('.wb-answer') !== null")
    walk(page, "Tab", tag="TEXTAREA")
    page.keyboard.type("县长的身高是多少厘米？")
    page.keyboard.press("Enter")
    expect(replies(page)).to_have_count(2)
    expect(replies(page).last).to_contain_text("报告中没有答案")


def test_tabs_and_dialogs(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    walk(page, "Tab", tag="TEXTAREA")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(replies(page)).to_have_count(1)
    settled(page)
    expect(page.locator("#wb-evidence mark").first).to_have_text("28.8%")
    walk(page, "Tab", tag="BUTTON", text="出处")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="报告全文")).to_be_focused()
    expect(marked(page)).to_have_text("28.8%")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="出处")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#wb-evidence")).to_be_visible()
    # A dialog takes the focus, keeps it, and gives it back to what opened it.
    walk(page, "Shift+Tab", tag="BUTTON", text="更多")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="更多")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("one => one.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="更多")).to_be_focused()


def test_the_first_tab_leads_past_the_masthead(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    page.evaluate("document.activeElement.blur()")
    walk(page, "Tab", tag="A", text="跳到提问框")
    page.keyboard.press("Enter")
    expect(page.locator("#wb-box textarea")).to_be_focused()
