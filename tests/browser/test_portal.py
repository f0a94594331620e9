"""The assistant behind a real nginx under /bao/, embedded from a portal of another site, in a real browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from driving import ROOT, at_home, marked
from playwright.sync_api import Browser, BrowserContext, Page, expect
from proxied import MODES, PORTAL_HOST, SERVER_HOST, Proxied, nginx, running

QUESTION, ANSWER = "2022年全县生产总值是多少？", "332.63亿元"


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory, _built: Path, chromium: Browser) -> Iterator[Proxied]:
    nginx()
    folder = tmp_path_factory.mktemp("proxied")
    with running(folder, Path(shutil.copytree(_built / "bundled", folder / "index"))) as parts:
        yield parts


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile that may speak to the portal and the server only."""
    with at_home(chromium, (PORTAL_HOST, SERVER_HOST)) as context:
        yield context


def _events(page: Page, kind: str, widget: str) -> list[dict[str, object]]:
    """What the portal noted down of one widget's messages of one kind."""
    lines = page.locator(f'#events li[data-type="{kind}"]').all_inner_texts()
    told = [json.loads(line.split(" ", 1)[1]) for line in lines]
    return [one for one in told if one["widget"] == widget]


def _await_event(page: Page, kind: str, widget: str, count: int = 1) -> dict[str, object]:
    expect(page.locator(f'#events li[data-type="{kind}"]', has_text=f'"widget":"{widget}"')).to_have_count(
        count, timeout=60_000
    )
    return _events(page, kind, widget)[-1]


@pytest.mark.parametrize("mode", MODES)
def test_a_portal_asks_follows_a_citation_and_hears_of_it(visitor: BrowserContext, proxied: Proxied, mode: str) -> None:
    page = visitor.new_page()
    page.goto(f"{proxied.portal}/{mode}/")
    # The panel inside the page, asked by the portal's own button.
    assert _await_event(page, "ready", "w2") == {"widget": "w2"}
    page.locator("button.ask").first.click()
    told = _await_event(page, "answered", "w2")
    assert _events(page, "asked", "w2") == [{"question": QUESTION, "widget": "w2"}]
    assert (told["question"], told["answer"], told["refused"]) == (QUESTION, ANSWER, False)
    (citation,) = told["citations"]  # type: ignore[misc]
    text = subprocess.run(
        [sys.executable, "-m", "index", "text", "sanmen-2023", "--out", str(proxied.index)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert ANSWER in text[citation["start"] : citation["end"]]
    assert citation["url"].startswith(f"{proxied.servers[mode]}/doc/sanmen-2023?start=")

    inline = page.frame_locator("#inline iframe")
    inline.locator("a.wb-cite").first.click()
    expect(marked(inline)).to_have_text(ANSWER)
    opened = {key: citation[key] for key in ("document", "start", "end", "url")}
    assert _await_event(page, "citation", "w2") == {**opened, "widget": "w2"}
    assert _events(page, "asked", "w1") == []  # the bubble beside it has a conversation of its own


def test_the_bubble_works_by_keyboard_and_is_named(visitor: BrowserContext, proxied: Proxied) -> None:
    page = visitor.new_page()
    page.goto(f"{proxied.portal}/strip/")
    bubble = page.get_by_role("button", name="打开报告问答")
    expect(bubble).to_have_attribute("aria-expanded", "false")
    bubble.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="问报 · 政府工作报告问答")
    expect(panel).to_be_visible()
    expect(bubble).to_have_attribute("aria-expanded", "true")
    _await_event(page, "ready", "w1")
    box = page.frame_locator(".floating iframe").locator("#wb-box textarea")
    expect(box).to_have_value("2023年的增长目标是多少？")  # prefilled, not asked
    expect(box).to_be_focused()
    assert _events(page, "asked", "w1") == []
    page.wait_for_timeout(2000)  # the chat's framework loses what is sent while it closes its first stream
    page.keyboard.press("Enter")
    assert _await_event(page, "answered", "w1")["answer"] == "6.0%以上"
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.className").startswith("bubble")
    _await_event(page, "close", "w1")


def test_a_message_from_elsewhere_is_not_believed(visitor: BrowserContext, proxied: Proxied) -> None:
    page = visitor.new_page()
    page.goto(f"{proxied.portal}/strip/")
    _await_event(page, "ready", "w2")
    forged = "window.postMessage({source: 'wenbao', type: 'answered', detail: {answer: 'forged'}}, '*')"
    page.evaluate(forged)
    # Towards the frame: the same words, from a frame of the right page but not its parent.
    page.evaluate(
        """() => {
            const inner = document.createElement('iframe');
            inner.srcdoc = `<script>parent.document.querySelector('.wenbao[data-widget=w2]').shadowRoot
              .querySelector('iframe').contentWindow
              .postMessage({source: 'wenbao-portal', type: 'ask', question: '伪造的问题是什么？'}, '*')</scr` + 'ipt>';
            document.body.append(inner);
        }"""
    )
    page.locator("button.ask").first.click()
    told = _await_event(page, "answered", "w2")
    assert told["answer"] == ANSWER
    assert _events(page, "asked", "w2") == [{"question": QUESTION, "widget": "w2"}]


def test_a_portal_that_is_not_on_the_list_shows_nothing(visitor: BrowserContext, proxied: Proxied) -> None:
    page = visitor.new_page()
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text) if "frame-ancestors" in message.text else None)
    page.clock.install()
    page.goto(f"{proxied.stranger}/strip/")
    expect(page.locator("#inline iframe")).to_be_visible()
    page.clock.fast_forward(19_000)
    assert _events(page, "failed", "w2") == []
    # Its widget says so after a while, with a way out.
    page.clock.fast_forward(2_000)
    _await_event(page, "failed", "w2")
    expect(page.get_by_role("alert").get_by_role("link", name="在新窗口打开")).to_be_visible()
    assert refusals
    assert _events(page, "ready", "w2") == []


