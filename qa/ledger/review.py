"""What the keeper looks at: unanswered and disputed questions by wording, what is done, and the days' use.

Knows the database; it must not know the page that shows it.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from qa.ledger.audit import COLUMNS, audit_row
from qa.ledger.columns import clean, now, stamp
from qa.ledger.database import Database
from qa.ledger.feedback import FIELDS, feedback_of
from qa.ledger.records import Done, Group, Use

UNANSWERED, DISPUTED = "unanswered", "disputed"
KINDS = (UNANSWERED, DISPUTED)

_WORDS = 20  # of feedback that a group shows

# Every wording with something refused or voted down since it was last done, with what is counted since then.
_OPEN = """
    WITH since AS (
        SELECT wording, coalesce(done.audit, 0) AS row, coalesce(done.feedback, 0) AS word
        FROM (SELECT DISTINCT wording FROM audit WHERE refused
              UNION SELECT wording FROM feedback JOIN audit ON audit.number = feedback.audit WHERE NOT helpful)
        LEFT JOIN done USING (wording)
    ),
    rows AS (
        SELECT since.wording, count(*) AS asked, sum(refused) AS refused, max(number) AS last
        FROM since JOIN audit ON audit.wording = since.wording AND audit.number > since.row
        GROUP BY since.wording
    ),
    words AS (
        SELECT since.wording, sum(NOT helpful) AS down, sum(helpful) AS up, max(feedback.number) AS last
        FROM since JOIN audit ON audit.wording = since.wording
        JOIN feedback ON feedback.audit = audit.number AND feedback.number > since.word
        GROUP BY since.wording
    ),
    open AS (
        SELECT since.wording, since.row, since.word, coalesce(asked, 0) AS asked, coalesce(refused, 0) AS refused,
            coalesce(down, 0) AS down, coalesce(up, 0) AS up,
            coalesce(rows.last, 0) AS last_row, coalesce(words.last, 0) AS last_word
        FROM since LEFT JOIN rows ON rows.wording = since.wording LEFT JOIN words ON words.wording = since.wording
    )
"""
_WANTED = {
    UNANSWERED: ("refused > 0", "refused DESC, asked DESC, last_row DESC"),
    DISPUTED: ("down > 0", "down DESC, asked DESC, last_word DESC"),
}


class Review:
    """The keeper's part of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def groups(self, kind: str, limit: int = 50, offset: int = 0) -> tuple[Group, ...]:
        """The open groups of a kind of KINDS, most frequent first: by refusals, or by votes against."""
        wanted, order = _WANTED[kind]
        with self._database.read() as connection:
            found = connection.execute(
                f"{_OPEN} SELECT wording, row, word, asked, refused, down, up, last_row, last_word FROM open"
                f" WHERE {wanted} ORDER BY {order} LIMIT ? OFFSET ?",
                (limit, offset),
            ).fetchall()
            return tuple(_group(connection, row) for row in found)

    def counts(self) -> dict[str, int]:
        """How many groups of each kind are open."""
        sums = ", ".join(f"coalesce(sum({wanted}), 0)" for wanted, _ in _WANTED.values())
        with self._database.read() as connection:
            found = connection.execute(f"{_OPEN} SELECT {sums} FROM open").fetchone()
        return dict(zip(_WANTED, found, strict=True))

    def mark_done(self, wording: str, who: str = "", last_row: int | None = None, last_feedback: int = 0) -> bool:
        """The keeper is done with a wording, up to the rows that a group told of; without them, with all there are.

        What is asked or voted later opens it again. False where nobody asked it. Unwritten.
        """

        def insert(connection: sqlite3.Connection) -> bool:
            newest = connection.execute("SELECT max(number) FROM audit WHERE wording = ?", (wording,)).fetchone()[0]
            if newest is None:
                return False
            seen = (last_row, last_feedback)
            if last_row is None:
                (word,) = connection.execute("SELECT coalesce(max(number), 0) FROM feedback").fetchone()
                seen = (newest, word)
            values = (wording, now(), clean(who), *seen)
            connection.execute("INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?, ?)", values)
            return True

        return self._database.write(insert)

    def reopen(self, wording: str) -> bool:
        """Undoes `mark_done`; False where it was not done. Unwritten."""
        return self._database.write(
            lambda connection: connection.execute("DELETE FROM done WHERE wording = ?", (wording,)).rowcount > 0
        )

    def done(self, limit: int = 50, offset: int = 0) -> tuple[Done, ...]:
        """What the keeper is done with, the latest first."""
        with self._database.read() as connection:
            found = connection.execute(
                f"SELECT done.wording, done.at, done.who, {COLUMNS} FROM done JOIN audit ON audit.number ="
                " (SELECT max(number) FROM audit WHERE audit.wording = done.wording)"
                " ORDER BY done.at DESC, done.wording LIMIT ? OFFSET ?",
                (limit, offset),
            ).fetchall()
        return tuple(Done(row[0], row[1], row[2], audit_row(row[3:])) for row in found)

    def use(self, last: date, days: int, zone: tzinfo) -> tuple[Use, ...]:
        """The use of `days` days of `zone`, from `last` backwards."""
        with self._database.read() as connection:
            return tuple(_use(connection, last - timedelta(back), zone) for back in range(days))


def _group(connection: sqlite3.Connection, found: Sequence[int | str]) -> Group:
    wording, row, word, asked, refused, down, up, last_row, last_word = found
    newest = connection.execute(
        f"SELECT {COLUMNS} FROM audit WHERE wording = ? AND (refused AND number > ? OR EXISTS (SELECT 1 FROM feedback"
        " WHERE feedback.audit = audit.number AND NOT helpful AND feedback.number > ?)) ORDER BY number DESC LIMIT 1",
        (wording, row, word),
    ).fetchone()
    reasons = Counter(
        reason
        for (reason,) in connection.execute(
            "SELECT reason FROM feedback JOIN audit ON audit.number = feedback.audit"
            " WHERE wording = ? AND feedback.number > ? AND NOT helpful AND reason != ''",
            (wording, word),
        )
    )
    words = connection.execute(
        f"SELECT {FIELDS} WHERE wording = ? AND feedback.number > ? ORDER BY feedback.number DESC LIMIT {_WORDS}",
        (wording, word),
    ).fetchall()
    return Group(
        str(wording), audit_row(newest), int(asked), int(refused), int(down), int(up), tuple(reasons.most_common()),
        tuple(map(feedback_of, words)), int(last_row) or int(row), int(last_word) or int(word),
    )  # fmt: skip


def _use(connection: sqlite3.Connection, day: date, zone: tzinfo) -> Use:
    begin, end = (stamp(datetime.combine(day + timedelta(n), time(), zone)) for n in (0, 1))
    rows = connection.execute(
        "SELECT refused, error != '', latency_ms FROM audit WHERE at >= ? AND at < ?", (begin, end)
    ).fetchall()
    times = sorted(ms for _, failed, ms in rows if not failed)
    return Use(
        day.isoformat(), len(rows), sum(row[0] for row in rows), sum(row[1] for row in rows),
        _percentile(times, 0.5), _percentile(times, 0.95),
    )  # fmt: skip


def _percentile(ascending: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all stay within (nearest rank); 0.0 of none."""
    return ascending[max(math.ceil(share * len(ascending)), 1) - 1] if ascending else 0.0
