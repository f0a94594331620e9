"""Every request has an id, a line in the log, and a place in the figures.

Plain ASGI, the outermost layer. Knows when a request began and how it ended; it must not know what was asked.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import uuid
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

from qa.access import metrics
from qa.access.addresses import Peers, client_of
from qa.access.asgi import App, Message, Receive, Scope, Send, header, route_path, state
from qa.access.identity import Identity
from qa.access.rules import rule_for

# An id from outside is kept only where it can do no harm in a log or a header.
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_REQUEST: ContextVar[str] = ContextVar("request_id", default="")
_NOTES: ContextVar[MutableMapping[str, Any] | None] = ContextVar("notes", default=None)
_LONGEST_PATH = 300

log = logging.getLogger("wenbao.requests")


class Journal:
    """Names, times and counts every request of `app`, and believes of its address what `peers` allows."""

    def __init__(self, app: App, peers: Peers, lines: bool = False, questions: bool = False) -> None:
        self.app, self.peers, self.lines, self.questions = app, peers, lines, questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        self.peers.settle(scope)
        identifier = _identifier(scope)
        state(scope)["request_id"] = identifier
        _REQUEST.set(identifier)
        _NOTES.set(state(scope))
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        status = 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = [pair for pair in message.get("headers", ()) if pair[0].lower() != b"x-request-id"]
                message["headers"] = [*given, (b"x-request-id", identifier.encode())]
            await send(message)

        # Taken now: routers below write into the scope.
        path, method = route_path(scope), str(scope["method"])
        begun = time.perf_counter()
        metrics.began()
        try:
            await self.app(scope, receive, told)
        except Exception:
            status = status or 500
            raise
        finally:
            self._note(scope, path, method, status, time.perf_counter() - begun)

    def _note(self, scope: Scope, path: str, method: str, status: int, seconds: float) -> None:
        metrics.ended(rule_for(method, path).area, method, status, seconds)
        refused = str(state(scope).get("refused", ""))
        if refused:
            metrics.turned_away(refused)
        if not self.lines:
            return
        identity: Identity | None = state(scope).get("identity")
        line = {
            "request_id": state(scope)["request_id"],
            "method": method[:20],
            "path": path[:_LONGEST_PATH],
            "status": status,
            "ms": round(1000 * seconds, 1),
            "who": identity.who if identity else "-",
            "client": client_of(scope),
        }
        if refused:
            line["refused"] = refused
        if self.questions and state(scope).get("question"):
            line["question"] = state(scope)["question"]
        log.info("request", extra={"line": line})


def note_answer(question: str, refused: bool, milliseconds: float) -> None:
    """Counts an answer to the request that is being answered here; its line tells the question only if it is to."""
    metrics.answered(refused, milliseconds / 1000)
    notes = _NOTES.get()
    if notes is not None:
        notes["question"] = question


def _identifier(scope: Scope) -> str:
    sent = header(scope, b"x-request-id")
    return sent if _SANE.fullmatch(sent) else uuid.uuid4().hex


class Lines(logging.Formatter):
    """A log record as one line of JSON; what was being answered at the time is named by its request's id."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        identifier = _REQUEST.get()
        if identifier:
            told["request_id"] = identifier
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps({**told, **getattr(record, "line", {})}, ensure_ascii=False)


def start_lines() -> None:
    """From here on everything logged goes to standard error as JSON Lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(logging.INFO)
