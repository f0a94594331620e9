"""How much is let in: buckets against a plain count, places and their queue; bodies and dawdlers on a real server."""

from __future__ import annotations

import asyncio
import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from guarded import Guarded, guarded, two_reports
from hypothesis import given
from hypothesis import strategies as st
from serving import serving

from qa.access import Guard, protocol, server_settings
from qa.access.bodies import Sizes
from qa.access.guard import Settings
from qa.access.identity import Refused
from qa.access.limits import Buckets, Slots
from qa.access.store import Watched
from qa.answer import Answer
from qa.service import create_app
from qa.site import Site

ASK = {"question": "固定资产投资增长了多少"}


@given(st.lists(st.tuples(st.floats(0, 30), st.sampled_from("ab"), st.sampled_from([0.1, 1.0, 3.0])), max_size=60))
def test_no_caller_gets_more_than_flows_in(steps: list[tuple[float, str, float]]) -> None:
    now = 0.0
    buckets = Buckets(60.0, burst=5.0, clock=lambda: now)
    spent: dict[str, list[tuple[float, float]]] = {}
    for pause, who, cost in steps:
        now += pause
        wait = buckets.wait(who, cost)
        if wait:
            # Not a moment earlier, and then at once.
            assert buckets.wait(who, cost) == pytest.approx(wait)
            now += wait + 1e-6
            assert buckets.wait(who, cost) == 0.0
        spent.setdefault(who, []).append((now, cost))
    for times in spent.values():
        for first in range(len(times)):
            for last in range(first, len(times)):
                took = sum(cost for _, cost in times[first : last + 1])
                assert took <= 5.0 + (times[last][0] - times[first][0]) + 1e-3


def test_a_callers_own_rate_and_no_rate() -> None:
    buckets = Buckets(600.0, clock=lambda: 0.0)
    assert [bool(buckets.wait("key", 1.0, rate=4.0)) for _ in range(11)] == [False] * 10 + [True]
    assert [bool(buckets.wait("other", 1.0)) for _ in range(151)] == [False] * 150 + [True]
    free = Buckets(0.0)
    assert {free.wait("anyone", 1.0) for _ in range(1000)} == {0.0}


def test_places_and_their_queue() -> None:
    async def run() -> tuple[list[str], int]:
        slots, working, most = Slots(2, 3, 5.0), 0, 0

        async def work(n: int) -> str:
            nonlocal working, most
            try:
                async with slots.place():
                    working += 1
                    most = max(most, working)
                    await asyncio.sleep(0.05)
                    working -= 1
                    return "done"
            except Refused as refused:
                return f"{refused.status} {refused.code} {refused.retry_after >= 1}"

        return sorted(await asyncio.gather(*map(work, range(8)))), most

    assert asyncio.run(run()) == (["503 busy True"] * 3 + ["done"] * 5, 2)


