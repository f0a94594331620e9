"""Passwords: hashed with argon2id and compared in the same time whether the user exists or not.

The only file that knows the hashing library; it must not know users or requests.
"""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from index.errors import UserError

SHORTEST, LONGEST = 8, 200
"""Characters of a password; a longer one would let a stranger make the server hash for long."""

# RFC 9106's second recommendation, for servers with little memory: 64 MiB, three passes; about 0.1 s.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)


def hashed(password: str) -> str:
    """The hash to keep. UserError for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UserError(
            f"a password of {len(password)} characters", f"{SHORTEST} to {LONGEST}", "Choose another, such as a phrase."
        )
    return _HASHER.hash(password)


def matches(stored: str, password: str) -> bool:
    """Whether `password` is the one whose hash is `stored`; "" matches none and takes as long to say so."""
    try:
        return _HASHER.verify(stored or _nobodys(), password[: LONGEST + 1]) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_hex(16))
