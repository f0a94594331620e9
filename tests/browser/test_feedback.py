"""A reader's word on an answer reaches the ledger: the reason, the remark, and the right passage as it was marked."""

from __future__ import annotations

import urllib.request
from urllib.parse import quote

from driving import Running, ask, marked, opened, report
from playwright.sync_api import Page, expect

QUESTION = "重庆市今年的地区生产总值增长目标是多少？"
GIVEN = (
    'SELECT helpful, reason, comment, document, start, "end", question, channel FROM feedback '
    "JOIN audit ON audit.number = feedback.audit ORDER BY feedback.number"
)


def test_a_reason_a_remark_and_the_right_passage(page: Page, several: Running) -> None:
    known = len(several.rows(GIVEN))
    answer = ask(opened(page, several.address), QUESTION)
    answer.locator("a.wb-cite").first.click()
    marked(page)
    answer.get_by_role("button", name="有问题").click()
    dialog = page.get_by_role("dialog", name="这个答案哪里有问题？")
    dialog.get_by_role("button", name="提交").click()
    expect(dialog.get_by_role("status")).to_have_text("请选一个原因。")
    dialog.get_by_label("出处不对").check()
    dialog.get_by_label("补充说明（可选）").fill("应当引用“奋斗目标”一段")
    dialog.get_by_role("button", name="报告全文").click()
    # The right passage: selected in the report as one selects anywhere.
    passage = report(page).locator("article p", has_text="城镇新增就业").first
    passage.scroll_into_view_if_needed()
    passage.select_text()
    page.get_by_role("button", name="标为正确段落").click()
    expect(dialog).to_contain_text("已标出：")
    # What was filled in before is still there.
    expect(dialog.get_by_label("出处不对")).to_be_checked()
    dialog.get_by_role("button", name="提交").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".wb-status")).to_have_text("谢谢，已记下")

    (row,) = several.rows(GIVEN)[known:]
    helpful, reason, comment, document, start, end, question, channel = row
    assert (helpful, reason, comment) == (0, "出处不对", "应当引用“奋斗目标”一段")
    assert (document, question, channel) == ("重庆市", QUESTION, "page")
    url = f"{several.address}/api/v1/documents/{quote(str(document))}/text?start={start}&end={end}"
    with urllib.request.urlopen(url, timeout=30) as reply:
        assert reply.read().decode().strip() == str(passage.text_content()).strip()


def test_a_word_of_thanks_and_a_change_of_mind(page: Page, several: Running) -> None:
    known = len(several.rows(GIVEN))
    answer = ask(opened(page, several.address), QUESTION)
    answer.get_by_role("button", name="有用").click()
    expect(page.locator(".wb-status")).to_have_text("谢谢，已记下")
    assert [row[:2] for row in several.rows(GIVEN)[known:]] == [(1, "")]
    answer.get_by_role("button", name="有问题").click()
    dialog = page.get_by_role("dialog", name="这个答案哪里有问题？")
    dialog.get_by_label("答案不全").check()
    dialog.get_by_role("button", name="提交").click()
    expect(dialog).to_be_hidden()
    assert [row[:3] for row in several.rows(GIVEN)[known:]] == [(0, "不全", "")]


def test_a_word_given_before_the_proof_is_there_goes_to_its_own_answer(page: Page, several: Running) -> None:
    known = len(several.rows(GIVEN))
    opened(page, several.address)
    ask(page, QUESTION)
    # The proof of every further answer is late: what stands on the right is the answer before.
    page.route("**/desk/turn/*", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    second = "重庆市今年的粮食产量目标是多少？"
    answer = ask(page, second)
    answer.get_by_role("button", name="有问题").click()
    dialog = page.get_by_role("dialog", name="这个答案哪里有问题？")
    dialog.get_by_label("答案不全").check()
    dialog.get_by_role("button", name="提交").click()
    expect(dialog).to_be_hidden()
    assert [(row[1], row[6]) for row in several.rows(GIVEN)[known:]] == [("不全", second)]


def test_the_keeper_sees_what_was_disputed(page: Page, several: Running) -> None:
    question = "重庆市今年的粮食产量目标是多少？"
    answer = ask(opened(page, several.address), question)
    answer.get_by_role("button", name="有问题").click()
    dialog = page.get_by_role("dialog", name="这个答案哪里有问题？")
    dialog.get_by_label("应答未答").check()
    dialog.get_by_label("补充说明（可选）").fill("报告里有")
    dialog.get_by_role("button", name="提交").click()
    expect(dialog).to_be_hidden()
    page.goto(f"{several.address}/keeper?show=disputed")
    card = page.get_by_role("article", name=question)
    expect(card).to_contain_text("应答未答")
    expect(card.locator(".comment")).to_have_text("报告里有")
