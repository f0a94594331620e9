"""Adding a report: progress, what was found in it shown before it is taken in, and then it answers."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path
from urllib.parse import quote

from docx import Document as Docx
from driving import DATA, ROOT, Running, ask, marked, opened
from payloads import PAYLOADS, foreign, hit, visible, words
from playwright.sync_api import Locator, Page, expect

from index.intake import preview


def dialog_of(page: Page, address: str) -> Locator:
    """The dialog for adding reports, opened the way a reader opens it."""
    opened(page, address)
    page.get_by_role("button", name="更多").click()
    page.get_by_role("dialog", name="更多").get_by_role("button", name="添加报告").click()
    return page.get_by_role("dialog", name="添加报告")


def facts(dialog: Locator) -> dict[str, str]:
    """What the dialog says was found in the file."""
    expect(dialog.locator("dl")).to_be_visible()
    return dict(zip(dialog.locator("dt").all_inner_texts(), dialog.locator("dd").all_inner_texts(), strict=True))


def found_in(path: Path) -> dict[str, str]:
    """The same, from the reading of the file itself."""
    one = preview(path)
    assert one.document
    known = (one.document.title, one.document.place, one.document.year, one.document.speaker)
    title, place, year, speaker = (str(value or "没有找到") for value in known)
    return {
        "标题": title,
        "地方": place,
        "年份": year,
        "报告人": speaker,
        "文件类型与编码": " · ".join(filter(None, (one.kind, one.encoding))),
        "字数": str(one.characters),
        "识别出的标题": str(one.headings or "没有发现"),
        "略去的字数（页眉页脚等）": str(one.dropped),
        "可疑之处": str(len(one.suspicious) or "没有发现"),
    }


def documents(address: str) -> set[str]:
    with urllib.request.urlopen(f"{address}/api/v1/documents", timeout=30) as reply:
        return {item["id"] for item in json.load(reply)["documents"]}


def removed(address: str, document: str) -> None:
    request = urllib.request.Request(f"{address}/api/v1/documents/{quote(document)}", method="DELETE")
    with urllib.request.urlopen(request, timeout=60) as reply:
        assert reply.status == 204


WATCH = """() => {
  window.seen = [];
  new MutationObserver(() => {
    for (const bar of document.querySelectorAll('dialog progress')) window.seen.push(bar.getAttribute('aria-label'));
  }).observe(document.body, {childList: true, subtree: true, attributes: true});
}"""


def test_a_damaged_report_is_shown_then_added_then_asked(page: Page, several: Running, tmp_path: Path) -> None:
    path = Path(shutil.copy(ROOT / "index" / "reports" / "sanmen-2023.txt", tmp_path / "三门县2023.txt"))
    dialog = dialog_of(page, several.address)
    page.evaluate(WATCH)
    dialog.get_by_label("选择文件").set_input_files(path)
    shown = facts(dialog)
    assert list(dict.fromkeys(page.evaluate("window.seen"))) == ["正在上传三门县2023.txt", "正在阅读三门县2023.txt……"]
    expected = found_in(path)
    assert {name: shown[name] for name in expected} == expected
    assert (shown["年份"], shown["地方"]) == ("2023", "三门县")
    assert int(shown["识别出的标题"]) > 3
    assert int(shown["可疑之处"]) > 0
    assert "三门县2023" not in documents(several.address)

    dialog.get_by_role("button", name="加入", exact=True).click()
    expect(dialog).to_contain_text("已加入：三门县2023.txt。现在可以提问。", timeout=120_000)
    try:
        assert "三门县2023" in documents(several.address)
        dialog.get_by_role("button", name="关闭").click()
        expect(page.locator("#wb-evidence")).to_contain_text("三门县")
        answer = ask(page, "三门县2022年固定资产投资增长了多少？")
        expect(answer.locator(".wb-short strong")).to_have_text("28.8%")
        answer.locator("a.wb-cite").click()
        expect(marked(page)).to_have_text("28.8%")
        assert "doc/%E4%B8%89%E9%97%A8%E5%8E%BF2023?" in str(answer.locator("a.wb-cite").get_attribute("href"))
    finally:
        removed(several.address, "三门县2023")


def test_a_word_file_is_read_and_left_out_and_a_broken_one_is_told(
    page: Page, several: Running, tmp_path: Path
) -> None:
    word, lines = Docx(), (DATA / "report-province.txt").read_text(encoding="utf-8").splitlines()
    for line in filter(str.strip, lines):
        style = "Heading 1" if line.startswith(("一、", "二、", "三、")) and len(line) < 40 else None
        word.add_paragraph(line, style=style)
    path = tmp_path / "四川省2026.docx"
    word.save(str(path))
    before = documents(several.address)
    dialog = dialog_of(page, several.address)
    dialog.get_by_label("选择文件").set_input_files(path)
    shown, expected = facts(dialog), found_in(path)
    assert {name: shown[name] for name in expected} == expected
    assert (shown["年份"], shown["地方"]) == ("2026", "四川省")
    dialog.get_by_role("button", name="不加入").click()
    expect(dialog.locator("dl")).to_have_count(0)

    (tmp_path / "坏.docx").write_bytes(path.read_bytes()[:2000])
    dialog.get_by_label("选择文件").set_input_files(tmp_path / "坏.docx")
    expect(dialog).to_contain_text("坏.docx：没有读懂：")
    assert "Traceback" not in dialog.inner_text()
    assert str(tmp_path) not in dialog.inner_text()
    assert documents(several.address) == before


def test_a_report_of_payloads_is_text_wherever_it_is_shown(page: Page, several: Running) -> None:
    """Title, headings, body and glossary of a file that is read, indexed and asked like any other."""
    headings = "".join(
        f"（{numeral}）第{numeral}项工作{payload}。\n第{numeral}类恶意指标增长{number}.5%{payload}，完成任务。\n"
        for number, (numeral, payload) in enumerate(zip(_numerals(), PAYLOADS, strict=True), 11)
    )
    glossary = "".join(f"{n}.“甲词{n}”{payload}：指{payload}。\n" for n, payload in enumerate(PAYLOADS, 1))
    text = (
        f"某市2024年政府工作报告{PAYLOADS[0]}{PAYLOADS[13]}\n2024年1月5日在某市第一届人民代表大会上\n"
        f"市长 {PAYLOADS[2]}\n"
        f"各位代表：\n一、2023年工作回顾\n{headings}二、2024年工作安排\n扎实工作。\n名词解释\n{glossary}"
    )
    dialog = dialog_of(page, several.address)
    file = {"name": "某市2024.txt", "mimeType": "text/plain", "buffer": visible(text).encode()}
    dialog.get_by_label("选择文件").set_input_files(file)  # type: ignore[arg-type]
    assert facts(dialog)["年份"] == "2024"
    assert foreign(dialog) == []
    dialog.get_by_role("button", name="加入", exact=True).click()
    expect(dialog).to_contain_text("已加入", timeout=120_000)
    try:
        dialog.get_by_role("button", name="关闭").click()
        title = page.title()
        answer = ask(page, "某市2023年第三类恶意指标增长多少？")
        expect(answer.locator("a.wb-cite").first).to_be_visible()
        assert foreign(answer) == []
        assert foreign(page.locator("#wb-evidence .wb-cards")) == []
        answer.locator("a.wb-cite").first.click()
        marked(page)
        article = page.frame_locator("#wb-frame").locator("article")
        everything = words(article.inner_text())
        for payload in PAYLOADS:
            assert " ".join(words(visible(payload).replace("\ufeff", ""))) in " ".join(everything)
        assert foreign(page.frame_locator("#wb-frame").locator("main")) == []
        answer.get_by_role("button", name="为什么是这个答案").click()
        expect(page.locator("#wb-why blockquote").first).to_be_visible()
        assert foreign(page.locator("#wb-why ol").first) == []
        assert page.title() == title
        assert not hit(page)
    finally:
        removed(several.address, "某市2024")


def _numerals() -> list[str]:
    digits = "一二三四五六七八九"
    tens = ["", "十", "二十"]
    return [ten + digit for ten in tens for digit in ["", *digits] if ten + digit] + ["三十"]


def test_payloads_as_file_names_are_text(page: Page, several: Running) -> None:
    dialog = dialog_of(page, several.address)
    before = documents(several.address)
    files = [
        {"name": f"{payload}.txt", "mimeType": "text/plain", "buffer": "一、2023年工作回顾\n增长5%。\n".encode()}
        for payload in PAYLOADS
    ]
    dialog.get_by_label("选择文件").set_input_files(files)  # type: ignore[arg-type]
    items = dialog.locator(".wb-intakes > li")
    expect(items).to_have_count(len(PAYLOADS), timeout=120_000)
    expect(dialog.locator("progress")).to_have_count(0)
    for payload, item in zip(PAYLOADS, items.all(), strict=True):
        # As it was given: what was never parsed as HTML keeps even the null character.
        assert " ".join(words(visible(payload))) in " ".join(words(visible(item.inner_text())))
        assert foreign(item) == []
    assert not hit(page)
    assert documents(several.address) == before
