"""The HTTP routes over the stand-in assistant: the contract's object, errors as objects, headers on every reply."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from fastapi.testclient import TestClient
from stand_in import StandIn

from qa.answer import Answer
from qa.service import create_app
from qa.site import Site

ASSISTANT = StandIn()
client = TestClient(create_app(Site.of(ASSISTANT)))  # type: ignore[arg-type]


def ask(body: object) -> tuple[int, dict[str, object]]:
    reply = client.post("/api/v1/ask", json=body)
    return reply.status_code, reply.json()


def test_an_answer_is_the_contracts_object() -> None:
    question = "固定资产投资增长了多少"
    status, got = ask({"question": question, "documents": ["sanmen-2023"]})
    assert (status, got) == (200, ASSISTANT.ask(question).to_json())
    text = ASSISTANT.index.documents["sanmen-2023"].text
    assert got["citations"]
    for citation in got["citations"]:  # type: ignore[attr-defined]
        assert citation["quote"] == text[citation["start"] : citation["end"]]


def test_history_reaches_the_assistant() -> None:
    status, got = ask({"question": "那增长多少", "history": ["早的", "固定资产投资"]})
    assert (status, got["resolved_question"]) == (200, "固定资产那增长多少")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "bad_request"),
        ({"question": 3}, 422, "bad_request"),
        ({"question": "a", "top_k": 3}, 422, "bad_request"),
        ({"question": "a", "history": "b"}, 422, "bad_request"),
        ({"question": "a", "history": ["b"] * 51}, 422, "bad_request"),
        ([], 422, "bad_request"),
        ({"question": " \n"}, 400, "bad_question"),
        ({"question": "😀🎉👍"}, 400, "bad_question"),
        ({"question": "问" * 100_000}, 400, "bad_question"),
        ({"question": "问" * 400_000}, 413, "too_large"),
        ({"question": "问题", "documents": ["../etc/passwd"]}, 404, "no_document"),
    ],
)
def test_a_bad_request_is_an_error_object(body: object, status: int, code: str) -> None:
    got, reply = ask(body)
    assert (got, reply["error"]["code"]) == (status, code)  # type: ignore[index]
    message = reply["error"]["message"]  # type: ignore[index]
    assert message
    assert "\n" not in message
    assert len(message) < 200


def test_what_is_no_json_and_what_is_no_route() -> None:
    raw = {"content-type": "application/json"}
    assert client.post("/api/v1/ask", content=b"\xff{", headers=raw).json()["error"]["code"] == "bad_request"
    assert client.post("/api/v1/ask", content=b"{}").json()["error"]["code"] == "unsupported_type"
    assert client.get("/api/v1/ask").json()["error"]["code"] == "method_not_allowed"
    assert client.get("/nowhere").json()["error"]["code"] == "not_found"


def test_a_defect_of_ours_shows_no_details() -> None:
    class Broken(StandIn):
        def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
            raise RuntimeError("secret")

    broken = TestClient(create_app(Site.of(Broken())), raise_server_exceptions=False)  # type: ignore[arg-type]
    reply = broken.post("/api/v1/ask", json={"question": "问题"})
    assert reply.status_code == 500
    told = reply.json()["error"]
    assert (told["code"], told["message"], told["hint"]) == ("internal", "服务器内部出错，请稍后再试。", "")
    assert "secret" not in reply.text


def test_every_reply_limits_what_a_page_may_load_and_lets_no_other_site_read_it() -> None:
    for reply in (
        client.get("/healthz"),
        client.get("/doc/sanmen-2023", headers={"origin": "http://other.test"}),
        client.get("/nowhere"),
        client.post("/api/v1/ask", json={}, headers={"origin": "http://other.test"}),
    ):
        policy = reply.headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "http" not in policy
        assert "access-control-allow-origin" not in reply.headers


def test_the_reading_page() -> None:
    found = client.get("/doc/sanmen-2023?start=10&end=20&marks=12-14")
    assert found.status_code == 200
    assert '<mark class="cited' in found.text
    outside = client.get("/doc/sanmen-2023?start=10&end=99999999")
    assert outside.status_code == 400
    assert "链接所指的位置不在这份报告里" in outside.text
    assert "<mark" not in outside.text
    unknown = client.get("/doc/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert unknown.status_code == 404
    plain = client.get("/doc/%3Cscript%3Ealert(1)")
    assert plain.status_code == 404
    assert "&lt;script&gt;alert(1)" in plain.text
    assert "<script>alert" not in plain.text
    assert client.get("/healthz").json() == {"status": "ok", "documents": 1}


def test_a_batch_may_be_longer_than_a_question() -> None:
    """Its limit is one of its own; the columns of a question file that are not for us come along."""
    row = {"id": "a", "question": "固定资产投资增长了多少", "evidence": ["茶" * 150_000]}
    lines = "".join(json.dumps({**row, "id": n}, ensure_ascii=False) + "\n" for n in range(4)).encode()
    assert len(lines) > 1_500_000
    reply = client.post("/api/v1/batch", content=lines, headers={"content-type": "application/x-ndjson"})
    assert reply.status_code == 200
    assert [json.loads(line)["id"] for line in reply.text.splitlines()] == [0, 1, 2, 3]
    as_question = client.post("/api/v1/ask", content=lines, headers={"content-type": "application/json"})
    assert (as_question.status_code, as_question.json()["error"]["code"]) == (413, "too_large")
