"""A proxy's word is taken from a trusted one alone, and those who pretend stay outside, whatever they send."""

from __future__ import annotations

import base64
import http.client
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from guarded import PASSWORD, Guarded, client, code, guarded, login

from qa.access.session import COOKIE, new_session, sealed

ASK = {"question": "固定资产投资增长了多少"}
HOSTILE: dict[str, tuple[str, dict[str, object], int]] = {
    "a proxy's header from elsewhere": ("/v1/models", {"headers": {"x-forwarded-user": "李四"}}, 401),
    "and a trusted address in the chain": (
        "/v1/models", {"headers": {"x-forwarded-user": "a", "x-forwarded-for": "127.0.0.2, 10.1.0.9"}}, 401,
    ),
    "and a real address": ("/v1/models", {"headers": {"x-forwarded-user": "a", "x-real-ip": "10.1.0.9"}}, 401),
    "and the standard's header": (
        "/v1/models", {"headers": {"x-forwarded-user": "a", "forwarded": "for=127.0.0.2"}}, 401,
    ),
    "a key in the query": ("/v1/models?key={reader}&api_key={reader}&access_token={reader}", {}, 401),
    "a key as a cookie": ("/v1/models", {"headers": {"cookie": f"{COOKIE}={{reader}}"}}, 401),
    "a key by another scheme": ("/v1/models", {"headers": {"authorization": "Basic {reader}"}}, 401),
    "a key with a wrong end": ("/v1/models", {"headers": {"authorization": "Bearer {reader}x"}}, 401),
    "a key of the right id alone": ("/v1/models", {"headers": {"authorization": "Bearer {id}_"}}, 401),
    "a key that is its digest": ("/v1/models", {"headers": {"authorization": "Bearer {id}_{digest}"}}, 401),
    "no key at all": ("/v1/models", {"headers": {"authorization": "Bearer"}}, 401),
    "a key in other letters": ("/v1/models", {"headers": {"authorization": b"Bearer wb_\xff\xfe_\xe4"}}, 401),
    "a huge key": ("/v1/models", {"headers": {"authorization": "Bearer wb_a_" + "x" * 20_000}}, 401),
    "metrics for a reader": ("/metrics", {"headers": {"authorization": "Bearer {reader}"}}, 403),
    "the keeper's page for a reader": ("/keeper", {"headers": {"authorization": "Bearer {reader}"}}, 403),
    "the keeper's page below": ("/keeper/rows.jsonl", {"headers": {"authorization": "Bearer {reader}"}}, 403),
    "another's document, encoded": ("/doc/%E6%9F%90%E5%8E%BF", {"headers": {"authorization": "Bearer {one}"}}, 404),
    "another's document, encoded twice": (
        "/doc/%25E6%259F%2590%25E5%258E%25BF", {"headers": {"authorization": "Bearer {one}"}}, 404,
    ),
    "another's document by traversal": (
        "/api/v1/documents/sanmen-2023%2f..%2f%E6%9F%90%E5%8E%BF/text",
        {"headers": {"authorization": "Bearer {one}"}}, 404,
    ),
    "an open path with more behind it": ("/healthz/../v1/models", {}, 401),
    "an open path, encoded traversal": ("/healthz%2f..%2fv1%2fmodels", {}, 401),
    "a method in disguise": ("/v1/models", {"headers": {"x-http-method-override": "OPTIONS"}}, 401),
    "an original url": ("/v1/models", {"headers": {"x-original-url": "/healthz", "x-rewrite-url": "/login"}}, 401),
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("door"), ("127.0.0.2", "10.1.0.0/16")) as running:
        yield running


@pytest.fixture(autouse=True)
def _fresh_logins(server: Guarded) -> None:
    server.guard.logins._buckets.clear()


def test_a_trusted_proxy_names_the_user(server: Guarded) -> None:
    with client(server, "127.0.0.2") as proxy:
        for sent, metrics in (("王五", 403), ("只由代理", 200)):
            headers = {"x-forwarded-user": sent.encode(), "x-forwarded-for": "192.0.2.7"}
            assert proxy.get("/v1/models", headers=headers).status_code == 200  # type: ignore[arg-type]
            assert proxy.get("/metrics", headers=headers).status_code == metrics  # type: ignore[arg-type]
        assert proxy.get("/v1/models").status_code == 401


def test_a_proxy_may_turn_away_whom_the_register_does_not_know(tmp_path: Path) -> None:
    with guarded(tmp_path, ("127.0.0.2",), proxy_role="") as own, client(own, "127.0.0.2") as proxy:
        headers = {"x-forwarded-user": "stranger"}
        assert code(proxy.get("/v1/models", headers=headers)) == (403, "unknown_user")


