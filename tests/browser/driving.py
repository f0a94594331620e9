"""What every browser test does: serve a process, keep a browser at home, open the page, ask, look at the marked words.

Knows what a reader sees (roles, labels, stable ids); it must not know how an answer comes about.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, Route, expect

from qa.site import LEDGER

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DATA = HERE.parent / "data"
PHONE, SMALLEST = {"width": 390, "height": 844}, {"width": 320, "height": 640}


def free_port() -> int:
    """A port of this machine that was free just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def served(*command: str) -> Iterator[str]:
    """Runs a Python program until it prints the address it serves; yields that address; ends it."""
    paths = os.pathsep.join([str(ROOT), str(HERE.parent)])
    environment = {**os.environ, "PYTHONPATH": paths}
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        try:
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(f"{address}/healthz", timeout=10) as reply:
                assert reply.status == 200
            yield address
        finally:
            process.terminate()
            begun = time.monotonic()
            process.wait(timeout=20)
            # An open page must not hold the server for ever.
            assert time.monotonic() - begun < 10


@contextmanager
def product(index: Path, data: Path, *options: str) -> Iterator[str]:
    """`python ui.py` over the index; its own files go to `data`, never into the checkout."""
    given = options if "--port" in options else ("--port", "0", *options)
    with served("ui.py", "--index", str(index), "--data", str(data), *given) as address:
        yield address


@dataclass(frozen=True)
class Running:
    """A server and the folder of its own files."""

    address: str
    data: Path

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the server's ledger holds, read as any other program would."""
        with closing(sqlite3.connect(f"file:{self.data / LEDGER}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()


@contextmanager
def at_home(browser: Browser, hosts: Collection[str] = ("127.0.0.1",), **options: object) -> Iterator[BrowserContext]:
    """A fresh profile that reaches `hosts` alone; afterwards, that it tried to reach no other."""
    settings = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options}
    context = browser.new_context(**settings)  # type: ignore[arg-type]
    attempts: list[str] = []

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname in hosts:
            route.continue_()
        else:
            attempts.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    try:
        yield context
    finally:
        context.close()
    assert attempts == []


@contextmanager
def faultless(context: BrowserContext) -> Iterator[Page]:
    """A page of its own; afterwards, that no script failed, no dialog rose and no policy had to refuse anything."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    assert faults == []


def opened(page: Page, address: str) -> Page:
    """The page, once its script has said that it is ready."""
    page.goto(address)
    expect(page.locator("html.wb-ready")).to_have_count(1)
    return page


def box(page: Page) -> Locator:
    """The field for the question."""
    return page.locator("#wb-box textarea")


def replies(page: Page) -> Locator:
    """The bubbles of the answers, oldest first."""
    return page.locator(".wb-answer")


def settled(page: Page) -> None:
    """Waits until nothing is being answered."""
    expect(page.locator("html.wb-busy")).to_have_count(0)


def ask(page: Page, question: str) -> Locator:
    """Asks and waits for the reply's bubble."""
    before = replies(page).count()
    box(page).fill(question)
    box(page).press("Enter")
    expect(replies(page)).to_have_count(before + 1)
    reply = replies(page).nth(before)
    settled(page)
    expect(reply).not_to_contain_text("正在查找")
    return reply


def report(page: Page | FrameLocator) -> FrameLocator:
    """The report beside the chat."""
    return page.frame_locator("#wb-frame")


def marked(page: Page | FrameLocator) -> Locator:
    """The marked words of the report beside the chat, once they are in view."""
    words = report(page).locator("mark.words").first
    expect(words).to_be_in_viewport()
    return words