def test_who_waits_too_long_is_told_and_who_leaves_makes_room() -> None:
    async def run() -> list[object]:
        slots, told = Slots(1, 1, 0.05), []
        async with slots.place():
            with pytest.raises(Refused) as refused:
                async with slots.place():
                    pass
            told.append((refused.value.status, slots.waiting))
            waiting = asyncio.create_task(slots._take())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            told.append(slots.waiting)
        async with slots.place():
            told.append("in")
        return told

    assert asyncio.run(run()) == [(503, 0), 0, "in"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("limits")
    with guarded(folder, rate=600.0, sizes=Sizes(2000, 32_000, 5000, 16_000, 1.0)) as running:
        yield running


def test_a_key_has_its_own_rate_and_another_does_not_pay_for_it(server: Guarded) -> None:
    with httpx.Client(base_url=server.address, timeout=20) as client:
        got = [client.post("/api/v1/ask", json=ASK, headers=server.bearer("slow")) for _ in range(12)]
        assert [reply.status_code for reply in got[:10]] == [200] * 10
        assert got[-1].status_code == 429
        assert got[-1].json()["error"]["code"] == "too_many"
        assert 1 <= int(got[-1].headers["retry-after"]) <= 120
        assert client.post("/api/v1/ask", json=ASK, headers=server.bearer("reader")).status_code == 200


def test_who_has_no_key_pays_by_address(tmp_path: Path) -> None:
    with guarded(tmp_path, rate=4.0) as own, httpx.Client(base_url=own.address) as client:
        got = [client.post("/api/v1/ask", json=ASK).status_code for _ in range(12)]
        assert got == [401] * 10 + [429] * 2
        # Another forwarded address is another caller; health is never refused.
        assert client.post("/api/v1/ask", json=ASK, headers={"x-forwarded-for": "192.0.2.8"}).status_code == 401
        assert {client.get("/healthz").status_code for _ in range(50)} == {200}


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/v1/ask", 2001, 413),
        ("/v1/chat/completions", 2001, 413),
        ("/mcp", 2001, 413),
        ("/api/v1/documents?filename=a.txt", 5001, 413),
        ("/api/v1/batch", 32_001, 413),
        ("/api/v1/ask", 1999, 422),
        ("/api/v1/documents?filename=a.txt", 4999, 501),
    ],
)
def test_a_body_has_its_length(server: Guarded, path: str, size: int, status: int) -> None:
    kind = "application/octet-stream" if "documents" in path else "application/json"
    headers = {**server.bearer("admin"), "content-type": kind, "accept": "application/json, text/event-stream"}
    with httpx.Client(base_url=server.address) as client:
        told = client.post(path, content=b" " * size, headers=headers)
        pieces = client.post(path, content=iter([b" " * (size // 2), b" " * (size - size // 2)]), headers=headers)
    assert (told.status_code, pieces.status_code) == (status, status)


def _raw(address: str, sent: Sequence[bytes], pause: float = 0.0, wait: float = 10.0) -> tuple[bytes, float]:
    """What comes back for these pieces, and the seconds until the server closed."""
    parts = urlsplit(address)
    begun = time.monotonic()
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=wait) as connection:
        got = b""
        try:
            for piece in sent:
                connection.sendall(piece)
                # Whoever goes on sending after the reply loses it: the kernel resets the connection.
                if select.select([connection], [], [], pause)[0]:
                    break
            while more := connection.recv(65536):
                got += more
        except (ConnectionError, TimeoutError):
            pass
        return got, time.monotonic() - begun


def test_a_sender_who_dawdles_is_given_up(server: Guarded) -> None:
    head = (
        f"POST /api/v1/ask HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {server.keys['reader']}\r\n"
        "content-type: application/json\r\ncontent-length: 100\r\n\r\n"
    ).encode()
    for sent, pause in (([head], 0.0), ([head, *([b" "] * 40)], 0.1)):
        got, seconds = _raw(server.address, sent, pause)
        assert got.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in got.lower()
        assert seconds < 9


def test_dawdlers_take_no_place_from_others(server: Guarded) -> None:
    head = (
        f"POST /api/v1/ask HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {server.keys['reader']}\r\n"
        "content-type: application/json\r\ncontent-length: 100\r\n\r\n"
    ).encode()
    with ThreadPoolExecutor(12) as pool:
        slow = [pool.submit(_raw, server.address, [head]) for _ in range(12)]
        reply = httpx.post(f"{server.address}/api/v1/ask", json=ASK, headers=server.bearer("admin"), timeout=20)
        assert reply.status_code == 200
        assert {future.result()[0][:12] for future in slow} == {b"HTTP/1.1 408"}


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nhost: x\r\nx-a: "])
def test_a_head_that_never_ends_is_given_up(server: Guarded, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    got, seconds = _raw(server.address, [sent])
    assert got.startswith(b"HTTP/1.1 408 ")
    assert seconds < 5


def test_a_connection_in_use_is_not_given_up(server: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    with httpx.Client(base_url=server.address, timeout=20) as client:
        for _ in range(4):
            assert client.get("/healthz").status_code == 200
            time.sleep(0.25)
        parts = urlsplit(server.address)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
            time.sleep(0.1)
            connection.sendall(b"\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_an_overload_is_told_at_once_and_whoever_has_a_place_is_answered(tmp_path: Path) -> None:
    working, most, lock = 0, 0, threading.Lock()
    stand_in = two_reports()

    class Slow:
        index = stand_in.index

        def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
            nonlocal working, most
            with lock:
                working += 1
                most = max(most, working)
            time.sleep(0.3)
            with lock:
                working -= 1
            return stand_in.ask(question, history, documents)

    guard = Guard(Watched(tmp_path / "access.json"), Settings(places=2, queue=2, patience=30.0))
    site = Site.of(Slow(), guard=guard)  # type: ignore[arg-type]
    with serving(create_app(site), **server_settings(guard)) as address, ThreadPoolExecutor(10) as pool:
        # The warm-up asks too, and must not be counted.
        while httpx.get(f"{address}/readyz").status_code != 200:
            time.sleep(0.05)
        most = 0
        replies = list(pool.map(lambda _: httpx.post(f"{address}/api/v1/ask", json=ASK, timeout=60), range(10)))
        assert httpx.get(f"{address}/healthz").status_code == 200
    statuses = [reply.status_code for reply in replies]
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= 4
    assert most == 2
    for reply in replies:
        if reply.status_code == 503:
            assert reply.json()["error"]["code"] == "busy"
            assert 1 <= int(reply.headers["retry-after"]) <= 60


def test_a_question_that_the_servers_end_cuts_off_may_be_asked_again(tmp_path: Path) -> None:
    stand_in, asked, end = two_reports(), threading.Event(), threading.Event()

    class Slow:
        index = stand_in.index

        def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
            if question == ASK["question"]:
                asked.set()
                end.wait(60)
            return stand_in.ask(question, history, documents)

    guard = Guard(Watched(tmp_path / "access.json"), Settings())
    site = Site.of(Slow(), guard=guard)  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as pool:
        with serving(create_app(site), **server_settings(guard)) as address:
            asking = pool.submit(httpx.post, f"{address}/api/v1/ask", json=ASK, timeout=60)
            assert asked.wait(30)
        end.set()
        reply = asking.result()
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "stopping")
    assert (reply.headers["retry-after"], reply.headers["connection"]) == ("5", "close")
