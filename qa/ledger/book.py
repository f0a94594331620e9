"""The ledger as a whole: its parts over one database, its policy, copies of it, its end. Knows no table."""

from __future__ import annotations

from pathlib import Path

from qa.ledger.audit import Audit
from qa.ledger.conversations import Conversations
from qa.ledger.database import Database, open_database
from qa.ledger.feedback import FeedbackBook
from qa.ledger.records import Policy
from qa.ledger.review import Review
from qa.ledger.settings import Key, check_policy, read_policy, write_policy


class Ledger:
    """For any number of threads, and for several processes over one file. Opened by `open_ledger`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.path = database.path
        self.audit = Audit(database, Key(database.path))
        self.feedback = FeedbackBook(database)
        self.conversations = Conversations(database)
        self.review = Review(database)

    @property
    def policy(self) -> Policy:
        """What is kept, and for how long."""
        with self._database.read() as connection:
            return read_policy(connection)

    def set_policy(self, policy: Policy) -> None:
        """Puts `policy` in force, at once and in every process over this file. UserError, Unwritten."""
        check_policy(policy)
        self._database.write(lambda connection: write_policy(connection, policy))

    @property
    def waiting(self) -> int:
        """Writes that wait for the disk."""
        return self._database.waiting

    def copy_to(self, path: Path) -> None:
        """A whole copy of one moment, while others go on writing. OSError or sqlite3.Error where it cannot be made."""
        self._database.copy_to(path)

    def close(self) -> None:
        """Writes what waits and closes the file; later writes raise Unwritten (the audit: are counted as lost)."""
        self._database.close()


def open_ledger(path: Path) -> Ledger:
    """The ledger in the SQLite file `path`, made where there is none, brought to the newest version where it is older.

    UserError where the file is no ledger, is damaged, was written by a newer version or cannot be written.
    """
    return Ledger(open_database(path))