def test_a_portal_of_the_list_may_call_from_its_page(visitor: BrowserContext, proxied: Proxied) -> None:
    call = """async ([url, question]) => {
        const reply = await fetch(`${url}/api/v1/ask`, {method: 'POST', headers: {'content-type': 'application/json'},
                                                         body: JSON.stringify({question})});
        return (await reply.json()).answer;
    }"""
    answers = []
    for origin in (proxied.portal, proxied.stranger):
        page = visitor.new_page()
        page.goto(f"{origin}/strip/portal.css")  # a page of that origin without a policy of its own
        try:
            answers.append(page.evaluate(call, [proxied.servers["keep"], QUESTION]))
        except Exception as error:  # the browser names no kind of its own for a refused reply
            answers.append(type(error).__name__)
    assert answers == [ANSWER, "Error"]


@pytest.mark.parametrize("mode", MODES)
def test_an_address_without_the_slash_finds_the_page(proxied: Proxied, mode: str) -> None:
    for path in ("", "/", "/chat?embed=1", "/chat?embed=1&theme=dark"):
        with urllib.request.urlopen(proxied.servers[mode] + path, timeout=30) as reply:
            assert reply.status == 200
            assert urlsplit(reply.url).path == "/bao/"
            policy = reply.headers["content-security-policy"]
            assert policy.endswith(f"frame-ancestors 'self' {proxied.portal}")


def test_a_changed_index_is_served_without_a_restart(proxied: Proxied) -> None:
    def asked(document: str) -> dict[str, object]:
        body = json.dumps({"question": "全区地区生产总值增长多少？", "documents": [document]}).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{proxied.servers['strip']}/api/v1/ask", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return {"status": reply.status}
        except urllib.error.HTTPError as error:
            return {"status": error.code, "code": json.loads(error.read())["error"]["code"]}

    assert asked("report-county") == {"status": 404, "code": "no_document"}
    added = [sys.executable, "-m", "index", "add", "tests/data/report-county.txt", "--out", str(proxied.index)]
    subprocess.run(added, cwd=ROOT, check=True, capture_output=True)
    end = time.monotonic() + 60
    while asked("report-county")["status"] != 200:
        assert time.monotonic() < end, "the server still holds the old index"
        time.sleep(0.3)


def test_it_stops_in_time_with_pages_open(visitor: BrowserContext, proxied: Proxied) -> None:
    pages = [visitor.new_page() for _ in range(2)]
    for page in pages:
        page.goto(f"{proxied.portal}/keep/")
        _await_event(page, "ready", "w2")
    proxied.process.terminate()
    begun = time.monotonic()
    proxied.process.wait(timeout=30)
    # 3 s for open streams, then it ends; five are promised, the rest is a busy machine's.
    assert time.monotonic() - begun < 8
    assert proxied.process.returncode in (0, -15)