@pytest.mark.parametrize("what", HOSTILE)
def test_a_pretender_stays_outside(server: Guarded, what: str) -> None:
    path, told, status = HOSTILE[what]
    key = server.keys["reader"]
    register = json.loads(server.register.read_text(encoding="utf-8"))
    digest = next(item["digest"] for item in register["keys"] if item["name"] == "reader")
    words = {**server.keys, "id": key.rsplit("_", key.count("_") - 1)[0], "digest": digest}
    headers = {
        name: value.format(**words) if isinstance(value, str) else value
        for name, value in told.get("headers", {}).items()  # type: ignore[attr-defined]
    }
    headers = {n: v.encode() if isinstance(v, str) else v for n, v in headers.items()}
    with client(server) as one:
        request = one.build_request("GET", path.format(**words), headers=headers)
        if ".." in path:  # as it is, not as the client would tidy it
            request.url = request.url.copy_with(raw_path=path.encode())
        reply = one.send(request)
    assert reply.status_code == status
    assert "4321吨" not in reply.text
    assert key not in reply.text


@pytest.mark.parametrize("names", [("李四", "张三"), ("",), (" ",), ("a\x00b",), ("\xff\xfe",), ("长" * 101,)])
def test_a_proxys_word_that_is_none_is_refused(server: Guarded, names: tuple[str, ...]) -> None:
    parts = urlsplit(server.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, source_address=("127.0.0.2", 0))
    connection.putrequest("GET", "/v1/models")
    for name in names:
        # The last would be legal in this encoding; everything else goes as UTF-8.
        sent = name.encode("latin-1") if name == "\xff\xfe" else name.encode()
        connection.putheader("X-Forwarded-User", sent)
    connection.endheaders()
    reply = connection.getresponse()
    told = reply.read()
    connection.close()
    assert reply.status == 400
    assert b"\x00" not in told


def test_a_forged_cookie_opens_nothing(server: Guarded) -> None:
    now = time.time()
    secret = server.guard.register.now().secret
    right = sealed(new_session("李四", now, 100), secret)
    content, _, signature = right.rpartition(".")
    admin = base64.urlsafe_b64encode(json.dumps(["李四", now, now + 10**9, "0" * 16]).encode()).decode().rstrip("=")
    forged = {
        "as it is": (right, 200),
        "another content": (f"{admin}.{signature}", 401),
        "another secret": (sealed(new_session("李四", now, 100), "00" * 32), 401),
        "an empty secret": (sealed(new_session("李四", now, 100), ""), 401),
        "ended": (sealed(new_session("李四", now - 200, 100), secret), 401),
        "before the password": (sealed(new_session("李四", now - 50, 100), secret), 401),
        "nobody": (sealed(new_session("赵六", now, 100), secret), 401),
        "one without a password": (sealed(new_session("只由代理", now, 100), secret), 401),
        "no signature": (content, 401),
        "a cut signature": (right[:-1], 401),
        "a huge one": (right + "0" * 5000, 401),
        "none": ("", 401),
    }
    with client(server) as one:
        got = {
            what: one.get("/metrics", headers={"cookie": f"{COOKIE}={value}"}).status_code
            for what, (value, _) in forged.items()
        }
        assert got == {what: status for what, (_, status) in forged.items()}
        twice = f"{COOKIE}={right}; {COOKIE}={right}"
        assert one.get("/metrics", headers={"cookie": twice}).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "{own}"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "https://shown.example"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[evil"}, 403),
        ({"origin": "{own}.evil.example"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "{own}"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_page_of_another_site_does_not_speak_for_who_is_logged_in(
    server: Guarded, headers: dict[str, str], status: int
) -> None:
    told = {name: value.format(own=server.address) for name, value in headers.items()}
    with client(server) as one:
        login(one)
        assert one.post("/api/v1/ask", json=ASK, headers=told).status_code == status
        form = {"name": "张三", "password": PASSWORD}
        assert one.post("/login", data=form, headers=told).status_code == (303 if status == 200 else 403)
    with client(server, headers=server.bearer("reader")) as program:  # a key is not sent by a browser of itself
        assert program.post("/api/v1/ask", json=ASK, headers=told).status_code == 200


def test_what_is_refused_tells_nothing_and_injects_nothing(server: Guarded) -> None:
    with client(server) as one:
        sent = {"x-request-id": "a\tb<script>", "accept": "text/html", "authorization": "Bearer wb_x_<script>"}
        reply = one.get("/v1/models?x=<script>", headers=sent)
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert "<script>" not in reply.text
    assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["x-request-id"])
    assert "default-src 'self'" in reply.headers["content-security-policy"]
