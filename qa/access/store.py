"""The file of keys, users and roles: read, checked, and written whole or not at all, for its owner's eyes alone.

Knows the file's form; it must not know passwords' algorithm, requests, or what a role may do.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from index.disk import flush
from index.errors import UserError
from qa.access.identity import ROLES

FORMAT = 1
DEFAULT = Path("data/access.json")
NAME = DEFAULT.name

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Key:
    """A program's key. `digest` is the SHA-256 of it; the key itself is shown once, when it is made, and not kept.

    `created`, `expires` and `revoked` are seconds since 1970, `expires` and `revoked` 0 for never. `rate` is in
    requests a minute, None for the server's. `documents` as in Identity; `areas` empty for all.
    """

    id: str
    name: str
    role: str
    digest: str
    created: float
    expires: float = 0.0
    revoked: float = 0.0
    rate: float | None = None
    areas: tuple[str, ...] = ()
    documents: tuple[str, ...] | None = None

    def live(self, now: float) -> bool:
        """Whether it opens anything at `now`."""
        return not self.revoked and (not self.expires or now < self.expires)


@dataclass(frozen=True, slots=True)
class User:
    """A person. `password` is the argon2 hash, "" for one whom only a trusted proxy can name.

    `changed` is when the password was set, in seconds since 1970: sessions from before it end.
    """

    name: str
    role: str
    password: str = ""
    changed: float = 0.0
    documents: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """The file's content. `roles` maps a role to the only documents it may see; a role not named sees all."""

    secret: str = ""
    keys: tuple[Key, ...] = ()
    users: tuple[User, ...] = ()
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def key(self, identifier: str) -> Key | None:
        return next((key for key in self.keys if key.id == identifier), None)

    def user(self, name: str) -> User | None:
        return next((user for user in self.users if user.name == name), None)

    def documents_of(self, role: str, own: tuple[str, ...] | None) -> frozenset[str] | None:
        """What a role's member with a limit of its own may see: what both allow."""
        shared = self.roles.get(role)
        if own is None or shared is None:
            only = own if shared is None else shared
            return None if only is None else frozenset(only)
        return frozenset(own) & frozenset(shared)


def read(path: Path) -> Register:
    """The register in `path`, an empty one where there is no file. UserError where it is damaged or open to others."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read()
    except FileNotFoundError:
        return Register()
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror})", "a readable file", "Check its owner.") from error
    if mode & 0o077:
        raise UserError(f"{path} has mode {mode:04o}", "0600: it guards keys and logins", f"Run: chmod 600 {path}")
    try:
        return _parsed(json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        remedy = "Restore it from a backup, or move it away and make the keys and users anew."
        raise UserError(f"{path} is damaged ({error})", f"a register of format {FORMAT}", remedy) from error


def _parsed(told: Any) -> Register:
    if told["format"] != FORMAT:
        raise ValueError(f"format {told['format']}")
    keys = tuple(Key(**{**k, "areas": tuple(k["areas"]), "documents": _ids(k["documents"])}) for k in told["keys"])
    users = tuple(User(**{**user, "documents": _ids(user["documents"])}) for user in told["users"])
    named = {key.role for key in keys} | {user.role for user in users} | set(told["roles"])
    if named - set(ROLES):
        raise ValueError("a role that does not exist")
    return Register(str(told["secret"]), keys, users, {role: tuple(ids) for role, ids in told["roles"].items()})


def _ids(told: Any) -> tuple[str, ...] | None:
    return None if told is None else tuple(str(item) for item in told)


def change(path: Path, edit: Callable[[Register], Register]) -> Register:
    """Applies `edit` to the register in `path` and writes it; two writers wait for each other.

    The file is replaced at once and flushed; whoever reads meanwhile has the one before.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path.with_suffix(".lock")):
            edited = edit(read(path))
            edited = edited if edited.secret else replace(edited, secret=secrets.token_hex(32))
            _write(path, edited)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror})", "a folder to write in", "Check it.") from error
    return edited


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, register: Register) -> None:
    told = {"format": FORMAT, **asdict(register)}
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(told, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    flush(path.parent)


class Watched:
    """The register as a running server sees it: what a command changes counts from the next request on."""

    def __init__(self, path: Path) -> None:
        """UserError as `read`."""
        self.path = path
        self._stamp = self._look()
        self._register = read(path)

    def now(self) -> Register:
        """The current register. A file that has become unreadable opens nothing: it is logged and read as empty."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._register = read(self.path)
            except UserError as error:
                log.error("no key and no login is accepted any more: %s", error)
                self._register = Register()
        return self._register

    def _look(self) -> tuple[int, int, int, int] | None:
        try:
            told = self.path.stat()
        except OSError:
            return None
        return told.st_mtime_ns, told.st_ino, told.st_size, told.st_mode
