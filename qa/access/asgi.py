"""The little of ASGI that the middlewares here need: headers, paths, whole replies.

Knows the protocol and no framework; it must not know what is allowed to whom.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from qa.access.identity import Refused

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def headers(scope: Scope, name: bytes) -> list[str]:
    """Every value of the header `name` (in lower case), in the order they came."""
    return [value.decode("latin-1") for key, value in scope.get("headers", ()) if key == name]


def header(scope: Scope, name: bytes) -> str:
    """The value of the header `name`; "" where it is missing, and where it came twice and cannot be trusted."""
    found = headers(scope, name)
    return found[0] if len(found) == 1 else ""


def route_path(scope: Scope) -> str:
    """The path that the router compares, without the prefix under which the server stands."""
    path, root = str(scope.get("path", "")), str(scope.get("root_path", ""))
    inside = root and path.startswith(root) and path[len(root) :][:1] in ("", "/")
    return path[len(root) :] if inside else path


def wants_page(scope: Scope) -> bool:
    """Whether a person's browser asks for a page, and not a program for data."""
    return scope.get("method") in ("GET", "HEAD") and "text/html" in header(scope, b"accept")


def state(scope: Scope) -> MutableMapping[str, Any]:
    """What the request carries from one layer to the next."""
    found: MutableMapping[str, Any] = scope.setdefault("state", {})
    return found


async def reply(
    scope: Scope, send: Send, status: int, kind: str, body: bytes, more: Iterable[tuple[str, str]] = ()
) -> None:
    """Sends a whole reply of the media type `kind`."""
    told = [("content-type", kind), ("content-length", str(len(body))), ("cache-control", "no-store"), *more]
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": b"" if scope.get("method") == "HEAD" else body})


async def refuse(scope: Scope, send: Send, refused: Refused, more: Iterable[tuple[str, str]] = ()) -> None:
    """The reply that tells `refused`: the error object, or a line of text for a person's browser."""
    state(scope)["refused"] = refused.code
    if refused.retry_after:
        more = [*more, ("retry-after", str(refused.retry_after))]
    identifier = str(state(scope).get("request_id", ""))
    if wants_page(scope):
        text = f"{refused.message}{refused.hint}\n（{identifier}）\n"
        await reply(scope, send, refused.status, "text/plain; charset=utf-8", text.encode(), more)
        return
    told = {"code": refused.code, "message": refused.message, "hint": refused.hint, "request_id": identifier}
    body = json.dumps({"error": told}, ensure_ascii=False).encode()
    await reply(scope, send, refused.status, "application/json", body, more)
