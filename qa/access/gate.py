"""The middleware at the door: who sends this, may they, have they asked too much, is there a place to work.

Knows the guard; it must not know what lies behind the door.
"""

from __future__ import annotations

from contextlib import nullcontext
from urllib.parse import quote

from qa.access.addresses import client_of
from qa.access.asgi import App, Receive, Scope, Send, refuse, reply, route_path, state, wants_page
from qa.access.bodies import Intake
from qa.access.guard import Guard, set_caller
from qa.access.identity import Identity, Refused
from qa.access.rules import Rule, rule_for


class Gate:
    """Lets through what the guard admits, within the limits; answers the rest itself. Stands inside of Bodies."""

    def __init__(self, app: App, guard: Guard) -> None:
        self.app, self.guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        rule = rule_for(scope["method"], route_path(scope))
        try:
            self._let_in(scope, rule)
        except Refused as refused:
            set_caller(scope, None)
            if refused.status == 401 and wants_page(scope) and not _has_key(scope):
                await reply(scope, send, 303, "text/plain", b"", [("location", _login(scope))])
            else:
                more = [("www-authenticate", "Bearer")] if refused.status == 401 else []
                await refuse(scope, send, refused, more)
            return
        await self._serve(scope, rule, receive, send)

    def _let_in(self, scope: Scope, rule: Rule) -> None:
        identity: Identity | None = None
        try:
            identity = self.guard.authenticate(scope)
        finally:
            # Who cannot say who they are pays by address.
            named = identity is not None and identity.means != "local"
            who = identity.who if identity is not None and named else f"address:{client_of(scope)}"
            cost = rule.cost if identity is not None or not rule.role else max(rule.cost, 0.1)
            self.guard.buckets.spend(who, cost, identity.rate if identity else None)
        set_caller(scope, identity)
        self.guard.admit(scope, identity, rule)

    async def _serve(self, scope: Scope, rule: Rule, receive: Receive, send: Send) -> None:
        if rule.slots and rule.body != "upload":
            # Read before a place is taken: slow senders must not hold places.
            intake: Intake = state(scope)["intake"]
            await intake.read()
        slots = self.guard.slots.get(rule.slots)
        async with slots.place() if slots else nullcontext():
            await self.app(scope, receive, send)


def _has_key(scope: Scope) -> bool:
    return any(name == b"authorization" for name, _ in scope.get("headers", ()))


def _login(scope: Scope) -> str:
    """The login page, which leads back to what was asked for."""
    root = str(scope.get("root_path", ""))
    query = scope.get("query_string", b"").decode("latin-1")
    wanted = route_path(scope).lstrip("/") + (f"?{query}" if query else "")
    return f"{quote(root)}/login?next={quote('/' + wanted, safe='/')}"
