"""How the page looks: on a phone, in the dark, in large type."""

from __future__ import annotations

import pytest
from driving import PHONE, SMALLEST, ask, box, marked, opened, report
from playwright.sync_api import Page, expect

QUESTION = "2022年三门县固定资产投资增长了多少？"


# What sticks out at a side, where the page (or the report in its frame) can be scrolled sideways because of it.
SIDEWAYS = """root => root.scrollWidth <= root.clientWidth ? [] :
  [...root.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > root.clientWidth + 1)
    .map(one => one.outerHTML.slice(0, 160))"""


def wide(page: Page) -> list[str]:
    """What makes the page, or the report inside it, wider than the screen."""
    found: list[str] = page.locator("html").evaluate(SIDEWAYS)
    if page.locator("#wb-frame[src]").is_visible():
        found += report(page).locator("html").evaluate(SIDEWAYS)
    return found


# Controls out of a finger's reach: those that cannot be brought into view, stick out at a side, or lie below another.
COVERED = """() => [...document.querySelectorAll('a, button, input, textarea, summary, [role=tab]')].filter(one => {
  if (!one.checkVisibility({visibilityProperty: true}) || one.matches('.wb-skip')) return false;
  one.scrollIntoView({block: 'center'});
  const {left, right, top, bottom, width, height} = one.getBoundingClientRect();
  if (!width || !height) return false;
  const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const own = hit && (one.contains(hit) || hit.contains(one) || one.labels?.[0]?.contains(hit));
  return left < -1 || right > innerWidth + 1 || !own;
}).map(one => one.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("context", [{"viewport": PHONE}, {"viewport": SMALLEST}], indirect=True)
def test_a_phone(page: Page, stand_in_site: str) -> None:
    opened(page, stand_in_site)
    assert wide(page) == []
    assert page.evaluate(COVERED) == []
    answer = ask(page, QUESTION)
    expect(answer).to_be_in_viewport()
    assert wide(page) == []
    assert page.evaluate(COVERED) == []
    answer.locator("a.wb-cite").click()
    expect(marked(page)).to_have_text("28.8%")
    assert wide(page) == []
    page.get_by_role("button", name="回到问答").click()
    expect(answer.locator("a.wb-cite")).to_be_in_viewport()
    expect(answer.locator("a.wb-cite")).to_be_focused()
    for name in ("更多", "问哪些报告"):
        page.get_by_role("button", name=name).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_in_viewport()
        assert dialog.evaluate("one => one.scrollWidth <= one.clientWidth")
        dialog.get_by_role("button", name="关闭").click()
        assert wide(page) == []
    page.get_by_role("button", name="大字").click()
    assert wide(page) == []
    assert page.evaluate(COVERED) == []
    ask(page, "那一般公共预算收入呢？")
    assert wide(page) == []


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
    assert marked(page).evaluate(CONTRAST) >= 7


def test_dark_can_be_chosen_and_is_kept(page: Page, stand_in_site: str) -> None:
    answer = ask(opened(page, stand_in_site), QUESTION)
    answer.locator("a.wb-cite").click()
    marked(page)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="更多").click()
    page.get_by_role("dialog").get_by_role("button", name="深色").click()
    page.get_by_role("dialog").get_by_role("button", name="关闭").click()
    dark = page.evaluate(paper)
    assert dark != light
    expect(report(page).locator("html")).to_have_attribute("data-theme", "dark")
    expect(marked(page)).to_have_text("28.8%")
    page.reload()
    expect(page.locator("html.wb-ready")).to_have_count(1)
    assert page.evaluate(paper) == dark


def test_large_type_is_kept_and_reaches_the_report(page: Page, stand_in_site: str) -> None:
    answer = ask(opened(page, stand_in_site), QUESTION)
    answer.locator("a.wb-cite").click()
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    sizes = [
        lambda: answer.locator(".wb-short strong").evaluate(size),
        lambda: box(page).evaluate(size),
        lambda: marked(page).evaluate(size),
    ]
    before = [one() for one in sizes]
    page.get_by_role("button", name="大字").click()
    expect(report(page).locator("html")).to_have_class("embedded large")
    after = [one() for one in sizes]
    assert [big > 1.15 * small for small, big in zip(before, after, strict=True)] == [True] * 3
    page.reload()
    expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")
