"""The headers that keep a page to itself, added to every response of the server.

Plain ASGI, since a streamed answer must not wait for its end. Knows no route and no answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What a page may load: this server only. Inline scripts and 'unsafe-eval' are the chat page's framework's needs.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


class Headers:
    """Adds the security headers to every HTTP response of `app`; `portals` are origins that may frame its pages."""

    def __init__(self, app: ASGIApp, portals: Sequence[str] = ()) -> None:
        self.app = app
        self.headers = {"content-security-policy": " ".join((CONTENT_POLICY, *portals)), **_HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
