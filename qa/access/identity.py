"""The nouns of access: who asks, in which role, and what a reply that is no success says.

Knows no file, no password and no web framework.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ROLES = ("reader", "keeper", "admin")
"""Each may do what those before it may: ask and read; keep documents, audit and figures; everything."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. `documents` are the ids of the only documents it may see, None for all of them.

    `means` tells how it was recognised: key, user (a login of ours), proxy (a header of a trusted proxy) or local
    (nobody was asked to tell). `areas` are the only parts of the interface a key opens, empty for all its role opens.
    `rate` is a key's own limit in requests a minute, None for the server's.
    """

    name: str
    role: str
    documents: frozenset[str] | None = None
    means: str = "local"
    areas: frozenset[str] = frozenset()
    rate: float | None = None

    @property
    def who(self) -> str:
        """The name as logs, limits and the audit write it; the same name by two means is two."""
        return self.name if self.means == "local" else f"{self.means}:{self.name}"

    def may(self, role: str) -> bool:
        """Whether it may do what `role` may."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def sees(self, document: str) -> bool:
        """Whether it may see the document of this id."""
        return self.documents is None or document in self.documents

    def visible(self, documents: Iterable[str]) -> tuple[str, ...]:
        """Those of `documents` that it may see, in their order."""
        return tuple(name for name in documents if self.sees(name))


LOCAL = Identity("local", "admin")
"""Who sits at the machine itself, where no login is asked for."""

PASSER = Identity("anyone", "reader")
"""Who comes to such a server from elsewhere, through a proxy in front of it or under a foreign name."""


class Refused(Exception):  # noqa: N818 - a reply, not a defect
    """A reply other than success; `message` and `hint` are one line each, `retry_after` is in seconds, 0 for none."""

    def __init__(self, status: int, code: str, message: str, hint: str = "", retry_after: int = 0) -> None:
        self.status, self.code, self.message, self.hint, self.retry_after = status, code, message, hint, retry_after
        super().__init__(message)
