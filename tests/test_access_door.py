"""Who is let in, as a client of a real server sees it: keys, roles and logins."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from guarded import PASSWORD, Guarded, client, code, emptied, guarded, login

from qa.access.session import COOKIE

ASK = {"question": "固定资产投资增长了多少"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("door"), ("127.0.0.2", "10.1.0.0/16")) as running:
        yield running


@pytest.fixture(autouse=True)
def _fresh_logins(server: Guarded) -> None:
    server.guard.logins._buckets.clear()


def test_every_route_asks_and_only_the_named_ones_do_not(server: Guarded) -> None:
    with client(server) as one:
        closed = {
            path: one.get(path).status_code
            for path in (
                "/", "/config", "/api/v1/documents", "/api/openapi.json", "/api/docs", "/v1/models", "/mcp",
                "/doc/sanmen-2023", "/api/v1/documents/sanmen-2023/original", "/metrics", "/keeper", "/desk/opening",
                "/gradio_api/info", "/gradio_api/queue/data", "/gradio_api/file=/etc/passwd", "/nowhere", "//healthz",
                "/healthz/", "/login/x", "/LOGIN",
            )
        }  # fmt: skip
        assert closed == dict.fromkeys(closed, 401)
        opened = {path: one.get(path).status_code for path in ("/healthz", "/login", "/embed.js")}
        assert opened == dict.fromkeys(opened, 200)
        assert one.get("/readyz").status_code in (200, 503)


def test_a_key_opens_what_its_role_may(server: Guarded) -> None:
    with client(server) as one:
        got = {
            name: (
                one.post("/api/v1/ask", json=ASK, headers=server.bearer(name)).status_code,
                one.get("/metrics", headers=server.bearer(name)).status_code,
                one.delete("/api/v1/documents/none-such", headers=server.bearer(name)).status_code,
                one.get("/v1/models", headers=server.bearer(name)).status_code,
            )
            for name in ("reader", "keeper", "admin", "openai", "expired", "revoked", "part-keeper")
        }
    assert got == {
        "reader": (200, 403, 403, 200),
        "keeper": (200, 200, 404, 200),
        "admin": (200, 200, 404, 200),
        "openai": (403, 403, 403, 200),
        "expired": (401, 401, 401, 401),
        "revoked": (401, 401, 401, 401),
        "part-keeper": (200, 200, 404, 200),
    }


def test_a_keeper_of_some_documents_adds_none(server: Guarded) -> None:
    with client(server, headers=server.bearer("part-keeper")) as one:
        sent = {"content": b"x", "headers": {"content-type": "application/octet-stream"}}
        assert code(one.post("/api/v1/documents?filename=new.txt", **sent)) == (403, "forbidden")  # type: ignore[arg-type]
        assert code(one.put("/api/v1/documents/某县?filename=a.txt", **sent)) == (404, "no_document")  # type: ignore[arg-type]
        assert code(one.delete("/api/v1/documents/某县")) == (404, "no_document")


def test_another_documents_routes_are_as_if_it_did_not_exist(server: Guarded) -> None:
    with client(server) as one:
        for path in ("/doc/{}", "/api/v1/documents/{}", "/api/v1/documents/{}/text", "/api/v1/documents/{}/original"):
            for name in ("one", "none"):
                theirs = one.get(path.format("某县"), headers=server.bearer(name))
                absent = one.get(path.format("不存在"), headers=server.bearer(name))
                assert (theirs.status_code, "4321吨" in theirs.text) == (404, False)
                assert code(theirs) == code(absent)
        assert "4321吨" in one.get("/api/v1/documents/某县/text", headers=server.bearer("reader")).text


def test_a_revoked_key_and_a_removed_user_are_out_at_the_next_request(tmp_path: Path) -> None:
    with guarded(tmp_path) as own, client(own) as one, client(own, headers=own.bearer("reader")) as program:
        login(one)
        assert (one.get("/v1/models").status_code, program.get("/v1/models").status_code) == (200, 200)
        emptied(own.register)
        assert (one.get("/v1/models").status_code, program.get("/v1/models").status_code) == (401, 401)
        own.register.chmod(0o644)
        assert program.get("/v1/models").status_code == 401


def test_a_login_opens_the_page_and_leads_back(server: Guarded) -> None:
    with client(server) as one:
        wanted = one.get("/doc/sanmen-2023?start=10&end=20", headers={"accept": "text/html"})
        assert wanted.status_code == 303
        assert wanted.headers["location"] == "/login?next=/doc/sanmen-2023%3Fstart%3D10%26end%3D20"
        form = one.get(wanted.headers["location"])
        field = re.search(r'name="next" value="([^"]*)"', form.text)
        assert field is not None
        assert field[1] == "/doc/sanmen-2023?start=10&amp;end=20"
        done = login(one, next="/doc/sanmen-2023?start=10&end=20")
        assert (done.status_code, done.headers["location"]) == (303, "/doc/sanmen-2023?start=10&end=20")
        assert one.get(done.headers["location"]).status_code == 200
        assert one.get("/metrics").status_code == 403


def test_the_cookie_is_for_this_server_alone(server: Guarded) -> None:
    with client(server) as one:
        told = login(one).headers["set-cookie"]
    value, *flags = [part.strip() for part in told.split(";")]
    assert value.startswith(f"{COOKIE}=")
    assert set(flags) == {"Max-Age=43200", "Path=/", "HttpOnly", "SameSite=Lax"}
    with client(server, "127.0.0.2") as proxied:
        form = {"name": "张三", "password": PASSWORD, "next": "/"}
        secure = proxied.post("/login", data=form, headers={"x-forwarded-proto": "https"})
        assert "Secure" in secure.headers["set-cookie"]


def test_a_logout_ends_the_cookie_itself(server: Guarded) -> None:
    with client(server) as one:
        login(one)
        kept = one.cookies[COOKIE]
        shown = one.get("/login").text
        assert "张三，您已登录" in shown
        assert 'action="/logout"' in shown
        assert one.post("/logout").status_code == 303
        assert COOKIE not in one.cookies
        assert one.get("/v1/models", headers={"cookie": f"{COOKIE}={kept}"}).status_code == 401


def test_a_wrong_name_and_a_wrong_password_look_and_take_the_same(server: Guarded) -> None:
    seconds: dict[str, list[float]] = {"张三": [], "nobody": [], "只由代理": []}
    shown = set()
    with client(server) as one:
        for _ in range(3):
            for name, taken in seconds.items():
                begun = time.perf_counter()
                reply = login(one, name, "wrong-password")
                taken.append(time.perf_counter() - begun)
                shown.add((reply.status_code, reply.text))
    assert len(shown) == 1
    assert next(iter(shown))[0] == 401
    best = [min(taken) for taken in seconds.values()]
    assert max(best) < 4 * min(best)


def test_guessing_passwords_is_slowed_down(server: Guarded) -> None:
    with client(server) as one:
        for tries in range(1, 30):
            reply = login(one, password=f"guess-{tries}")
            if reply.status_code == 429:
                break
            assert reply.status_code == 401
        # Ten at once, and those of the seconds that the tries themselves took.
        assert 11 <= tries < 25
        assert 1 <= int(reply.headers["retry-after"]) <= 6
        assert login(one).status_code == 429


@pytest.mark.parametrize(
    "next", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\r\nx: y", ""]
)
def test_a_login_leads_nowhere_else(server: Guarded, next: str) -> None:
    with client(server) as one:
        assert login(one, next=next).headers["location"] == "/"
        shown = one.get("/login", params={"next": f'{next}"><script>alert(1)</script>'})
        assert "<script>" not in shown.text
