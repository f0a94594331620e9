"""What a portal needs to embed the assistant: its script, the page that goes into a frame, and who may frame it.

Knows the script's file and addresses; it must not know how the chat looks or answers.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response


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
