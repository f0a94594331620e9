"""What a portal needs to embed the assistant: its script, the page that goes into a frame, and who may frame it.

Knows the script's file and addresses; it must not know how the chat looks or answers.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from index.errors import UserError


def portal_origin(text: str) -> str:
    """The origin of a portal as browsers write it, such as "https://portal.example:8443"; UserError for anything else.

    It goes into a header as it is, so nothing but a scheme, a host and a port is let through.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    plain = host.isascii() and not any(c in host for c in " ;,'\"*\\<>%")
    if parts.scheme not in ("http", "https") or not host or not plain or parts.username or parts.password:
        raise _no_origin(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise _no_origin(text)
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, usual) else "")


def _no_origin(text: str) -> UserError:
    return UserError(
        f"the portal {text[:80]!r}", "scheme and host such as https://portal.example", "Name it with --portal."
    )


def add_widget(app: FastAPI) -> None:
    """Adds /embed.js and /chat, the address of the page inside a frame."""
    script = (files("qa") / "page" / "embed.js").read_bytes()
    tag = f'"{sha256(script).hexdigest()[:16]}"'
    headers = {"etag": tag, "cache-control": "public, max-age=3600", "cross-origin-resource-policy": "cross-origin"}

    @app.get("/embed.js", include_in_schema=False)
    def embed(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(script, media_type="text/javascript", headers=headers)

    @app.get("/chat", include_in_schema=False)
    def chat(request: Request) -> RedirectResponse:
        # Relative, so that it holds behind any prefix; the chat page itself understands the query.
        return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./", 307)
