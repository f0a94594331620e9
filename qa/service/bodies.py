"""Bodies of requests: their kinds, how long they may be and how long they may take to arrive.

Knows the web framework's requests; it must not know what a body is for.
"""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.service.errors import Refusal

MAX_BODY = 1_000_000
"""Bytes of a request to the JSON interface, uploads aside."""

MAX_UPLOAD = 64_000_000
"""Bytes of one upload, all files together."""

_LIMITS = (
    ("/api/v1/documents", MAX_UPLOAD),
    ("/api", MAX_BODY),
    ("/v1", MAX_BODY),
    ("/mcp", MAX_BODY),
)
ARRIVAL_SECONDS = 30.0
"""How long the next part of a body may be waited for."""

JSON = "application/json"
LINES = "application/x-ndjson"
_LINES = (LINES, "application/jsonl", "application/jsonlines", "text/plain", "application/octet-stream")


async def body(request: Request) -> bytes:
    """The request's body; Bounds limits its length."""
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise Refusal(400, "cut_off", "请求没有发完。") from error


async def form_fields(request: Request, most: int) -> dict[str, str] | None:
    """The fields of a form, each as it was given last; None where it has more than `most` bytes."""
    sent = bytearray()
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > most:
            return None
    try:
        fields = parse_qs(sent.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:  # more fields than that
        return None
    return {name: values[-1] for name, values in fields.items()}


def content_type(request: Request) -> str:
    """The kind of the body, without parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def json_only(request: Request) -> None:
    """Refusal 415 for a body of another kind: what a form on another site could send is not taken for JSON."""
    kind = content_type(request)
    if not (kind == JSON or (kind.startswith("application/") and kind.endswith("+json"))):
        raise Refusal(415, "unsupported_type", f"不接受内容类型“{kind[:80]}”。", f"Content-Type: {JSON}")


def lines_only(request: Request) -> None:
    """Refusal 415 for a body that does not claim to be lines."""
    kind = content_type(request)
    if kind not in _LINES:
        raise Refusal(415, "unsupported_type", f"不接受内容类型“{kind[:80]}”。", f"Content-Type: {LINES}")


class Bounds:
    """Refuses a body that is longer than its address allows (413), and one that does not go on arriving (408)."""

    def __init__(self, app: ASGIApp, seconds: float = ARRIVAL_SECONDS) -> None:
        self.app, self.seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = _limit(scope["path"].removeprefix(scope.get("root_path", "")))
        told = dict(scope["headers"]).get(b"content-length", b"")
        if told.isdigit() and int(told[:20]) > limit:
            await _too_large(limit).response(Request(scope))(scope, receive, send)
            return
        await self.app(scope, self._bounded(receive, limit), send)

    def _bounded(self, receive: Receive, limit: int) -> Receive:
        size, whole = 0, False

        async def receive_next() -> Message:
            nonlocal size, whole
            if whole:  # what follows is the client's leaving, which may be waited for
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self.seconds)
            except TimeoutError:
                raise Refusal(408, "too_slow", "请求没有及时发完。", headers={"connection": "close"}) from None
            size += len(message.get("body", b""))
            if size > limit:
                raise _too_large(limit)
            whole = not message.get("more_body", False)
            return message

        return receive_next


def _limit(path: str) -> int:
    return next((limit for start, limit in _LIMITS if path.startswith(start)), MAX_UPLOAD)


def _too_large(limit: int) -> Refusal:
    # What is still on its way is not read: the connection cannot be used again.
    hint = "请缩短请求，或分几次发送。"
    return Refusal(413, "too_large", f"请求超过{limit}字节。", hint, {"connection": "close"})
