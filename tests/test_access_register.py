"""The register and its commands, sessions, addresses, and what the server demands before it listens."""

from __future__ import annotations

import io
import json
import multiprocessing
import re
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ui
from index.errors import UserError
from qa.__main__ import main
from qa.access.addresses import Peers, client_of, is_loopback, local_name, parse_networks
from qa.access.guard import Guard, Settings
from qa.access.identity import LOCAL, PASSER
from qa.access.passwords import hashed, matches
from qa.access.rules import rule_for
from qa.access.session import cookie_value, new_session, opened, sealed
from qa.access.store import Key, Register, User, Watched, change, read

SECRET = "5a" * 32
ids = st.none() | st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple)


@given(
    st.lists(
        st.builds(
            Key, id=st.text("0123456789abcdef", min_size=8, max_size=8), name=st.text(min_size=1, max_size=9),
            role=st.sampled_from(["reader", "keeper", "admin"]), digest=st.just("0" * 64), created=st.floats(0, 4e9),
            rate=st.none() | st.floats(0.1, 1e4), areas=st.sampled_from([(), ("api",), ("mcp", "openai")]),
            documents=ids,
        ),
        max_size=3,
    ),
    st.lists(st.builds(User, name=st.text(min_size=1, max_size=9), role=st.just("keeper"), documents=ids), max_size=3),
    st.dictionaries(st.sampled_from(["reader", "keeper"]), st.lists(st.text(min_size=1, max_size=5)).map(tuple)),
)  # fmt: skip
def test_what_is_written_is_read(keys: list[Key], users: list[User], roles: dict[str, tuple[str, ...]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "access.json"
        wanted = Register(SECRET, tuple(keys), tuple(users), roles)
        assert change(path, lambda _: wanted) == wanted
        assert read(path) == wanted
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert sorted(item.name for item in path.parent.iterdir()) == ["access.json", "access.lock"]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"format": 2}', '{"format": 1, "secret": "", "keys": [{}], "users": [], "roles": {}}',
     '{"format": 1, "secret": "", "keys": [], "users": [], "roles": {"root": []}}', "\udcff"],
)  # fmt: skip
def test_a_damaged_register_opens_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "access.json"
    change(path, lambda register: replace(register, users=(User("a", "admin"),)))
    watched = Watched(path)
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(UserError, match="damaged"):
        read(path)
    assert watched.now() == Register()


def test_a_register_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    change(path, lambda register: register)
    path.chmod(0o640)
    with pytest.raises(UserError, match="chmod 600"):
        read(path)


