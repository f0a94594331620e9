"""Takes the pictures of docs/ from a running page: `python tests/browser/screenshots.py http://127.0.0.1:7860 docs`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
QUESTIONS = ("2022年固定资产投资增长了多少？", "城乡居民人均可支配收入分别达到多少？")


def ask(page: Page, question: str) -> None:
    before = page.locator(".wb-answer").count()
    page.locator("#wb-box textarea").fill(question)
    page.locator("#wb-box textarea").press("Enter")
    expect(page.locator(".wb-answer")).to_have_count(before + 1)
    expect(page.locator(".wb-answer").last).not_to_contain_text("正在查找")
    page.wait_for_timeout(700)


def pictures(browser: Browser, address: str, folder: Path, name: str, **options: object) -> None:
    """NAME-start, NAME (answered) and NAME-report, from one conversation."""
    context = browser.new_context(locale="zh-CN", **options)  # type: ignore[arg-type]
    page = context.new_page()
    with page.expect_response("**/gradio_api/queue/join*"):
        page.goto(address)
    page.wait_for_timeout(1000)
    page.screenshot(path=folder / f"{name}-start.png")
    for question in QUESTIONS:
        ask(page, question)
    page.screenshot(path=folder / f"{name}.png")
    page.locator("a.wb-cite").last.click()
    expect(page.frame_locator("#wb-frame").locator("mark.words").first).to_be_in_viewport()
    page.wait_for_timeout(700)
    page.screenshot(path=folder / f"{name}-report.png")
    context.close()


def main(address: str, folder: Path) -> None:
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        pictures(browser, address, folder, "chat", viewport=DESK)
        pictures(browser, address, folder, "chat-dark", viewport=DESK, color_scheme="dark")
        pictures(browser, address, folder, "chat-phone", viewport=PHONE)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
