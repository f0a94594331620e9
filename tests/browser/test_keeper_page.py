"""The keeper's page in a real Chromium: payloads are text, links lead to the cited place, marking as done, 320 px."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from driving import HERE, SMALLEST, served
from payloads import PAYLOADS, disputed, foreign, visible, words
from playwright.sync_api import Page, expect


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A ledger that no other test writes to."""
    with served(str(HERE / "serve_hostile.py"), str(tmp_path_factory.mktemp("keeper"))) as address:
        yield address


def test_what_readers_wrote_is_shown_as_text(page: Page, kept: str) -> None:
    headings, comments = disputed(page, kept)
    assert page.title() == "有争议的问题 · 问报"
    expected = sorted(words(visible(f"恶意指标增长{payload}")) for payload in PAYLOADS)
    assert sorted(map(words, headings)) == expected
    assert sorted(map(words, comments)) == sorted(words(visible(payload)) for payload in PAYLOADS)


def test_a_cited_place_is_one_click_away(page: Page, kept: str) -> None:
    page.goto(f"{kept}/keeper?show=disputed")
    quoted = page.locator(".places q").first.text_content()
    page.locator(".places a").first.click()
    expect(page.locator("mark").first).to_be_in_viewport()
    marked = "".join(page.locator("mark").all_text_contents())
    assert marked
    assert marked == "".join(str(quoted).splitlines())
    assert foreign(page.locator("main")) == []


@pytest.mark.parametrize("context", [{"viewport": SMALLEST, "color_scheme": "dark"}], indirect=True)
def test_marked_as_done_by_keyboard_on_a_narrow_screen(page: Page, kept: str) -> None:
    page.goto(f"{kept}/keeper")
    expect(page.get_by_role("heading", level=3)).to_have_text(["有没有地铁？"])
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("button", name="标为已处理").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("已标为处理。")
    expect(page.get_by_text("这里没有问题。")).to_be_visible()
    page.get_by_role("link", name="已处理").click()
    page.get_by_role("button", name="重新列出").click()
    page.get_by_role("link", name="未答（1）").click()
    expect(page.get_by_role("heading", level=3)).to_have_text(["有没有地铁？"])