def _add_ten(path: Path, name: str) -> None:
    for number in range(10):
        user = User(f"{name}{number}", "reader")
        change(path, lambda register, user=user: replace(register, users=(*register.users, user)))  # type: ignore[misc]


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=_add_ten, args=(path, name)) for name in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert {user.name for user in read(path).users} == {f"{name}{number}" for name in "abcd" for number in range(10)}


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, path: Path, *words: str, stdin: str = ""
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    status = main([*words, "--access-file", str(path)])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_the_life_of_a_key(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "access.json"
    limits = ("--role", "keeper", "--document", "甲", "--document", "乙", "--rate", "30", "--area", "openai")
    status, out, err = run(capsys, monkeypatch, path, "keys", "add", "门户", "--expires", "2099-12-31", *limits)
    assert (status, err) == (0, "")
    key = out.strip()
    assert re.fullmatch(r"wb_[0-9a-f]{8}_[\w-]{43}", key)
    assert key.split("_", 2)[2] not in path.read_text(encoding="utf-8")
    kept = read(path).keys[0]
    assert (kept.role, kept.documents, kept.rate, kept.areas) == ("keeper", ("甲", "乙"), 30.0, ("openai",))
    assert time.localtime(kept.expires)[:3] == (2100, 1, 1)
    scope = {"headers": [(b"authorization", f"Bearer {key}".encode())]}
    guard = Guard(Watched(path), Settings(required=True))
    identity = guard.authenticate(scope)
    assert identity is not None
    assert (identity.who, identity.documents) == ("key:门户", frozenset(("甲", "乙")))
    status, out, _ = run(capsys, monkeypatch, path, "keys", "list")
    assert out.splitlines()[1].split("\t")[:3] == [kept.id, "keeper", "live"]
    assert (kept.digest in out, key in out) == (False, False)
    assert run(capsys, monkeypatch, path, "keys", "revoke", kept.id) == (0, "", "")
    status, out, _ = run(capsys, monkeypatch, path, "keys", "list", "--json")
    assert json.loads(out)["revoked"] > 0
    assert "digest" not in out
    assert not read(path).keys[0].live(time.time())


def test_the_life_of_a_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "access.json"
    assert run(capsys, monkeypatch, path, "users", "add", "张三", stdin="第一个密码足够长\n") == (0, "", "")
    first = read(path).users[0]
    assert (first.role, first.documents, matches(first.password, "第一个密码足够长")) == ("reader", None, True)
    assert "密码" not in path.read_text(encoding="utf-8")
    assert run(capsys, monkeypatch, path, "users", "passwd", "张三", stdin="another-password\n")[0] == 0
    assert run(capsys, monkeypatch, path, "users", "set", "张三", "--role", "keeper", "--document", "甲")[0] == 0
    second = read(path).users[0]
    assert (second.role, second.documents) == ("keeper", ("甲",))
    assert second.changed > first.changed
    assert matches(second.password, "another-password")
    assert run(capsys, monkeypatch, path, "users", "set", "张三", "--all-documents")[0] == 0
    assert run(capsys, monkeypatch, path, "users", "add", "李四", "--no-password", "--role", "admin")[0] == 0
    assert [(u.name, u.role, u.documents, bool(u.password)) for u in read(path).users] == [
        ("张三", "keeper", None, True), ("李四", "admin", None, False),
    ]  # fmt: skip
    out = (
        run(capsys, monkeypatch, path, "users", "list")[1]
        + run(capsys, monkeypatch, path, "users", "list", "--json")[1]
    )
    assert "argon2" not in out
    assert run(capsys, monkeypatch, path, "users", "remove", "张三")[0] == 0
    assert [user.name for user in read(path).users] == ["李四"]


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (("users", "add", "a\tb"), "", "the name"),
        (("users", "add", "有人"), "long-enough-1\n", "a user '有人'"),
        (("users", "add", "新人"), "short\n", "a password of 5 characters"),
        (("users", "add", "新人"), "", "a password of 0 characters"),
        (("users", "add", "新人"), "x" * 201, "a password of 201 characters"),
        (("users", "passwd", "没有"), "long-enough-1\n", "no user '没有'"),
        (("users", "remove", "没有"), "", "no user '没有'"),
        (("keys", "revoke", "00000000"), "", "no key '00000000'"),
        (("keys", "add", "\x1b[31m"), "", "the name"),
        (("keys", "add", "x", "--expires", "2001-01-01"), "", "--expires 2001-01-01"),
        (("keys", "add", "x", "--expires", "soon"), "", "--expires 'soon'"),
        (("keys", "add", "x", "--rate", "-1"), "", "--rate -1"),
    ],
)
def test_mistakes_end_in_one_line_and_change_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    stdin: str,
    told: str,
) -> None:
    path = tmp_path / "access.json"
    before = change(path, lambda register: replace(register, users=(User("有人", "reader"),)))
    status, out, err = run(capsys, monkeypatch, path, *words, stdin=stdin)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert told in err
    assert read(path) == before


def test_what_a_role_may_see_narrows_what_its_members_may(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "access.json"
    run(capsys, monkeypatch, path, "roles", "limit", "reader", "--document", "甲", "--document", "乙")
    assert run(capsys, monkeypatch, path, "roles", "list")[1] == "reader\t甲,乙\nkeeper\tall\nadmin\tall\n"
    register = read(path)
    got = [register.documents_of(*asked) for asked in (("reader", None), ("reader", ("乙", "丙")), ("keeper", ("丙",)))]
    assert got == [frozenset("甲乙"), frozenset("乙"), frozenset("丙")]
    run(capsys, monkeypatch, path, "roles", "free", "reader")
    assert read(path).documents_of("reader", None) is None


@given(st.text(min_size=1, max_size=40), st.floats(1e9, 2e9), st.floats(1, 1e6), st.data())
def test_a_session_opens_until_it_ends_and_unchanged_only(
    name: str, now: float, lasts: float, data: st.DataObject
) -> None:
    session = new_session(name, now, lasts)
    value = sealed(session, SECRET)
    assert opened(value, SECRET, now) == session
    assert opened(value, SECRET, session.ends) is None
    assert cookie_value(f"a=b; wenbao_session={value}; c=d") == value
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != value[at]))
    assert opened(value[:at] + other + value[at + 1 :], SECRET, now) is None


def test_passwords() -> None:
    stored = hashed("湖光山色-2024")
    assert stored.startswith("$argon2id$")
    assert hashed("湖光山色-2024") != stored
    got = [
        matches(stored, "湖光山色-2024"),
        matches(stored, "湖光山色-2025"),
        matches("", ""),
        matches("$argon2id$x", "x"),
    ]
    assert got == [True, False, False, False]


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
        (["--max-upload", "99000000"], "--max-upload 99000000"),
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
