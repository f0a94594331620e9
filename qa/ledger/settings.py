"""What the ledger keeps and for how long, written in the ledger itself so that every process obeys it at once.

Also the digests that stand for texts where none may be kept; their key lies in a file of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import sqlite3
from dataclasses import asdict
from pathlib import Path

from index.errors import UserError
from index.fold import fold
from qa.ledger.records import Policy

_NAME = "policy"


def read_policy(connection: sqlite3.Connection) -> Policy:
    """The policy in force; everything for ever where none was set."""
    row = connection.execute("SELECT value FROM setting WHERE name = ?", (_NAME,)).fetchone()
    return Policy(**json.loads(row[0])) if row else Policy()


def write_policy(connection: sqlite3.Connection, policy: Policy) -> None:
    """Puts `policy` in force for all rows to come, and for the next rotation."""
    connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (_NAME, json.dumps(asdict(policy))))


def check_policy(policy: Policy) -> None:
    """UserError for a limit below zero or an archive that is no folder to write to."""
    if min(policy.days, policy.rows, policy.conversation_days) < 0:
        raise UserError("a limit below zero", "a number of days or rows, 0 for no limit", "Give a number from 0.")
    if policy.archive:
        folder = Path(policy.archive)
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise UserError(f"the archive {folder}", "a folder that can be written", "Make it first.")


def folded(question: str) -> str:
    """What questions of the same wording have in common: no case, width, script, blanks or marks."""
    return re.sub(r"[\W_]+", "", fold(question)) or question.strip()


class Key:
    """The key of the digests: 32 random bytes beside the ledger, made when first needed, for its owner's eyes only."""

    def __init__(self, ledger: Path) -> None:
        self.path = ledger.with_suffix(".key")
        self._bytes = b""

    def digest(self, text: str) -> str:
        """Keyed SHA-256 (HMAC) in hex: equal texts, equal digests. OSError where the key cannot be read or made."""
        if not self._bytes:
            self._bytes = self._read()
        return hmac.new(self._bytes, text.encode("utf-8", "backslashreplace"), hashlib.sha256).hexdigest()

    def _read(self) -> bytes:
        if not self.path.exists():
            # Written whole under another name first: a second process must not read half of it, or make its own.
            draft = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, self.path)
            draft.unlink()
        found = self.path.read_bytes()
        if len(found) != 32:
            raise OSError(f"{self.path} holds {len(found)} bytes, wanted a key of 32")
        return found
