"""Below a prefix such as /bao, whether the proxy in front strips it from the address or keeps it.

Plain ASGI around the whole server. Knows no route; nothing behind it needs to know of the prefix.
"""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import UserError

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_.~-]+)+")


def prefix_of(text: str) -> str:
    """`text` as "/a/b" without a slash at its end, or "" for none. UserError where it is no plain path."""
    prefix = "/" + text.strip("/") if text.strip("/") else ""
    if prefix and (not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/"))):
        raise UserError(f"the prefix {text!r}", "a path such as /bao", "Name it with --root-path.")
    return prefix


class Prefix:
    """`app` below `prefix`: every path is handed on as prefix + rest, with the prefix named as ASGI's root path."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app, self.prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "root_path": self.prefix, "path": self._whole(scope["path"])}
            if scope.get("raw_path") is not None:
                scope["raw_path"] = self._whole(scope["raw_path"].decode("latin-1")).encode("latin-1")
        await self.app(scope, receive, send)

    def _whole(self, path: str) -> str:
        kept = path == self.prefix or path.startswith(f"{self.prefix}/")
        return path if kept else self.prefix + path
