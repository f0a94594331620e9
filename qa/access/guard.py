"""Who a request comes from, and whether they may: keys, logins, a trusted proxy's word, roles and documents.

Knows the register and the rules; it must not know the web framework or how an answer comes about.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qa.access.addresses import Peers, local_name
from qa.access.asgi import SAFE, Scope, header, headers, state
from qa.access.bodies import Sizes
from qa.access.identity import LOCAL, PASSER, Identity, Refused
from qa.access.limits import Buckets, Slots
from qa.access.rules import Rule
from qa.access.session import Session, cookie_value, new_session, opened, sealed
from qa.access.store import Key, Register, Watched

if TYPE_CHECKING:
    from qa.assistant import Assistant

PREFIX = "wb"
LONGEST_NAME = 100

log = logging.getLogger(__name__)

_CALLER: ContextVar[Identity | None] = ContextVar("caller", default=None)


def new_key() -> tuple[str, str, str]:
    """A key made now: its id, the key to hand out (256 random bits), and the digest to keep."""
    identifier = secrets.token_hex(4)
    key = f"{PREFIX}_{identifier}_{secrets.token_urlsafe(32)}"
    return identifier, key, _digest(key)


def _digest(key: str) -> str:
    # No salt and no slow hash: what is hashed is random and too long to be tried out.
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server was started with. Times are in seconds, the rate in requests a minute.

    `required` is False where nobody needs to say who they are. `proxy_role` is the role of a user whom the proxy names
    and the register does not, "" to turn them away. `portals` are the origins of other sites whose pages may send.
    """

    required: bool = False
    peers: Peers = field(default_factory=Peers)
    user_header: str = "x-forwarded-user"
    proxy_role: str = "reader"
    portals: tuple[str, ...] = ()
    session_seconds: float = 12 * 3600.0
    rate: float = 0.0
    places: int = 4
    queue: int = 16
    patience: float = 10.0
    sizes: Sizes = field(default_factory=Sizes)
    log_requests: bool = False
    log_questions: bool = False


