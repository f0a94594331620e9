"""Thirty texts that try to be markup, script or template, and how to tell a page that shows them as text."""

from __future__ import annotations

import json

from driving import DATA
from playwright.sync_api import Locator, Page

PAYLOADS: tuple[str, ...] = tuple(json.loads((DATA / "payloads.json").read_text(encoding="utf-8")))

CODE = "<code>python -m eval check</code>"
"""The one piece of the keeper's page that is ours and looks as if it were not."""

# Whatever none of our own bubbles, cards, articles and dialogs holds, and every attribute that runs or leads away.
_FOREIGN = """element => [element, ...element.querySelectorAll('*')].filter(one =>
  ['SCRIPT', 'IMG', 'SVG', 'MATH', 'IFRAME', 'OBJECT', 'EMBED', 'META', 'BASE', 'STYLE', 'LINK', 'PLAINTEXT', 'B',
   'NOSCRIPT', 'ANIMATE', 'PRE', 'CODE'].includes(one.tagName.toUpperCase())
  || [...one.attributes].some(({name, value}) => name.startsWith('on') || name === 'style' || name === 'srcdoc'
     || (['href', 'src', 'action', 'data'].includes(name) && /^\\s*(javascript|data|https?):/i.test(value)))
).map(one => one.outerHTML)"""


def visible(payload: str) -> str:
    """What an HTML page can show of it: everything but the null character, which HTML does not have."""
    return payload.replace("\0", "")


def words(text: str) -> list[str]:
    """`text` without regard to how spaces and line ends were laid out."""
    return text.split()


def foreign(element: Locator) -> list[str]:
    """The elements of `element` that cannot be ours."""
    found: list[str] = element.evaluate(_FOREIGN)
    return found


def disputed(page: Page, address: str) -> tuple[list[str], list[str]]:
    """The questions and the comments of all the keeper's pages of disputed ones, each page free of what is not ours."""
    questions: list[str] = []
    comments: list[str] = []
    page.goto(f"{address}/keeper?show=disputed")
    while True:
        questions += page.get_by_role("heading", level=3).all_inner_texts()
        comments += page.locator(".comment").all_inner_texts()
        assert foreign(page.locator("main")) == [CODE]
        assert not hit(page)
        following = page.get_by_role("link", name="下一页")
        if not following.count():
            return questions, comments
        with page.expect_navigation():  # a click alone may come back while the old page still stands
            following.click()


def hit(page: Page) -> bool:
    """Whether any payload ran, in the page or in any frame of it."""
    return any(frame.evaluate("window.__hit !== undefined") for frame in page.frames)
