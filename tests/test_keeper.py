"""The keeper's page and downloads over a real ledger: who may see them, what they show, forms that are ours."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from stand_in import StandIn

from qa.access.guard import Guard, Settings, new_key
from qa.access.store import Key, Watched, change
from qa.ledger import Ledger, Marked, Policy, open_ledger
from qa.service import create_app
from qa.site import Site

HERE = "http://127.0.0.1:7860"
PAYLOAD = "<script>alert(1)</script>${7*7}{{7*7}}<img src=x onerror=alert(1)>"
PATHS = ("/keeper", "/keeper/rows.jsonl", "/keeper/questions.csv", "/keeper/feedback.jsonl")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path / "wenbao.sqlite")
    yield opened
    opened.close()


def _client(ledger: Ledger | None, *, base: str = HERE, peer: str = "127.0.0.1", guard: Any = None) -> TestClient:
    site = Site.of(StandIn(), ledger=ledger, guard=guard)  # type: ignore[arg-type]
    return TestClient(create_app(site), base_url=base, client=(peer, 50000), follow_redirects=False)


def _ask(ledger: Ledger, number: int, question: str, **more: Any) -> None:
    assert ledger.audit.record(f"r{number}", question, StandIn().ask(question).to_json(), **more)


def _headings(page: str) -> list[str]:
    return re.findall(r"<h3[^>]*>(.*?)</h3>", page)


def _fields(page: str) -> dict[str, str]:
    """The first form's fields."""
    form = page[page.index("<form") : page.index("</form>")]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_the_most_frequent_first_by_folded_wording(ledger: Ledger) -> None:
    for number, question in enumerate(
        ("地铁有几条？", "有无机场", "有無機場？", "有无机场 !", "固定资产投资增长了多少")
    ):
        _ask(ledger, number, question, latency_ms=100.0 * (number + 1))
    page = _client(ledger).get("/keeper").text
    assert _headings(page) == ["有无机场 !", "地铁有几条？"]
    assert "<span>问过3次</span><span>未答3次</span>" in page
    assert "未答（2）" in page
    assert "有争议（0）" in page
    today = page[page.index("<tbody>") : page.index("</tr>", page.index("<tbody>"))]
    cells = [re.sub("<.*?>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", today)]
    assert cells == ["5", "4（80%）", "0", "0.30秒", "0.50秒"]


def test_disputed_questions_with_places_reasons_and_comments_as_text(ledger: Ledger) -> None:
    _ask(ledger, 1, f"固定资产投资增长了多少{PAYLOAD}")
    text = StandIn().index.documents["sanmen-2023"].text
    at = text.index("固定资产投资")
    marked = Marked("sanmen-2023", at, at + 6)
    ledger.feedback.give("r1", False, reason="出处不对", comment=PAYLOAD, marked=marked, who=PAYLOAD)
    page = _client(ledger).get("/keeper?show=disputed").text
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3
    assert not re.search(r"<script|<img|alert\(1\)>", page.replace("&lt;", ""))
    assert f'href="doc/sanmen-2023?start={at}&amp;end={at + 6}"' in page
    assert "不满意：出处不对" in page
    assert f'<q lang="zh-CN">{text[at : at + 6]}</q>' in page


def test_done_and_open_again(ledger: Ledger) -> None:
    _ask(ledger, 1, "地铁有几条？")
    client = _client(ledger)
    fields = _fields(client.get("/keeper").text)
    _ask(ledger, 2, "地铁有几条？")  # asked after the keeper saw the page
    reply = client.post("/keeper/done", data=fields)
    assert (reply.status_code, reply.headers["location"]) == (303, "../keeper?show=unanswered&note=done")
    assert "<span>问过1次</span>" in client.get("/keeper").text
    client.post("/keeper/done", data={**fields, "last_row": "2"})
    assert _headings(client.get("/keeper").text) == []
    finished = client.get("/keeper?show=done").text
    assert _headings(finished) == ["地铁有几条？"]
    assert client.post("/keeper/reopen", data=_fields(finished)).status_code == 303
    assert "<span>问过2次</span>" in client.get("/keeper").text


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"token": ""}, 403), ({"token": "x" * 32}, 403), ({"wording": "x" * 30_000}, 413)],
)
def test_forms_that_are_not_ours(ledger: Ledger, changed: dict[str, str], status: int) -> None:
    _ask(ledger, 1, "地铁有几条？")
    client = _client(ledger)
    fields = _fields(client.get("/keeper").text)
    assert client.post("/keeper/done", data={**fields, **changed}).status_code == status
    assert (
        client.post("/keeper/done", data={"token": fields["token"]}).headers["location"] == "../keeper?show=unanswered"
    )
    assert client.post("/keeper/done", data={**fields, "last_row": "9" * 40, "show": "//evil"}).status_code == 303


