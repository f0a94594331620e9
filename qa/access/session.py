"""Sessions: a signed cookie that says who logged in and until when. It holds nothing secret and cannot be forged.

Knows signing; it must not know passwords, roles or requests.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

COOKIE = "wenbao_session"
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """Who logged in. `begun` and `ends` are seconds since 1970; `number` tells one login from another."""

    name: str
    begun: float
    ends: float
    number: str


def new_session(name: str, now: float, seconds: float) -> Session:
    """A login of `name` that lasts `seconds`."""
    return Session(name, now, now + seconds, secrets.token_hex(8))


def sealed(session: Session, secret: str) -> str:
    """The cookie's value, in characters that a cookie may hold."""
    told = json.dumps([session.name, session.begun, session.ends, session.number], ensure_ascii=False).encode()
    content = base64.urlsafe_b64encode(told).decode().rstrip("=")
    return f"{content}.{_signature(content, secret)}"


def opened(value: str, secret: str, now: float) -> Session | None:
    """The session that was sealed with `secret`; None for a forged, damaged or ended one."""
    content, _, signature = value.rpartition(".")
    if not secret or len(value) > LONGEST or not value.isascii():
        return None
    if not hmac.compare_digest(signature, _signature(content, secret)):
        return None
    try:
        name, begun, ends, number = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    except (ValueError, binascii.Error):
        return None
    return Session(str(name), float(begun), float(ends), str(number)) if now < float(ends) else None


def _signature(content: str, secret: str) -> str:
    # The purpose is part of what is signed: a signature made for anything else does not open a session.
    return hmac.new(bytes.fromhex(secret), b"session:" + content.encode(), hashlib.sha256).hexdigest()


def cookie_value(header: str) -> str:
    """The session cookie in a Cookie header; "" where there is none, or more than one and no way to choose."""
    found = [part.strip().partition("=") for part in header.split(";")]
    values = [value.strip() for name, _, value in found if name == COOKIE]
    return values[0] if len(values) == 1 else ""


def cookie_header(value: str, path: str, seconds: float, secure: bool) -> str:
    """The Set-Cookie header; 0 `seconds` removes the cookie."""
    kept = f"Max-Age={int(seconds)}; Path={path or '/'}; HttpOnly; SameSite=Lax"
    return f"{COOKIE}={value}; {kept}{'; Secure' if secure else ''}"