class Guard:
    """Keeps one server's door. Shared by all requests; what the register's commands change counts at once."""

    def __init__(self, register: Watched, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.register = register
        self.buckets = Buckets(self.settings.rate)
        self.logins = Buckets(10.0, burst=10.0)
        places, queue, patience = self.settings.places, self.settings.queue, self.settings.patience
        self.slots = {
            "ask": Slots(places, queue, patience),
            # A question from the page is three requests, and its reader waits rather than sends it again.
            "page": Slots(places, 10 * queue, 3 * patience),
            "batch": Slots(min(places, 2), 2, patience),
            "upload": Slots(min(places, 2), queue, patience),
            # Hashing a password takes memory, so that few may be tried at once.
            "login": Slots(2, 20, 10.0),
        }
        self.finders: list[Callable[[], Scope | None]] = []
        self._ended: dict[str, float] = {}

    # Who

    def authenticate(self, scope: Scope) -> Identity | None:
        """Who sends this request; None for nobody we know. Refused for a key or a header that is wrong."""
        register = self.register.now()
        bearer = self._bearer(scope, register)
        if bearer is not None:
            return bearer
        if self.settings.peers.trusts(state(scope).get("peer")):
            named = headers(scope, self.settings.user_header.encode())
            if named:
                return self._proxied(named, register)
        session = self.session(scope)
        if session is not None:
            user = register.user(session.name)
            assert user is not None  # `session` looked
            return Identity(user.name, user.role, register.documents_of(user.role, user.documents), "user")
        if self.settings.required:
            return None
        here = state(scope).get("direct") and local_name(scope)
        anyone = LOCAL if here else PASSER
        return replace(anyone, documents=register.documents_of(anyone.role, None))

    def _bearer(self, scope: Scope, register: Register) -> Identity | None:
        told = headers(scope, b"authorization")
        if not told or (len(told) == 1 and told[0][:7].lower() != "bearer "):
            return None
        key = self._key(told[0][7:].strip(), register) if len(told) == 1 else None
        if key is not None:
            documents = register.documents_of(key.role, key.documents)
            return Identity(key.name, key.role, documents, "key", frozenset(key.areas), key.rate)
        # Clients of other interfaces send something even where nothing is asked for.
        if self.settings.required:
            raise Refused(401, "bad_key", "接口密钥无效。", "请向管理员索取有效的密钥。")
        return None

    def _key(self, sent: str, register: Register) -> Key | None:
        parts = sent.split("_", 2)
        if len(parts) != 3 or parts[0] != PREFIX or not sent.isascii():
            return None
        found = register.key(parts[1])
        same = hmac.compare_digest(_digest(sent), found.digest if found else "0" * 64)
        return found if found and same and found.live(time.time()) else None

    def _proxied(self, named: list[str], register: Register) -> Identity | None:
        try:
            name = named[0].encode("latin-1").decode("utf-8").strip()
        except UnicodeDecodeError:
            name = ""
        if len(named) != 1 or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise Refused(400, "bad_user", "代理给出的用户名无效。", "请检查代理的设置。")
        user = register.user(name)
        if user is None and not self.settings.proxy_role:
            raise Refused(403, "unknown_user", "该用户没有权限。", "请联系管理员。")
        role = user.role if user else self.settings.proxy_role
        return Identity(name, role, register.documents_of(role, user.documents if user else None), "proxy")

    # Sessions

    def session(self, scope: Scope) -> Session | None:
        """The login that this request's cookie proves, of a user who still has that password."""
        value = cookie_value("; ".join(headers(scope, b"cookie")))
        if not value:
            return None
        register = self.register.now()
        session = opened(value, register.secret, time.time())
        user = register.user(session.name) if session else None
        if session is None or user is None or not user.password or session.number in self._ended:
            return None
        return session if session.begun >= user.changed else None

    def begin(self, name: str) -> str:
        """The cookie's value for a user who has just given the right password."""
        return sealed(new_session(name, time.time(), self.settings.session_seconds), self.register.now().secret)

    def end(self, session: Session) -> None:
        """Ends one login: its cookie opens nothing any more, as long as this server runs."""
        now = time.time()
        self._ended = {number: ends for number, ends in self._ended.items() if ends > now}
        self._ended[session.number] = session.ends

    # Whether

    def admit(self, scope: Scope, identity: Identity | None, rule: Rule) -> None:
        """Refused where `identity` may not do what `rule` tells of this request."""
        if identity is None:
            if rule.role:
                raise Refused(
                    401, "unauthorized", "需要登录或接口密钥。", "请先登录，或在 Authorization 头中给出密钥。"
                )
        elif identity.areas and rule.area not in identity.areas and rule.role:
            raise Refused(403, "forbidden", "这个密钥不能用于此接口。", "请向管理员索取权限。")
        elif rule.role and not identity.may(rule.role):
            raise Refused(403, "forbidden", "没有权限。", "请向管理员索取权限。")
        elif rule.document and not identity.sees(rule.document):
            # The same as for one that does not exist: whether it does is nobody else's business.
            raise Refused(404, "no_document", "没有这份报告。", "请查看报告列表。")
        elif rule.slots == "upload" and identity.documents is not None and not rule.document:
            raise Refused(403, "forbidden", "只能更改限定范围内的报告。", "请向管理员索取权限。")
        if scope.get("method") not in SAFE and (identity is None or identity.means != "key"):
            self._own_page(scope)

    def _own_page(self, scope: Scope) -> None:
        """Refused where a page of another site makes the user's browser send: their cookie would speak for it."""
        origin = header(scope, b"origin").lower()
        if origin and origin in self.settings.portals:
            return
        fetched = header(scope, b"sec-fetch-site")
        if fetched in ("same-origin", "none"):
            return
        hosts = {header(scope, b"host").lower()}
        if state(scope).get("peer") is not None and not state(scope).get("direct"):
            hosts |= {part.strip().lower() for part in header(scope, b"x-forwarded-host").split(",")} - {""}
        if fetched or headers(scope, b"origin"):
            try:
                sender = urlsplit(origin).netloc
            except ValueError:
                sender = ""
            if fetched or not sender or sender not in hosts:
                raise Refused(403, "other_site", "请求来自其他网站。", "请从本站页面操作。")

    # For everyone else

    def identity(self, scope: Scope | None = None) -> Identity:
        """Who sends the request of `scope`, or, without one, the request that is being answered here.

        Outside of any request it is the server itself, which may do everything.
        """
        if scope is not None:
            found: Identity | None = state(scope).get("identity")
            return found or LOCAL
        return caller(self.finders)

    def view(self, assistant: Assistant) -> Assistant:
        """`assistant` as whoever is being answered may see it."""
        documents = self.identity().documents
        if documents is None:
            return assistant
        from qa.access.view import limited

        return limited(assistant, documents)


def caller(finders: list[Callable[[], Scope | None]] | None = None) -> Identity:
    """Who sent the request that is being answered here; LOCAL outside of any.

    `finders` tell of requests that are answered outside of their own task, as the page's queue does.
    """
    for find in finders or ():
        scope = find()
        if scope is not None:
            found: Identity | None = state(scope).get("identity")
            return found or LOCAL
    return _CALLER.get() or LOCAL


def set_caller(scope: MutableMapping[str, object], identity: Identity | None) -> None:
    """Notes in the request and in its task who sent it."""
    state(scope)["identity"] = identity
    _CALLER.set(identity)
