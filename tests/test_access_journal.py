"""What is noted of a request: its id, its line, the figures; and when the server calls itself ready."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from guarded import Guarded, guarded, two_reports
from serving import serving

from qa.access import Guard, server_settings
from qa.access.guard import Settings
from qa.access.journal import Lines
from qa.access.journal import log as requests
from qa.access.ready import WARM_UP
from qa.access.store import Watched
from qa.answer import Answer
from qa.service import create_app
from qa.site import Site

QUESTION = "固定资产投资增长了多少"


class Kept(logging.Handler):
    """The lines as they would stand on standard error."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Lines())
        self.lines: list[dict[str, object]] = []
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        assert "\n" not in line
        self.text += line
        self.lines.append(json.loads(line))


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler, level = Kept(), requests.level
    requests.addHandler(handler)
    requests.setLevel(logging.INFO)
    yield handler
    requests.removeHandler(handler)
    requests.setLevel(level)


def lines(kept: Kept, count: int) -> list[dict[str, object]]:
    """The lines, once they are there: a reply may reach its reader before its line is written."""
    for _ in range(200):
        if len(kept.lines) >= count:
            break
        time.sleep(0.01)
    return kept.lines


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("journal"), log_requests=True) as running:
        yield running


def test_one_line_for_each_request_and_nothing_of_the_question(server: Guarded, kept: Kept) -> None:
    with httpx.Client(base_url=server.address, headers=server.bearer("one")) as client:
        client.post("/api/v1/ask?secret=s3cr3t", json={"question": QUESTION}, headers={"x-request-id": "portal-000123"})
        client.get("/doc/某县?start=geheim")
    httpx.get(f"{server.address}/api/v1/documents?key={server.keys['reader']}")
    first, second, third = lines(kept, 3)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(first.pop("time")))
    assert float(str(first.pop("ms"))) >= 0
    assert first == {
        "level": "info", "logger": "wenbao.requests", "message": "request", "request_id": "portal-000123",
        "method": "POST", "path": "/api/v1/ask", "status": 200, "who": "key:one", "client": "127.0.0.1",
    }  # fmt: skip
    assert (second["path"], second["status"], second["refused"]) == ("/doc/某县", 404, "no_document")
    assert (third["who"], third["status"], third["refused"]) == ("-", 401, "unauthorized")
    for secret in (QUESTION, "s3cr3t", "geheim", *server.keys.values()):
        assert secret not in kept.text


def test_the_question_is_there_where_it_is_asked_for(tmp_path: Path, kept: Kept) -> None:
    with guarded(tmp_path, log_requests=True, log_questions=True) as own:
        httpx.post(f"{own.address}/api/v1/ask", json={"question": QUESTION}, headers=own.bearer("reader"))
        assert lines(kept, 1)[0]["question"] == QUESTION


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ("0123456789abcdef", True), ("portal.2024-01_7", True), ("short", False), ("x" * 65, False),
        ("a b c d e", False),
        ("-leading-dash", False), ("ä" * 10, False), ("<script>alert</script>", False), ('x","level":"error', False),
    ],
)  # fmt: skip
def test_an_id_is_taken_over_only_where_it_is_sane(server: Guarded, sent: str, taken: bool) -> None:
    reply = httpx.get(f"{server.address}/api/v1/nowhere", headers={"x-request-id": sent.encode("latin-1")})  # type: ignore[dict-item]
    given = reply.headers["x-request-id"]
    assert (given == sent) is taken
    assert taken or re.fullmatch(r"[0-9a-f]{32}", given)
    assert reply.json()["error"]["request_id"] == given


def test_two_ids_are_none(server: Guarded) -> None:
    headers = [("x-request-id", "0123456789abcdef"), ("x-request-id", "fedcba9876543210")]
    assert httpx.get(f"{server.address}/healthz", headers=headers).headers["x-request-id"] not in dict(headers).values()


def figures(server: Guarded) -> dict[str, float]:
    text = httpx.get(f"{server.address}/metrics", headers=server.bearer("keeper")).text
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    }


def test_the_figures_count_what_happened(server: Guarded) -> None:
    before = figures(server)
    with httpx.Client(base_url=server.address, headers=server.bearer("reader")) as client:
        assert client.post("/api/v1/ask", json={"question": QUESTION}).json()["refused"] is False
        assert client.post("/api/v1/ask", json={"question": "乙丙丁戊己庚辛壬癸"}).json()["refused"] is True
        assert client.post("/api/v1/ask", json={"question": ""}).status_code == 422
        assert client.get("/metrics").status_code == 403
    after = figures(server)
    changed = {name: after[name] - before.get(name, 0.0) for name in after}
    wanted = {
        "wenbao_answers_total": 1, "wenbao_refusals_total": 1, "wenbao_answer_duration_seconds_count": 2,
        'wenbao_http_requests_total{area="api",method="POST",status="200"}': 2,
        'wenbao_http_requests_total{area="api",method="POST",status="422"}': 1,
        'wenbao_http_requests_total{area="metrics",method="GET",status="403"}': 1,
        'wenbao_http_request_duration_seconds_count{area="api"}': 3,
        'wenbao_http_requests_refused_total{code="forbidden"}': 1,
    }  # fmt: skip
    assert {name: changed[name] for name in wanted} == wanted
    assert (after["wenbao_index_documents"], after["wenbao_http_requests_in_flight"]) == (2.0, 1.0)
    assert after["process_resident_memory_bytes"] > 1e6


def test_whoever_sits_at_the_machine_sees_the_figures_and_a_proxy_does_not(tmp_path: Path) -> None:
    guard = Guard(Watched(tmp_path / "none.json"))
    site = Site.of(two_reports(), guard=guard)  # type: ignore[arg-type]
    with serving(create_app(site), **server_settings(guard)) as address:
        assert httpx.get(f"{address}/metrics").status_code == 200
        for headers in ({"x-forwarded-for": "127.0.0.1"}, {"via": "1.1 x"}, {"host": "portal.example"}):
            assert httpx.get(f"{address}/metrics", headers=headers).status_code == 403
            asked = httpx.post(f"{address}/api/v1/ask", json={"question": QUESTION}, headers=headers)
            assert asked.status_code == 200


def test_ready_once_a_question_was_answered(tmp_path: Path) -> None:
    stand_in, may_answer, asked = two_reports(), threading.Event(), []

    class Loading:
        index = stand_in.index

        def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
            asked.append(question)
            assert may_answer.wait(20)
            return stand_in.ask(question, history, documents)

    site = Site.of(Loading(), guard=Guard(Watched(tmp_path / "none"), Settings(required=True)))  # type: ignore[arg-type]
    with serving(create_app(site)) as address:
        waiting = httpx.get(f"{address}/readyz")
        assert (waiting.status_code, waiting.json(), waiting.headers["retry-after"]) == (
            503,
            {"status": "starting"},
            "2",
        )
        assert httpx.get(f"{address}/healthz").status_code == 200
        may_answer.set()
        for _ in range(200):
            reply = httpx.get(f"{address}/readyz")
            if reply.status_code == 200:
                break
            time.sleep(0.02)
        assert (reply.status_code, reply.json(), asked) == (200, {"status": "ready"}, [WARM_UP])


def test_a_failure_is_one_line_with_the_requests_id(tmp_path: Path) -> None:
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "a\nb %s", ("c",), None)
    told = json.loads(Lines().format(record))
    assert (told["level"], told["message"], "request_id" in told) == ("error", "a\nb c", False)
