"""Ready: true once the assistant has answered a question, so that nobody waits for what is loaded on first use.

Knows Site and Assistant.ask; it must not know the web framework.
"""

from __future__ import annotations

import logging
import threading

from qa.access.asgi import App, Receive, Scope, Send
from qa.site import Site

WARM_UP = "今年的主要目标是什么？"
PAUSE = 5.0
"""Seconds between attempts."""

log = logging.getLogger(__name__)


class Readiness:
    """Asks the warm-up question until it is answered or refused, on a thread of its own."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._done = threading.Event()
        self._begun = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether the question was answered; the first to ask makes it be asked."""
        if not self._done.is_set() and self._begun.acquire(blocking=False):
            threading.Thread(target=self._warm, name="warm-up", daemon=True).start()
        return self._done.is_set()

    def _warm(self) -> None:
        while not self._done.is_set():
            try:
                self._site.assistant.ask(WARM_UP)
            except Exception:
                log.exception("the warm-up question was not answered")
                self._done.wait(PAUSE)
            else:
                self._done.set()


class WarmUp:
    """Begins the warm-up when the server starts, not when it is first asked whether it is ready."""

    def __init__(self, app: App, readiness: Readiness) -> None:
        self.app, self.readiness = app, readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            _ = self.readiness.ready
        await self.app(scope, receive, send)
