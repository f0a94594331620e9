"""Portals, prefixes and the script: what is let into a header, and what is served."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from index.errors import UserError
from qa.access.addresses import portal_origin
from qa.service.prefix import Prefix, prefix_of

PAGE = Path(__file__).parents[1] / "qa" / "page"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://portal.example", "https://portal.example"),
        ("https://Portal.Example/", "https://portal.example"),
        ("http://portal.example:80", "http://portal.example"),
        ("https://portal.example:8443", "https://portal.example:8443"),
        ("http://10.1.2.3:8080", "http://10.1.2.3:8080"),
        ("http://[fd00::1]:8080", "http://[fd00::1]:8080"),
    ],
)
def test_an_origin_is_written_as_browsers_do(text: str, origin: str) -> None:
    assert portal_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    ["", "*", "portal.example", "https://*.example", "https://a.example/path", "https://a.example?x", "ftp://a.example",
     "https://u:p@a.example", "https://a.example;script-src *", "https://a.example https://b.example", "null",
     "https://a.example:99999", "javascript:alert(1)", "https://门户.example", "https://a.example\r\nx: y"],
)  # fmt: skip
def test_nothing_else_gets_into_the_header(text: str) -> None:
    with pytest.raises(UserError):
        portal_origin(text)


@given(st.text(max_size=40))
def test_an_origin_has_no_room_for_a_second_thing(text: str) -> None:
    try:
        origin = portal_origin(f"https://{text}")
    except UserError:
        return
    assert origin.isascii()
    assert not set(origin) & set(" ;,'\"*\r\n\t")
    assert portal_origin(origin) == origin


def _app(prefix: str) -> TestClient:
    async def told(request: Request) -> JSONResponse:
        return JSONResponse([request.scope["root_path"], request.url.path, str(request.url_for("told", rest="x"))])

    return TestClient(Prefix(Starlette(routes=[Route("/{rest:path}", told, name="told")]), prefix))


@pytest.mark.parametrize("path", ["/doc/a", "/bao/doc/a"])
def test_a_prefix_holds_whether_it_is_stripped_or_kept(path: str) -> None:
    assert _app("/bao").get(path).json() == ["/bao", "/bao/doc/a", "http://testserver/bao/x"]


def test_no_prefix_changes_nothing() -> None:
    assert _app("").get("/doc/a").json() == ["", "/doc/a", "http://testserver/x"]


def test_a_path_that_only_begins_like_the_prefix_is_below_it() -> None:
    assert _app("/bao").get("/baobei").json()[1] == "/bao/baobei"


@pytest.mark.parametrize(
    ("text", "prefix"), [("", ""), ("/", ""), ("bao", "/bao"), ("/bao/", "/bao"), ("/a/b-c/", "/a/b-c")]
)
def test_prefixes(text: str, prefix: str) -> None:
    assert prefix_of(text) == prefix


@pytest.mark.parametrize("text", ["/a b", "/a//b", "/a/../b", "/a?b", "https://a.example/b", "/报", "/a\r\nb"])
def test_what_is_no_prefix(text: str) -> None:
    with pytest.raises(UserError):
        prefix_of(text)


def test_the_script_is_small_and_brings_nothing_along() -> None:
    script = (PAGE / "embed.js").read_text(encoding="utf-8")
    assert len(script.encode()) < 15_000
    assert "http://" not in script.replace("http://www.w3.org", "")
    assert "https://" not in script
    assert "cookie" not in script.split("\n", 2)[2]
    assert "localStorage" not in script
