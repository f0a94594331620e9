"""axe-core finds nothing to object to on any page, in any of its states and looks. No rule and no part is left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from driving import PHONE, SMALLEST, Running, ask, marked, opened, settled
from guarded import PASSWORD, Guarded, guarded
from playwright.sync_api import Frame, Page, expect

QUESTION = "2022年三门县固定资产投资增长了多少？"
LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE},
    "small dark": {"viewport": SMALLEST, "color_scheme": "dark"},
}
two_looks = pytest.mark.parametrize(
    "context", [LOOKS["light"], LOOKS["small dark"]], ids=["light", "small dark"], indirect=True
)


def objections(page: Page | Frame) -> list[str]:
    """What axe-core has against the page as it stands: rule, part, why."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
    assert len(found["passes"]) > 10
    return [
        f"{rule['id']}: {node['target']} {node['html'][:150]} {node['failureSummary'][:300]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def inner(page: Page) -> Frame:
    """The report's frame."""
    (frame,) = (frame for frame in page.frames if "/doc/" in frame.url)
    return frame


@pytest.mark.parametrize(
    ("context", "large"),
    [*((look, False) for look in LOOKS.values()), (LOOKS["small dark"], True)],
    ids=[*LOOKS, "small dark large"],
    indirect=["context"],
)
def test_the_chat_page(page: Page, stand_in_site: str, large: bool) -> None:
    opened(page, stand_in_site)
    if large:
        page.get_by_role("button", name="大字").click()
    found = {"start": objections(page)}
    answer = ask(page, QUESTION)
    expect(page.locator("#wb-evidence .wb-card").first).to_be_attached()
    found["answered, with its proof"] = objections(page)
    answer.locator("a.wb-cite").first.click()
    marked(page)
    found["with the report"] = objections(page)
    found["the report itself"] = objections(inner(page))
    ask(page, "县长的身高是多少厘米？")
    expect(page.locator("#wb-evidence")).to_contain_text("可能相关的段落")
    page.get_by_role("tab", name="出处").click()
    found["refused, with related passages"] = objections(page)
    assert {state: told for state, told in found.items() if told} == {}


@two_looks
def test_tables_reasons_and_dialogs(page: Page, several: Running) -> None:
    opened(page, several.address)
    found = {"the list of reports": objections(page)}
    answer = ask(page, "各地今年的地区生产总值增长目标分别是多少？")
    expect(answer.locator("table")).to_be_visible()
    found["a table"] = objections(page)
    answer.get_by_role("button", name="为什么是这个答案").click()
    expect(page.locator("#wb-why blockquote").first).to_be_attached()
    found["why"] = objections(page)
    answer.get_by_role("button", name="有问题").click()
    found["what is wrong"] = objections(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="问哪些报告").click()
    found["which reports"] = objections(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="更多").click()
    expect(page.locator("#wb-menu .wb-recent button").first).to_be_visible()
    found["more"] = objections(page)
    page.get_by_role("dialog", name="更多").get_by_role("button", name="添加报告").click()
    file = {"name": "某市2024.txt", "mimeType": "text/plain", "buffer": "一、2023年工作回顾\n增长5%。\n".encode()}
    dialog = page.get_by_role("dialog", name="添加报告")
    dialog.get_by_label("选择文件").set_input_files(file)  # type: ignore[arg-type]
    expect(dialog.locator("dl")).to_be_visible()
    found["a report to be added"] = objections(page)
    assert {state: told for state, told in found.items() if told} == {}


@two_looks
def test_the_report_page_and_the_keeper_page(page: Page, hostile_site: str) -> None:
    found = {}
    for path in ("doc/sanmen-2023", "doc/sanmen-2023?start=600&end=640&marks=610-620", "doc/none", "keeper"):
        page.goto(f"{hostile_site}/{path}")
        found[path] = objections(page)
    page.goto(f"{hostile_site}/keeper?show=disputed")
    found["disputed"] = objections(page)
    page.get_by_role("button", name="标为已处理").first.click()
    page.get_by_role("link", name="已处理").click()
    found["done"] = objections(page)
    page.get_by_role("button", name="重新列出").click()
    assert {state: told for state, told in found.items() if told} == {}


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_other_languages(page: Page, stand_in_site: str, language: str) -> None:
    opened(page, f"{stand_in_site}/?lang={language}")
    assert page.evaluate("document.documentElement.lang") == language
    answer = ask(page, QUESTION)
    answer.locator("a.wb-cite").first.click()
    marked(page)
    settled(page)
    assert objections(page) == []


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("login")) as server:
        yield server


@two_looks
def test_the_login_page(page: Page, door: Guarded) -> None:
    page.goto(f"{door.address}/login")
    found = {"login": objections(page)}
    page.get_by_label("用户名").fill("张三")
    page.get_by_label("密码").fill("falsch")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found["refused"] = objections(page)
    page.get_by_label("用户名").fill("张三")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.goto(f"{door.address}/login")
    found["logged in"] = objections(page)
    assert {state: told for state, told in found.items() if told} == {}
