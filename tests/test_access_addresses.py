"""Whose word on addresses is believed, and what the server demands before it listens on one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import ui
from qa.access.addresses import Peers, client_of, is_loopback, local_name, parse_networks
from qa.access.guard import Guard
from qa.access.identity import LOCAL, PASSER
from qa.access.rules import rule_for
from qa.access.store import Key, User, Watched, change


def settled(client: str, headers: list[tuple[str, str]], *proxies: str) -> tuple[str, str, bool, bool]:
    """The client and the scheme as believed, whether the peer is trusted, and whether it is a direct local one."""
    scope = {
        "type": "http", "client": (client, 1), "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }  # fmt: skip
    peers = Peers(parse_networks(proxies))
    peers.settle(scope)
    state = scope["state"]
    assert isinstance(state, dict)
    return client_of(scope), str(scope["scheme"]), peers.trusts(state["peer"]), state["direct"]


@pytest.mark.parametrize(
    ("client", "headers", "proxies", "wanted"),
    [
        ("127.0.0.1", [], (), ("127.0.0.1", "http", False, True)),
        ("::1", [], (), ("::/64", "http", False, True)),
        ("::ffff:127.0.0.1", [], (), ("127.0.0.1", "http", False, True)),
        ("127.0.0.1", [("via", "x")], (), ("127.0.0.1", "http", False, False)),
        ("127.0.0.1", [("x-forwarded-for", "192.0.2.1")], (), ("192.0.2.1", "http", False, False)),
        ("192.0.2.9", [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")], (),
         ("192.0.2.9", "http", False, False)),
        ("10.0.0.5", [("x-forwarded-for", "1.2.3.4, 192.0.2.1"), ("x-forwarded-proto", "https")], ("10.0.0.5",),
         ("192.0.2.1", "https", True, False)),
        ("::ffff:10.0.0.5", [("x-forwarded-for", "192.0.2.1")], ("10.0.0.0/24",), ("192.0.2.1", "http", True, False)),
        ("10.0.0.5", [("x-forwarded-for", "192.0.2.1")], ("::ffff:10.0.0.0/120",), ("192.0.2.1", "http", True, False)),
        ("10.0.1.5", [("x-forwarded-for", "192.0.2.1")], ("10.0.0.0/24",), ("10.0.1.5", "http", False, False)),
        ("10.0.0.5", [("x-forwarded-for", "192.0.2.1, 10.0.0.6")], ("10.0.0.5,10.0.0.6",),
         ("192.0.2.1", "http", True, False)),
        ("10.0.0.5", [("x-forwarded-for", "192.0.2.1, nonsense")], ("10.0.0.5",), ("10.0.0.5", "http", True, False)),
        ("fe80::1%eth0", [], ("fe80::/10",), ("fe80::/64", "http", True, False)),
        ("2001:db8::1:2:3:4", [], (), ("2001:db8::/64", "http", False, False)),
        ("testclient", [("x-forwarded-for", "192.0.2.1")], (), ("unknown", "http", False, False)),
    ],
)  # fmt: skip
def test_addresses(
    client: str, headers: list[tuple[str, str]], proxies: tuple[str, ...], wanted: tuple[str, str, bool, bool]
) -> None:
    assert settled(client, headers, *proxies) == wanted


def test_a_server_without_logins_keeps_its_own_user_apart_from_who_comes_through_a_proxy(tmp_path: Path) -> None:
    guard = Guard(Watched(tmp_path / "none.json"))

    def who(host: str, *headers: tuple[bytes, bytes]) -> object:
        scope = {"type": "http", "client": ("127.0.0.1", 1), "headers": [(b"host", host.encode()), *headers]}
        guard.settings.peers.settle(scope)
        return guard.authenticate(scope)

    assert [who(name) for name in ("localhost:7860", "127.0.0.1:7860", "[::1]:7860")] == [LOCAL] * 3
    assert [who(name) for name in ("portal.example", "localhost.evil.example", "", "192.0.2.1")] == [PASSER] * 4
    assert who("localhost", (b"x-forwarded-for", b"192.0.2.1")) == PASSER
    assert who("localhost", (b"authorization", b"Bearer sk-none")) == LOCAL
    assert not local_name({"headers": [(b"host", b"localhost"), (b"host", b"evil.example")]})


def test_only_this_machines_own_addresses_are_loopback() -> None:
    names = ("127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "::ffff:127.0.0.1")
    assert [is_loopback(name) for name in names] == [True] * 6
    assert [is_loopback(n) for n in ("0.0.0.0", "::", "", "10.0.0.1", "example.org", "localhost.example")] == [
        False
    ] * 6


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--host", "0.0.0.0"], "python -m qa keys add NAME"),
        (["--host", "::"], "python -m qa users add NAME"),
        (["--host", "localhost", "--guarded"], "--trusted-proxy ADDRESS"),
        (["--trusted-proxy", "10.0.0.300"], "'10.0.0.300'"),
        (["--trusted-proxy", "10.0.0.1", "--user-header", "a b"], "--user-header"),
        (["--places", "-1"], "--places -1"),
        (["--rate", "nan"], "--rate nan"),
        (["--max-upload", "101000000"], "--max-upload 101000000"),
    ],
)
def test_the_server_does_not_listen_without_anyone_to_tell_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    status = ui.main([*arguments, "--port", "0", "--data", str(tmp_path), "--index", str(tmp_path / "none")])
    shown = capsys.readouterr()
    assert (status, shown.out, shown.err.count("\n")) == (2, "", 1)
    assert told in shown.err


def test_a_key_that_opens_nothing_any_more_is_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "access.json"
    over = Key("aaaaaaaa", "x", "admin", "0" * 64, 1.0, expires=2.0)
    gone = replace(over, expires=0.0, revoked=2.0)
    change(path, lambda register: replace(register, keys=(over, gone), users=(User("by proxy", "admin"),)))
    arguments = ["--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path), "--index", str(tmp_path / "none")]
    assert ui.main(arguments) == 2
    assert "nobody has a key or login" in capsys.readouterr().err
    change(path, lambda register: replace(register, keys=(replace(gone, revoked=0.0),)))
    # Now it goes on, to the index that is not there.
    assert ui.main(arguments) == 2
    assert "python -m index build" in capsys.readouterr().err


def test_what_is_named_nowhere_asks_for_a_reader() -> None:
    for path in ("/", "/x", "/healthz/", "//login", "/login/..", "/Metrics", "/api", "/gradio_api/queue/join"):
        assert rule_for("GET", path).role == "reader"
    for path in ("/keeper", "/keeper/rows.jsonl", "/metrics"):
        assert rule_for("GET", path).role == "keeper"
    for path in ("/api/v1/documents", "/api/v1/documents/", "/api/v1/documents/x", "/doc/x"):
        assert [rule_for(m, path).role for m in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")] == [
            "reader", "reader", "keeper", "keeper", "keeper", "keeper",
        ]  # fmt: skip
