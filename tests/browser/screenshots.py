"""Takes every picture of docs/pictures anew, each state of the page at a desk's and a phone's width.

`python tests/browser/screenshots.py` builds an index of reports that ship with the code and serves it.
It knows the page as a reader does; it must not know how an answer comes about.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from driving import DATA, PHONE, ROOT, at_home, marked, opened, product, report
from driving import ask as asked
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

SIZES = {"desk": {"width": 1280, "height": 800}, "phone": PHONE, "paper": {"width": 794, "height": 1123}}
"""Widths that are looked at; paper is A4 at 96 dots an inch."""

REPORTS = ("index/reports", *(f"tests/data/compare/{place}.txt" for place in ("云南省", "山东省", "江苏省", "重庆市")))
NUMBER = "三门县2022年固定资产投资增长了多少？"
FOLLOW_UP = "那今年的目标呢？"
LIST = "三门县城乡居民人均可支配收入分别达到多少？"
SEVERAL = "各省2026年地区生产总值的增长目标是多少？"
UNANSWERED = "三门县有几条地铁线路？"

Shoot = Callable[[str], None]


def ask(page: Page, question: str) -> None:
    asked(page, question)
    expect(page.locator("#wb-evidence .wb-head")).not_to_have_text("可以提问的报告")
    still(page)


def still(page: Page) -> None:
    """Waits until nothing moves: fonts, scrolling, what comes after an answer."""
    page.evaluate("document.activeElement?.blur()")
    page.wait_for_timeout(1200)


def begin(page: Page, address: str) -> None:
    """The page with as many examples as it shows; the first visitor waits for them to be tried out."""
    opened(page, address)
    expect(page.locator(".wb-example-list button")).to_have_count(6, timeout=180_000)
    still(page)


def talk(page: Page, address: str, shoot: Shoot) -> None:
    """One conversation, and what can be opened from it."""
    begin(page, address)
    shoot("start")
    ask(page, NUMBER)
    shoot("answer")
    page.locator("a.wb-cite").last.click()
    expect(marked(page)).to_have_text("28.8%")
    still(page)
    shoot("report")
    page.get_by_role("tab", name="出处").click()
    for name, question in (("follow-up", FOLLOW_UP), ("list", LIST), ("table", SEVERAL), ("refusal", UNANSWERED)):
        ask(page, question)
        shoot(name)
    page.locator(".wb-act-why").first.click()
    expect(page.locator("#wb-why .wb-card").first).to_be_visible()
    still(page)
    shoot("why")
    page.locator(".wb-act-bad").last.click()
    page.locator("#wb-feedback input[value='应答未答']").check()
    still(page)
    shoot("feedback")
    page.locator("#wb-feedback .wb-feedback-send").click()
    expect(page.locator("#wb-feedback")).to_be_hidden()
    page.locator(".wb-more-open").click()
    expect(page.locator(".wb-recent-open").first).to_be_visible()
    still(page)
    shoot("history")
    page.locator(".wb-upload-open").click()
    page.locator(".wb-files").set_input_files(DATA / "report-county.txt")
    expect(page.locator(".wb-intake .wb-facts")).to_be_visible(timeout=60_000)
    still(page)
    shoot("upload")


def answer(page: Page, address: str, shoot: Shoot) -> None:
    """An answer with its evidence, and the report at its place."""
    opened(page, address)
    ask(page, NUMBER)
    shoot("answer")
    page.locator("a.wb-cite").last.click()
    expect(report(page).locator("mark.words").first).to_be_in_viewport()
    still(page)
    shoot("report")


def large(page: Page, address: str, shoot: Shoot) -> None:
    opened(page, address)
    page.locator(".wb-large").click()
    ask(page, NUMBER)
    shoot("answer")


def keeper(page: Page, address: str, shoot: Shoot) -> None:
    page.goto(f"{address}/keeper")
    expect(page.locator("#list")).to_be_visible()
    shoot("keeper")


def printed(page: Page, address: str, shoot: Shoot) -> None:
    """The report's page as paper shows it: the place is the answer's own link."""
    opened(page, address)
    link = asked(page, NUMBER).locator("a.wb-cite").first.get_attribute("href")
    page.goto(f"{address}/{link}")
    page.emulate_media(media="print")
    page.add_style_tag(content="body { padding: 20mm 18mm }")  # the margins that paper has
    page.locator("mark.words").first.evaluate("mark => scrollTo(0, mark.getBoundingClientRect().top + scrollY - 400)")
    still(page)
    shoot("printed")


LOOKS: tuple[tuple[str, Callable[[Page, str, Shoot], None], dict[str, str]], ...] = (
    ("", talk, {}),
    ("dark-", answer, {"color_scheme": "dark"}),
    ("large-", large, {}),
    ("tw-", answer, {"locale": "zh-TW"}),
    ("en-", answer, {"locale": "en-GB"}),
    ("", keeper, {}),
)


def pictures(browser: Browser, address: str, folder: Path, sizes: Sequence[str]) -> None:
    for end, size in ((end, SIZES[end]) for end in sizes if end != "paper"):
        for start, look, options in LOOKS:
            with at_home(browser, viewport=size, **options) as context:
                page = context.new_page()
                look(page, address, _shooting(page, folder, f"{start}{{}}-{end}.png"))
    if "paper" not in sizes:
        return
    with at_home(browser, viewport=SIZES["paper"]) as context:
        page = context.new_page()
        printed(page, address, _shooting(page, folder, "{}.png"))


def _shooting(page: Page, folder: Path, pattern: str) -> Shoot:
    """What takes a picture of `page` and calls it after a state."""

    def shoot(name: str) -> None:
        file = folder / pattern.format(name)
        page.screenshot(path=file)
        # A page of text needs few colours: a third of the size.
        Image.open(file).convert("RGB").quantize(192, dither=Image.Dither.NONE).save(file, optimize=True)
        print(file.name, file=sys.stderr)

    return shoot


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The product over the reports."""
    build = [sys.executable, "-m", "index", "build", *REPORTS, "--out", str(folder / "index")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with product(folder / "index", folder / "data") as address:
        yield address


def main() -> None:
    """Empties the folder of the pictures that are taken, and fills it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "pictures", metavar="DIR")
    parser.add_argument("--only", choices=SIZES, action="append", help="one size alone; repeat for two")
    options = parser.parse_args()
    folder, sizes = options.folder, options.only or list(SIZES)
    folder.mkdir(parents=True, exist_ok=True)
    for size in sizes:
        for old in folder.glob("printed.png" if size == "paper" else f"*-{size}.png"):
            old.unlink()
    expect.set_options(timeout=60_000)
    with (
        tempfile.TemporaryDirectory() as made,
        served(Path(made)) as address,
        sync_playwright() as playwright,
    ):
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        pictures(browser, address, folder, sizes)
        browser.close()


if __name__ == "__main__":
    main()
