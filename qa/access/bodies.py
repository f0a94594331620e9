"""A request's body within limits of size and time, and a reply that its reader takes within a limit of time.

The only place that bounds a body. Knows the protocol and the rules' sizes by name; it must not know who sends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from qa.access.asgi import App, Message, Receive, Scope, Send, header, headers, refuse, route_path, state
from qa.access.identity import Refused
from qa.access.rules import rule_for

SLOWEST = 20_000
"""Bytes a second below which a long upload is given up."""
STALLED = 60.0
"""Seconds after which a reader who takes nothing of the reply is given up."""

_CLOSE = (("connection", "close"),)


class _Stalled(Exception):  # noqa: N818 - ends one reply, not a defect
    """The reader has taken nothing for too long."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The most bytes of a body by its kind, and the seconds within which a short one must have come.

    `body` is a question's, `page` what the page's framework sends with one step, whose state goes along.
    """

    body: int = 1_000_000
    batch: int = 16_000_000
    upload: int = 64_000_000
    page: int = 8_000_000
    seconds: float = 30.0

    def of(self, kind: str) -> int:
        """The limit of a kind that a rule names: body, batch, upload or page."""
        limit: int = getattr(self, kind)
        return limit


class Bodies:
    """Bounds the body of every request of `app`, and answers for it where one is too large or too slow."""

    def __init__(self, app: App, sizes: Sizes) -> None:
        self.app, self.sizes = app, sizes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.sizes.of(rule_for(scope["method"], route_path(scope)).body)
        intake = Intake(scope, receive, send, limit, self.sizes.seconds)
        state(scope)["intake"] = intake
        try:
            await intake.run(self.app)
        except Refused as refused:
            await intake.refuse(refused)
        except asyncio.CancelledError:
            # The server ends and waits no longer for this answer: that is no defect, and it may be asked again.
            await intake.refuse(Refused(503, "stopping", "服务器正在停止。", "请稍后再试。", 5))


class Intake:
    """One request's body. At most `limit` bytes, within `seconds` and the time that the slowest upload may take."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int, seconds: float) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._limit, self._seconds = limit, seconds
        self._size = 0
        self._ended = False
        self._begun: float | None = None
        self._read: list[Message] = []
        self._refused: Refused | None = None
        self._started = False

    async def read(self) -> None:
        """Takes in the whole body. Refused with 413 or 408."""
        while not self._ended:
            message = await self._next()
            self._read.append(message)
            if message["type"] == "http.disconnect":
                return

    async def run(self, app: App) -> None:
        """Lets `app` answer; where the body turned out too large or too slow, that is the answer instead."""
        self._check_length()
        try:
            await app(self._scope, self._given, self._answer)
        except _Stalled:
            return
        except Exception:
            if self._refused is None or self._started:
                raise
        if self._refused is not None and not self._started:
            raise self._refused

    async def refuse(self, refused: Refused) -> None:
        """Answers with `refused`, unless an answer has begun; the rest of the body is not waited for."""
        state(self._scope)["refused"] = refused.code
        if not self._started:
            unread = self._begun is not None and not self._ended
            closes = refused.status in (408, 413) or refused.code == "stopping" or unread
            await refuse(self._scope, self._send, refused, _CLOSE if closes else ())

    def _check_length(self) -> None:
        told = header(self._scope, b"content-length")
        if len(headers(self._scope, b"content-length")) > 1 or (told and not told.isdecimal()):
            raise Refused(400, "bad_request", "Content-Length 无效。")
        if told and int(told) > self._limit:
            raise _too_large(self._limit)

    async def _next(self) -> Message:
        """The next message of the body."""
        self._check_length()
        loop = asyncio.get_running_loop()
        self._begun = loop.time() if self._begun is None else self._begun
        deadline = self._begun + self._seconds + self._size / SLOWEST
        try:
            async with asyncio.timeout_at(deadline):
                message = await self._receive()
        except TimeoutError:
            raise Refused(408, "too_slow", "请求正文没有及时送达。", "请检查网络后重试。") from None
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._ended = not message.get("more_body", False)
            if self._size > self._limit:
                raise _too_large(self._limit)
        return message

    async def _given(self) -> MutableMapping[str, Any]:
        if self._read:
            return self._read.pop(0)
        if self._ended:
            # Only the end of the connection can come now, and a stream may wait for it as long as it likes.
            return await self._receive()
        try:
            return await self._next()
        except Refused as refused:
            self._refused = refused
            raise

    async def _answer(self, message: Message) -> None:
        if self._refused is not None and not self._started:
            return
        self._started = True
        try:
            async with asyncio.timeout(STALLED):
                await self._send(message)
        except TimeoutError:
            raise _Stalled from None


def _too_large(limit: int) -> Refused:
    return Refused(413, "too_large", f"请求超过{limit}字节。", "请缩短请求，或分几次发送。")
