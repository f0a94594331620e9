"""The layers around the HTTP service, in their order: journal outermost, then the service's own, then the gate.

Knows the layers and Site; it must not know the routes.
"""

from __future__ import annotations

from typing import Any, Protocol

from qa.access import metrics
from qa.access.addresses import Peers
from qa.access.bodies import Bodies, Sizes
from qa.access.gate import Gate
from qa.access.guard import Guard
from qa.access.journal import Journal
from qa.access.ready import Readiness, WarmUp
from qa.site import Site


class Layered(Protocol):
    """What the layers are put around; the last added is the outermost."""

    def add_middleware(self, middleware_class: Any, **options: Any) -> None: ...


def protect(app: Layered, site: Site) -> None:
    """The gate, next to the routes, and the bounds of bodies around it.

    Without a guard every request may do everything, as in a program of one's own; bodies are bounded all the same.
    """
    guard: Guard | None = site.guard
    if guard is not None:
        app.add_middleware(Gate, guard=guard)
    app.add_middleware(Bodies, sizes=guard.settings.sizes if guard else Sizes())


def observe(app: Layered, site: Site, readiness: Readiness) -> None:
    """The journal and the warm-up, around everything that `app` has by now."""
    settings = site.guard.settings if site.guard is not None else None
    metrics.watch(lambda: len(site.assistant.index.documents), lambda: readiness.ready)
    app.add_middleware(WarmUp, readiness=readiness)
    app.add_middleware(
        Journal,
        peers=settings.peers if settings else Peers(),
        lines=bool(settings and settings.log_requests),
        questions=bool(settings and settings.log_questions),
    )
