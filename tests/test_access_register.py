"""The register and its commands, passwords and sessions."""

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

from index.errors import UserError
from qa.__main__ import main
from qa.access.guard import Guard, Settings
from qa.access.passwords import hashed, matches
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