@pytest.mark.parametrize(
    ("base", "peer", "headers", "status"),
    [
        (HERE, "127.0.0.1", {}, 200),
        ("http://localhost:7860", "127.0.0.1", {}, 200),
        ("http://[::1]:7860", "::1", {}, 200),
        (HERE, "10.0.0.8", {}, 403),
        (HERE, "testclient", {}, 403),
        ("http://rebound.example:7860", "127.0.0.1", {}, 403),  # a foreign name that points here
        (HERE, "127.0.0.1", {"x-forwarded-for": "10.0.0.8"}, 403),  # a proxy on this machine
        (HERE, "127.0.0.1", {"forwarded": "for=10.0.0.8"}, 403),
    ],
)
def test_without_logins_only_this_machine(
    ledger: Ledger, base: str, peer: str, headers: dict[str, str], status: int
) -> None:
    client = _client(ledger, base=base, peer=peer)
    assert [client.get(path, headers=headers).status_code for path in PATHS] == [status] * 4
    assert client.post("/keeper/done", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("role", "documents", "status"),
    [
        ("keeper", None, 200),
        ("admin", None, 200),
        ("reader", None, 403),
        ("keeper", ("sanmen-2023",), 403),  # what others asked tells of other reports
        ("", None, 401),
    ],
)
def test_with_logins_only_keepers_of_everything(
    ledger: Ledger, tmp_path: Path, role: str, documents: tuple[str, ...] | None, status: int
) -> None:
    _ask(ledger, 1, "地铁有几条？")
    identifier, secret, digest = new_key()
    keys = (Key(identifier, "王", role, digest, 0.0, documents=documents),) if role else ()
    change(tmp_path / "access.json", lambda register: replace(register, keys=keys))
    guard = Guard(Watched(tmp_path / "access.json"), Settings(required=True))
    client = _client(ledger, guard=guard, peer="10.0.0.8", base="http://bao.county.example")
    headers = {"authorization": f"Bearer {secret}"} if role else {}
    assert [client.get(path, headers=headers).status_code for path in PATHS] == [status] * 4
    if status == 200:
        fields = _fields(client.get("/keeper", headers=headers).text)
        assert client.post("/keeper/done", data=fields, headers=headers).status_code == 303
        assert [item.who for item in ledger.review.done()] == ["key:王"]


def test_a_server_without_a_ledger() -> None:
    assert _client(None).get("/keeper").json()["error"]["code"] == "no_ledger"


def test_downloads(ledger: Ledger) -> None:
    _ask(ledger, 1, "=cmd|'/c calc'!A1")
    _ask(ledger, 2, "固定资产投资增长了多少")
    ledger.feedback.give("r2", True, comment="好")
    client = _client(ledger)
    replies = {path: client.get(path) for path in PATHS[1:]}
    for path, reply in replies.items():
        assert reply.headers["content-disposition"] == f'attachment; filename="{path.rsplit("/", 1)[1]}"'
        assert reply.headers["cache-control"] == "no-store"
    rows = list(csv.reader(io.StringIO(replies["/keeper/questions.csv"].content.decode("utf-8-sig"))))
    assert [row[:3] for row in rows] == [["问题", "提问次数", "未答"], ["'=cmd|'/c calc'!A1", "1", "1"]]
    (row,) = [json.loads(line) for line in replies["/keeper/rows.jsonl"].text.splitlines()]
    assert (row["id"], row["question"], row["evidence"]) == ("fb1", "固定资产投资增长了多少", ["固定资产投资增长28.8%"])
    (word,) = [json.loads(line) for line in replies["/keeper/feedback.jsonl"].text.splitlines()]
    assert (word["comment"], word["asked"]["request_id"]) == ("好", "r2")


def test_only_digests_are_grouped_all_the_same(ledger: Ledger) -> None:
    ledger.set_policy(replace(Policy(), texts=False))
    for number, question in enumerate(("有无机场", "有無機場？")):
        _ask(ledger, number, question)
    page = _client(ledger).get("/keeper").text
    assert len(_headings(page)) == 1
    assert _headings(page)[0].startswith("（只存摘要）")
    assert "机场" not in page


def test_pages(ledger: Ledger) -> None:
    for number in range(25):
        _ask(ledger, number, f"第{chr(0x4E00 + number)}项有没有")
    client = _client(ledger)
    first, second = (client.get(f"/keeper?page={n}").text for n in (1, 2))
    assert (len(_headings(first)), len(_headings(second))) == (20, 5)
    assert not set(_headings(first)) & set(_headings(second))
    assert ("下一页" in first, "上一页" in first, "下一页" in second, "上一页" in second) == (True, False, False, True)
