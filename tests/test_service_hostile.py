"""Requests that mean harm or make no sense: refused with the right status and in one shape."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from serving import serving
from stand_in import StandIn

from qa.access.bodies import Sizes
from qa.access.guard import Guard, Settings
from qa.access.store import Watched
from qa.service import create_app
from qa.site import Site

ASK, CHAT, BATCH = "/api/v1/ask", "/v1/chat/completions", "/api/v1/batch"
DOCUMENTS, FEEDBACK = "/api/v1/documents", "/api/v1/feedback"
SIZES = Sizes()
JSON = {"content-type": "application/json"}
RAW = {"content-type": "application/octet-stream"}
client = TestClient(create_app(Site.of(StandIn())), raise_server_exceptions=False)  # type: ignore[arg-type]


def deep(levels: int) -> bytes:
    return b'{"question":' + b"[" * levels + b"]" * levels + b"}"


REQUESTS: list[tuple[str, str, dict[str, Any], int]] = [
    # Traversal
    ("GET", f"{DOCUMENTS}/..%2f..%2fetc%2fpasswd", {}, 404),
    ("GET", f"{DOCUMENTS}/..%2f..%2fetc%2fpasswd/original", {}, 404),
    ("GET", f"{DOCUMENTS}/%2e%2e/text", {}, 404),
    ("GET", f"{DOCUMENTS}/%00/text", {}, 404),
    ("GET", f"{DOCUMENTS}/%ff%fe/outline", {}, 404),
    ("GET", f"{DOCUMENTS}/sanmen-2023%2f..%2fx/original", {}, 404),
    ("DELETE", f"{DOCUMENTS}/..%5c..%5cindex", {}, 404),
    ("PUT", f"{DOCUMENTS}/..%2fx?filename=a.txt", {"content": b"x", "headers": RAW}, 404),
    ("POST", f"{DOCUMENTS}?filename=../../x.txt", {"content": b"x", "headers": RAW}, 422),
    ("POST", f"{DOCUMENTS}?filename=..%5cx.txt", {"content": b"x", "headers": RAW}, 422),
    ("POST", f"{DOCUMENTS}?filename=/etc/cron.d/x.txt", {"content": b"x", "headers": RAW}, 422),
    ("POST", f"{DOCUMENTS}?filename=.htaccess", {"content": b"x", "headers": RAW}, 422),
    ("POST", f"{DOCUMENTS}?filename=a%0d%0ab.txt", {"content": b"x", "headers": RAW}, 422),
    ("POST", f"{DOCUMENTS}?filename=a%00.txt", {"content": b"x", "headers": RAW}, 422),
    ("POST", f"{DOCUMENTS}?filename=a%E2%80%AEtxt.exe", {"content": b"x", "headers": RAW}, 422),
    ("POST", f"{DOCUMENTS}?filename={'长' * 100}.txt", {"content": b"x", "headers": RAW}, 422),
    ("POST", DOCUMENTS, {"content": b"x", "headers": RAW}, 422),
    ("POST", DOCUMENTS, {"files": [("file", ("../x.txt", b"x"))]}, 422),
    ("POST", DOCUMENTS, {"files": [("file", ("a.txt", b"x")), ("file", ("a.txt", b"y"))]}, 422),
    ("POST", DOCUMENTS, {"files": [("file", (f"{n}.txt", b"x")) for n in range(30)]}, 400),
    ("POST", DOCUMENTS, {"data": {"file": "no file"}, "headers": {}}, 415),
    ("POST", DOCUMENTS, {"content": b"--x", "headers": {"content-type": "multipart/form-data"}}, 400),
    ("POST", DOCUMENTS, {"content": b"junk", "headers": {"content-type": "multipart/form-data; boundary=x"}}, 400),
    ("POST", f"{DOCUMENTS}?filename=a.txt", {"content": b"x", "headers": {**RAW, "sec-fetch-site": "cross-site"}}, 403),
    # Bodies of the wrong size, kind or form
    ("POST", ASK, {"content": b" " * (SIZES.body + 1), "headers": JSON}, 413),
    ("POST", ASK, {"content": iter([b" " * 400_000] * 3), "headers": JSON}, 413),
    ("POST", CHAT, {"content": b" " * (SIZES.body + 1), "headers": JSON}, 413),
    ("POST", "/mcp", {"content": b" " * (SIZES.body + 1), "headers": JSON}, 413),
    ("POST", BATCH, {"content": b"{}\n" * 20_000, "headers": {"content-type": "application/x-ndjson"}}, 413),
    ("POST", ASK, {"content": deep(100_000), "headers": JSON}, 400),
    ("POST", ASK, {"content": b"\x1f\x8b\x08\x00", "headers": {**JSON, "content-encoding": "gzip"}}, 400),
    ("POST", ASK, {"content": b"<a/>", "headers": {"content-type": "application/xml"}}, 415),
    ("POST", ASK, {"content": b'{"question":"a"}', "headers": {"content-type": "text/plain"}}, 415),
    ("POST", ASK, {"data": {"question": "a"}}, 415),
    ("POST", ASK, {"content": b"", "headers": JSON}, 422),
    ("POST", ASK, {"content": b"null", "headers": JSON}, 422),
    ("POST", ASK, {"content": b'{"question": NaN}', "headers": JSON}, 422),
    ("POST", ASK, {"content": b'{"question": "\\ud800"}', "headers": JSON}, 422),
    ("POST", ASK, {"content": b'{"question": "a", "min_confidence": 1e999}', "headers": JSON}, 422),
    ("POST", ASK, {"json": {"question": {"$ne": None}}}, 422),
    ("POST", ASK, {"json": {"question": "a", "history": [["b"]]}}, 422),
    ("POST", ASK, {"json": {"question": "a", "history": ["b" * 501]}}, 422),
    ("POST", ASK, {"json": {"question": "a", "documents": "*"}}, 422),
    ("POST", ASK, {"json": {"question": "a", "documents": ["x" * 301]}}, 422),
    ("POST", ASK, {"json": {"question": "a", "__proto__": {"x": 1}}}, 422),
    ("POST", ASK, {"json": {"question": "问题", "documents": ["'; DROP TABLE audit; --"]}}, 404),
    ("POST", ASK, {"json": {"question": "\u200b\u202e"}}, 400),
    ("POST", "/api/v1/search", {"json": {"question": "a", "top_k": 10**9}}, 422),
    ("POST", "/api/v1/search", {"json": {"question": "a", "top_k": "5"}}, 422),
    ("POST", FEEDBACK, {"json": {"request_id": "x", "helpful": "maybe"}}, 422),
    ("POST", FEEDBACK, {"json": {"request_id": "x", "helpful": True}}, 501),
    ("POST", CHAT, {"json": {"messages": []}}, 422),
    ("POST", CHAT, {"json": {"messages": [{"role": "root", "content": "a"}]}}, 422),
    ("POST", CHAT, {"json": {"messages": [{"role": "assistant", "content": "a"}]}}, 400),
    ("POST", CHAT, {"json": {"model": "wenbao:../x", "messages": [{"role": "user", "content": "a"}]}}, 404),
    # Methods and addresses that are none
    ("TRACE", ASK, {}, 405),
    ("DELETE", ASK, {}, 405),
    ("PATCH", f"{DOCUMENTS}/sanmen-2023", {}, 405),
    ("GET", "/api/v1/../../etc/passwd", {}, 404),
    ("GET", "/api//v1/documents", {}, 404),
    ("POST", "/v1/embeddings", {"json": {}}, 404),
    ("GET", f"{DOCUMENTS}?limit=1e9", {}, 422),
    ("GET", f"{DOCUMENTS}/sanmen-2023/text?start=-1", {}, 422),
    ("GET", f"{DOCUMENTS}/sanmen-2023/text?start=9&end=3", {}, 422),
    ("GET", f"{DOCUMENTS}/sanmen-2023/text?end={'9' * 400}", {}, 422),
]


@pytest.mark.parametrize(("method", "address", "more", "status"), REQUESTS)
def test_a_hostile_request_is_refused_in_one_shape(
    method: str, address: str, more: dict[str, Any], status: int
) -> None:
    reply = client.request(method, address, **more)
    assert reply.status_code == status, reply.text
    told = reply.json()
    assert set(told) == {"error"}
    assert set(told["error"]) == {"code", "message", "hint", "request_id"}
    assert told["error"]["message"]
    assert len(told["error"]["message"]) <= 300
    assert "\n" not in told["error"]["message"]
    assert "Traceback" not in reply.text
    assert "site-packages" not in reply.text
    assert reply.headers["x-request-id"] == told["error"]["request_id"]
    assert "default-src 'self'" in reply.headers["content-security-policy"]
    if status == 405:
        assert reply.headers["allow"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(create_app(Site.of(StandIn()))) as address:  # type: ignore[arg-type]
        yield int(address.rsplit(":", 1)[1])


def raw(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        got = b""
        # A head that is far too long is cut off while it is still being sent.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(data)
            while part := connection.recv(65536):
                got += part
        return got


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/v1/documents HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b: c\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/documents?filename=%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /doc/%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\nX-Request-Id: b\x00\r\nConnection: close\r\n\r\n",
    ],
)
def test_heads_that_try_to_smuggle_set_no_header_and_break_nothing(port: int, head: bytes) -> None:
    reply = raw(port, head)
    assert b"500 " not in reply.split(b"\r\n")[0]
    assert b"set-cookie" not in reply.split(b"\r\n\r\n")[0].lower()
    alive = raw(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert alive.startswith(b"HTTP/1.1 200")


def test_a_body_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    guard = Guard(Watched(tmp_path / "access.json"), Settings(sizes=Sizes(seconds=0.3)))
    with serving(create_app(Site.of(StandIn(), guard=guard))) as address:  # type: ignore[arg-type]
        port = int(address.rsplit(":", 1)[1])
        head = b"POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        reply = raw(port, head)
    assert reply.startswith(b"HTTP/1.1 408")
    assert json.loads(reply.split(b"\r\n\r\n", 1)[1])["error"]["code"] == "too_slow"
