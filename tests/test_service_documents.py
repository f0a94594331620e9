"""Documents over HTTP against a real index, batches, search, feedback; a changed index is taken over."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from files import COUNTY

from index.build import add
from qa.service import create_app
from qa.service import documents as routes
from qa.site import Site

NEW = "某县政府工作报告\n2024年2月1日\n一、2023年工作回顾\n全县茶叶产量达到4321吨，增长7%。\n"


@pytest.fixture
def site(county_index: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site(county_index, tmp_path / "data")
    yield made
    assert made.ledger is not None
    made.ledger.close()


@pytest.fixture
def client(site: Site) -> TestClient:
    return TestClient(create_app(site))


def sent(text: str, name: str = "某县.txt") -> dict[str, object]:
    return {"files": [("file", (name, text.encode(), "text/plain"))]}


def code(reply: object) -> str:
    return reply.json()["error"]["code"]  # type: ignore[attr-defined,no-any-return]


def test_a_report_comes_is_asked_replaced_and_goes(client: TestClient, site: Site) -> None:
    looked = client.post("/api/v1/documents?preview=true", **sent(NEW))  # type: ignore[arg-type]
    assert (looked.status_code, looked.json()["files"][0]["status"]) == (200, "previewed")
    assert "某县" not in site.assistant.index.documents
    added = client.post("/api/v1/documents", **sent(NEW))  # type: ignore[arg-type]
    assert (added.status_code, added.json()["files"][0]["status"]) == (201, "added")
    assert client.post("/api/v1/documents", **sent(NEW)).json()["files"][0]["status"] == "duplicate"  # type: ignore[arg-type]
    asked = client.post("/api/v1/ask", json={"question": "2023年茶叶产量是多少？", "documents": ["某县"]}).json()
    assert "4321吨" in asked["answer"]
    text = client.get("/api/v1/documents/某县/text").text
    for citation in asked["citations"]:
        assert citation["quote"] == text[citation["start"] : citation["end"]]
    assert client.get("/api/v1/documents/某县/text?start=0&end=2").text == text[:2]
    original = client.get("/api/v1/documents/某县/original")
    assert original.content == NEW.encode()
    assert original.headers["content-disposition"].startswith("attachment")
    other = sent(NEW.replace("4321", "5432").replace("茶叶", "蔬菜"))
    refused = client.post("/api/v1/documents", **other)  # type: ignore[arg-type]
    assert (refused.status_code, code(refused)) == (409, "exists")
    replaced = client.put("/api/v1/documents/某县", **other)  # type: ignore[arg-type]
    assert (replaced.status_code, replaced.json()["files"][0]["status"]) == (200, "replaced")
    assert "5432吨" in client.get("/api/v1/documents/某县/text").text
    assert client.delete("/api/v1/documents/某县").status_code == 204
    assert client.get("/api/v1/documents/某县").status_code == 404
    assert client.get("/api/v1/documents").json()["total"] == 1


def test_a_raw_body_and_files_that_are_none(client: TestClient) -> None:
    kind = {"content-type": "application/octet-stream"}
    raw = client.post("/api/v1/documents?filename=某县.txt", content=NEW.encode(), headers=kind)
    assert raw.status_code == 201
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"0" * 600_000_000)
    for name, data, status in (
        ("b.docx", bomb.getvalue(), 422),
        ("b.pdf", b"%PDF-1.4 nothing", 422),
        ("b.docx", b"PK\x03\x04", 422),
        ("b.txt", b"", 422),
        ("b.exe", b"MZ", 422),
    ):
        reply = client.post(f"/api/v1/documents?filename={name}", content=data, headers=kind)
        assert (reply.status_code, "/tmp" in reply.text) == (status, False), (name, reply.text)
    assert client.get("/api/v1/documents").json()["total"] == 2


def test_the_outline_and_the_list(client: TestClient, site: Site) -> None:
    (name,) = site.assistant.index.documents
    document = site.assistant.index.documents[name]
    outline = client.get(f"/api/v1/documents/{name}/outline").json()
    assert [(tuple(s["path"]), s["start"], s["end"], s["period"]) for s in outline["sections"]] == [
        (s.path, s.start, s.end, s.period) for s in document.sections
    ]
    (listed,) = client.get("/api/v1/documents").json()["documents"]
    assert listed == routes.info(document)
    assert (listed["filename"], listed["characters"]) == (COUNTY.name, len(document.text))
    assert client.get("/api/v1/documents?limit=0").status_code == 422
    assert client.get("/api/v1/documents?offset=5").json() == {"documents": [], "total": 1}


def test_search_gives_passages_with_their_places(client: TestClient, site: Site) -> None:
    (name,) = site.assistant.index.documents
    text = site.assistant.index.documents[name].text
    passages = client.post("/api/v1/search", json={"question": "生产总值", "top_k": 3}).json()["passages"]
    assert len(passages) == 3
    assert [p["score"] for p in passages] == sorted((p["score"] for p in passages), reverse=True)
    for passage in passages:
        assert passage["text"] == text[passage["start"] : passage["end"]]


def test_a_batch_answers_every_line_in_order(client: TestClient, site: Site) -> None:
    (name,) = site.assistant.index.documents
    rows = [
        json.dumps({"id": "a", "question": "生产总值是多少？", "doc": name, "answers": ["x"]}),
        "{not json",
        "",
        json.dumps({"question": "生产总值是多少？", "doc": "*"}),
        json.dumps({"id": "c", "question": "…"}),
        json.dumps({"id": "d", "question": "问题", "documents": ["none"]}),
    ]
    kind = {"content-type": "application/x-ndjson"}
    reply = client.post("/api/v1/batch", content="\n".join(rows).encode(), headers=kind)
    lines = [json.loads(line) for line in reply.text.splitlines()]
    assert [line["id"] for line in lines] == ["a", 2, 4, "c", "d"]
    codes = [line.get("error", {}).get("code") for line in lines]
    assert codes == [None, "bad_request", None, "bad_question", "no_document"]
    alone = client.post("/api/v1/ask", json={"question": "生产总值是多少？", "documents": [name]}).json()
    assert {k: v for k, v in lines[0].items() if k in alone and k != "latency_ms"} == {
        k: v for k, v in alone.items() if k != "latency_ms"
    }
    assert client.post("/api/v1/batch", content=b"\n\n", headers=kind).status_code == 400


def test_feedback_is_tied_to_the_audited_question(client: TestClient, site: Site) -> None:
    (name,) = site.assistant.index.documents
    asked = client.post("/api/v1/ask", json={"question": "生产总值是多少？"})
    request_id = asked.headers["x-request-id"]
    opinion = {"request_id": request_id, "helpful": False, "reason": "不全", "comment": "少了"}
    marked = {**opinion, "marked": {"document": name, "start": 3, "end": 9}}
    assert client.post("/api/v1/feedback", json=marked).status_code == 201
    assert site.ledger is not None
    row = site.ledger.audit.find(request_id)
    assert row is not None
    assert (row.question, row.channel, dict(row.answer)) == ("生产总值是多少？", "api", asked.json())
    (kept,) = site.ledger.feedback.words()
    assert (kept.row, kept.who, kept.helpful, kept.reason, kept.comment) == (row, row.who, False, "不全", "少了")
    outside = {**opinion, "marked": {"document": name, "start": 3, "end": 10**8}}
    for body, status in ((outside, 422), ({**opinion, "request_id": "none"}, 400), ({**opinion, "reason": "x"}, 422)):
        assert client.post("/api/v1/feedback", json=body).status_code == status


def test_an_answer_less_sure_than_asked_for_is_withdrawn(client: TestClient) -> None:
    client.post("/api/v1/documents", **sent(NEW))  # type: ignore[arg-type]
    body = {"question": "2023年茶叶产量是多少？", "documents": ["某县"]}
    sure = client.post("/api/v1/ask", json=body).json()
    assert not sure["refused"]
    assert sure["confidence"] < 1
    got = client.post("/api/v1/ask", json={**body, "min_confidence": 1}).json()
    assert (got["refused"], got["answer"], got["answers"], got["citations"]) == (True, "", [], [])
    assert got["related"][0]["quote"] == sure["citations"][0]["quote"]


def test_a_changed_index_is_taken_over_and_a_broken_one_is_not(site: Site, tmp_path: Path) -> None:
    assert site.index_path is not None
    before = site.assistant
    file = tmp_path / "某县.txt"
    file.write_text(NEW, encoding="utf-8")
    add([file], site.index_path)
    deadline = time.monotonic() + 60
    while "某县" not in site.assistant.index.documents and time.monotonic() < deadline:
        time.sleep(0.1)
    after = site.assistant
    assert "某县" in after.index.documents
    # Who began with the old one still has all of it.
    assert "某县" not in before.index.documents
    assert before.index.search("生产总值", 1)
    (site.index_path / "manifest.json").write_text("{}", encoding="utf-8")
    assert site.reload() is False
    assert site.assistant is after
