"""Readers' feedback on answers: helpful or not, why, and the passage they hold to be right. Knows the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from index.errors import UserError
from qa.ledger.audit import COLUMNS, audit_row
from qa.ledger.columns import clean, json_text, now
from qa.ledger.database import Database
from qa.ledger.records import MAX_COMMENT, REASONS, Feedback, Marked

FIELDS = (
    'feedback.number, feedback.at, feedback.who, helpful, reason, comment, document, start, "end",'
    f" {COLUMNS} FROM feedback JOIN audit ON audit.number = feedback.audit"
)
"""What `feedback_of` takes, in its order, and where from."""


def feedback_of(row: Sequence[Any]) -> Feedback:
    """The record of `FIELDS`."""
    number, at, who, helpful, reason, comment, document, start, end = row[:9]
    marked = Marked(document, start, end) if document else None
    return Feedback(number, at, who, bool(helpful), reason, comment, marked, audit_row(row[9:]))


class FeedbackBook:
    """One word a reader and answer: giving it again replaces the earlier one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(
        self,
        request_id: str,
        helpful: bool,
        *,
        reason: str = "",
        comment: str = "",
        marked: Marked | None = None,
        who: str = "",
    ) -> int:
        """Keeps a reader's word on the answer to the question of `request_id` and gives its number.

        `reason` is one of REASONS where the answer was not helpful, or "". The caller has checked that `marked` lies in
        its document. UserError for a reason, comment or request that is none; Unwritten where it could not be kept.
        """
        _check(helpful, reason, comment, marked)
        place = (clean(marked.document), marked.start, marked.end) if marked else ("", 0, 0)

        def insert(connection: sqlite3.Connection) -> int:
            found = connection.execute(
                "SELECT number FROM audit WHERE request_id = ? ORDER BY number DESC LIMIT 1", (clean(request_id),)
            ).fetchone()
            if not found:
                raise UserError(
                    f"no answer with the request id {request_id[:80]!r}",
                    "the id that came with an answer",
                    "Ask again.",
                )
            # A new number: what the keeper had marked as done is open again.
            done = connection.execute(
                'INSERT OR REPLACE INTO feedback (audit, at, who, helpful, reason, comment, document, start, "end")'
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (found[0], now(), clean(who), helpful, reason, clean(comment.strip()), *place),
            )
            assert done.lastrowid is not None
            return done.lastrowid

        return self._database.write(insert)

    def words(self, since: str = "", until: str = "") -> Iterator[Feedback]:
        """Every reader's word with `since <= at < until`, oldest first; "" sets no bound."""
        query = (
            f"SELECT {FIELDS} WHERE feedback.number > ? AND feedback.at >= ? AND (? = '' OR feedback.at < ?)"
            " ORDER BY feedback.number LIMIT ?"
        )
        return map(feedback_of, self._database.pages(query, since, until))

    def export(self, out: TextIO, since: str = "", until: str = "") -> int:
        """Writes these words as JSON Lines, each with its audit row, and tells how many."""
        count = 0
        for word in self.words(since, until):
            out.write(json_text(word.to_json()) + "\n")
            count += 1
        return count


def _check(helpful: bool, reason: str, comment: str, marked: Marked | None) -> None:
    if reason not in ("", *REASONS):
        raise UserError(f"the reason {reason[:40]!r}", f"one of {'、'.join(REASONS)}", "Choose one of them.")
    if helpful and reason:
        raise UserError("a reason for a helpful answer", "a reason only where it was not", "Leave it out.")
    if len(comment) > MAX_COMMENT:
        raise UserError(f"a comment of {len(comment)} characters", f"at most {MAX_COMMENT}", "Shorten it.")
    if marked and not (marked.document and 0 <= marked.start < marked.end):
        raise UserError(f"the marked place {marked.start}:{marked.end}", "a span of a document", "Mark it again.")
