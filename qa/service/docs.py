"""The interface's documentation as one page, made from its OpenAPI description; every route can be tried there.

Knows that description and HTML; it must not know the routes themselves. Nothing is loaded from outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

Described = Mapping[str, Any]
_JSON = "application/json"
_FORM = "multipart/form-data"
_SCHEMAS = "#/components/schemas/"


def add_docs(app: FastAPI) -> None:
    """Adds /api/docs."""

    @app.get("/api/docs", include_in_schema=False, response_class=HTMLResponse)
    def docs() -> HTMLResponse:
        return HTMLResponse(docs_page(app.openapi()))


def docs_page(described: Described) -> str:
    """The page for an OpenAPI description; all that it holds is shown as text."""
    info = described["info"]
    routes: dict[str, list[str]] = {}
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            block = _route(described, path, method, route)
            routes.setdefault((route.get("tags") or ["other"])[0], []).append(block)
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(blocks)}" for tag, blocks in routes.items())
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(info['title'])} · 接口</title>\n<style>\n{_asset('docs.css')}</style>\n</head>\n<body>\n"
        f"<h1>{escape(info['title'])} · HTTP 接口</h1>\n<p>{escape(info['version'])} · "
        f'<a href="openapi.json">openapi.json</a></p>\n<p lang="en">{escape(info["description"])}</p>\n'
        '<label>接口密钥（需要时） <input id="key" type="password" autocomplete="off"></label>\n'
        f'<main lang="en">{sections}</main>\n<script>\n{_asset("docs.js")}</script>\n</body>\n</html>\n'
    )


def _route(described: Described, path: str, method: str, route: Described) -> str:
    parts = [f"<p>{escape(route.get('description', ''))}</p>", _parameters(route), _body(described, route)]
    parts += _replies(described, route)
    return (
        f'<details><summary><span class="method">{escape(method.upper())}</span>'
        f'<span class="path">{escape(path)}</span><span>{escape(route.get("summary", ""))}</span></summary>'
        f"{''.join(parts)}{_form(described, path, method, route)}</details>\n"
    )


def _parameters(route: Described) -> str:
    rows = []
    for each in route.get("parameters", ()):
        told = each.get("description") or each.get("schema", {}).get("description", "")
        needed = "required" if each.get("required") else f"default {each['schema'].get('default', 'none')}"
        rows.append(
            f"<tr><td><code>{escape(each['name'])}</code></td><td>{escape(each['in'])}</td>"
            f"<td>{escape(needed)}</td><td>{escape(told)}</td></tr>"
        )
    return f"<h3>Parameters</h3><table>{''.join(rows)}</table>" if rows else ""


def _body(described: Described, route: Described) -> str:
    content = route.get("requestBody", {}).get("content", {})
    kinds = ", ".join(content)
    return f"<h3>Body: {escape(kinds)}</h3>{''.join(_examples(described, content))}" if content else ""


def _replies(described: Described, route: Described) -> Iterator[str]:
    yield "<h3>Replies</h3><table>"
    for status, reply in route.get("responses", {}).items():
        yield f"<tr><td><code>{escape(status)}</code></td><td>{escape(reply.get('description', ''))}</td></tr>"
    yield "</table>"
    for status, reply in route.get("responses", {}).items():
        if status.startswith("2"):
            yield from _examples(described, reply.get("content", {}))


def _examples(described: Described, content: Described) -> Iterator[str]:
    for media in content.values():
        for example in _given(described, media):
            shown = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
            yield f"<pre>{escape(shown)}</pre>"


def _given(described: Described, media: Described) -> list[Any]:
    """The examples of a content, or of its schema."""
    if "example" in media:
        return [media["example"]]
    schema = media.get("schema", {})
    reference = schema.get("$ref", "")
    if reference.startswith(_SCHEMAS):
        schema = described["components"]["schemas"][reference.removeprefix(_SCHEMAS)]
    return list(schema.get("examples", ()))


def _form(described: Described, path: str, method: str, route: Described) -> str:
    """A form that sends the request."""
    content = route.get("requestBody", {}).get("content", {})
    fields = [
        f'<label>{escape(each["name"])} <input name="{escape(each["name"])}" data-in="{escape(each["in"])}"></label>'
        for each in route.get("parameters", ())
    ]
    kind = next(iter(content), "")
    if kind == _FORM:
        fields.append('<label>file <input type="file" multiple></label>')
    elif content:
        given = _given(described, content[kind])
        first = given[0] if given else ""
        shown = first if isinstance(first, str) else json.dumps(first, ensure_ascii=False, indent=2)
        fields.append(f'<label>body <textarea name="body" rows="8">{escape(shown)}</textarea></label>')
    return (
        f'<form data-path="{escape(path)}" data-method="{escape(method.upper())}" data-type="{escape(kind or _JSON)}">'
        f'<h3>Try it</h3>{"".join(fields)}<button>发送</button><pre hidden aria-live="polite"></pre></form>'
    )


@lru_cache
def _asset(name: str) -> str:
    return (files("qa.service") / "assets" / name).read_text(encoding="utf-8")
