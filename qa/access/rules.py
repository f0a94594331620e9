"""What a path belongs to: the part of the interface, the role it asks for, and how much work it makes.

Knows paths and methods; it must not know who asks. What is named nowhere here asks for a reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.access.asgi import SAFE

AREAS = ("page", "api", "openai", "mcp", "documents", "keeper", "metrics")
"""The parts of the interface that a key can be limited to."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`role` is "" where nobody needs to say who they are. `cost` is in requests of the rate limit.

    `slots` names the pool of concurrent work: "ask", "batch", "page", "upload", or "" where the request makes none to
    speak of. `document` is the id in the path, "" where there is none. `body` names the limit of its body's size in
    bodies.Sizes.
    """

    area: str
    role: str = "reader"
    cost: float = 0.02
    slots: str = ""
    document: str = ""
    body: str = "body"


_OPEN = {"/healthz": 0.0, "/readyz": 0.0, "/login": 0.2, "/logout": 0.2, "/embed.js": 0.02}
_DOCUMENT = re.compile(r"/(?:doc|api/v1/documents)/([^/]+)")
_KEEPER = re.compile(r"/(?:keeper|api/v1/(?:keeper|audit|feedback/export|stats))(?:/|$)")
_PAGE_WORK = re.compile(r"/gradio_api/(?:run/|api/)|/desk/turn/[^/]+/why$")
# What is put into the queue of the page's framework counts for the rate, and waits there.
_PAGE_QUEUE = re.compile(r"/gradio_api/(?:queue/join|call/)")


def rule_for(method: str, path: str) -> Rule:
    """The rule for a request of `method` to `path`, which is relative to the server's prefix."""
    if path in _OPEN:
        return Rule("page", "", _OPEN[path])
    writes = method not in SAFE
    if path == "/metrics":
        return Rule("metrics", "keeper", 0.0)
    if _KEEPER.match(path):
        return Rule("keeper", "keeper")
    found = _DOCUMENT.match(path)
    if found or _under(path, "/api/v1/documents") or _under(path, "/doc"):
        document = found[1] if found else ""
        if writes:
            return Rule("documents", "keeper", 1.0, "upload", document, "upload")
        return Rule("documents", "reader", 0.1, "", document)
    if path.rstrip("/") == "/api/v1/batch":
        # A batch works for minutes: it must not take the places of those who wait for one answer.
        return Rule("api", "reader", 10.0, "batch", body="batch")
    if _under(path, "/api"):
        return Rule("api", "reader", 1.0 if writes else 0.1, "ask" if writes else "")
    if _under(path, "/v1"):
        return Rule("openai", "reader", 1.0 if writes else 0.1, "ask" if writes else "")
    if _under(path, "/mcp"):
        return Rule("mcp", "reader", 1.0 if writes else 0.1, "ask" if method == "POST" else "")
    if _PAGE_WORK.match(path):
        return Rule("page", "reader", 0.5, "page", body="page")
    return Rule("page", "reader", 1.0 if _PAGE_QUEUE.match(path) else 0.02, body="page")


def _under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
