"""The audit: every question with its answer, who asked and when; what is too old goes. Knows the database.

An answer is worth more than its row: nothing here raises into the answering of a question.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from qa.ledger.columns import clean, json_object, json_text, now, stamp, strings
from qa.ledger.database import Database
from qa.ledger.records import AuditRow, Counts, Policy, Unwritten
from qa.ledger.settings import Key, folded, read_policy

COLUMNS = (
    "audit.number, audit.at, audit.request_id, audit.who, audit.channel, audit.question, audit.wording, audit.history,"
    " audit.documents, audit.index_version, audit.answer, audit.refused, audit.error, audit.latency_ms"
)
"""What `audit_row` takes, in its order."""

ROTATE_EVERY = 500
"""Rows between two looks at what is too old."""

_PAGE = 500
log = logging.getLogger(__name__)


def audit_row(row: Sequence[Any]) -> AuditRow:
    """The record of `COLUMNS`."""
    number, at, request, who, channel, question, wording, history, documents, index, answer, refused, error, ms = row
    return AuditRow(
        number, at, request, who, channel, question, wording, strings(history), strings(documents), index,
        json_object(answer), bool(refused), error, ms,
    )  # fmt: skip


class Audit:
    """The part of the ledger that an auditor reads. Rows are never changed, only added, and removed by rotation."""

    def __init__(self, database: Database, key: Key) -> None:
        self._database, self._key = database, key
        self._lock = threading.Lock()
        self._counts = Counts()

    def record(
        self,
        request_id: str,
        question: str,
        answer: Mapping[str, Any] | None,
        *,
        history: Sequence[str] = (),
        documents: Sequence[str] = (),
        who: str = "",
        channel: str = "",
        index_version: str = "",
        error: str = "",
        latency_ms: float | None = None,
    ) -> bool:
        """Keeps one question with its answer object (`Answer.to_json()`); call it before the answer is sent.

        True: the row is on the disk. False: it is not (yet), which is logged and counted; never raises, never waits
        longer than database.PATIENCE. `request_id` is one question's: give the questions of a batch ids of their own.
        `answer` None: asking failed, `error` says why in a word. `who`: the user's or key's name, or the address.
        `channel`: page, api, openai, mcp. `latency_ms`: as the asker saw it, the answer's own where it is left out.
        """
        try:
            told = dict(answer or {})
            row = AuditRow(
                0, now(), clean(request_id), clean(who), clean(channel), clean(question), "", tuple(history),
                tuple(documents), clean(index_version), told, bool(told.get("refused")), clean(error),
                float(told.get("latency_ms", 0.0) if latency_ms is None else latency_ms),
            )  # fmt: skip
            self._database.write(lambda connection: _insert(connection, row, self._key))
        except Unwritten:  # the database has said why
            return self._count(False)
        except Exception:
            log.exception("an audit row was not written")
            return self._count(False)
        return self._count(True)

    @property
    def counts(self) -> Counts:
        """Rows written and rows that were not on the disk when their answer went out, since the ledger was opened."""
        return self._counts

    def rows(self, since: str = "", until: str = "") -> Iterator[AuditRow]:
        """The rows with `since <= at < until`, oldest first; "" sets no bound. Bounds are times or their beginnings."""
        query = (
            f"SELECT {COLUMNS} FROM audit WHERE number > ? AND at >= ? AND (? = '' OR at < ?) ORDER BY number LIMIT ?"
        )
        return map(audit_row, self._database.pages(query, since, until))

    def find(self, request_id: str) -> AuditRow | None:
        """The newest row of this request."""
        with self._database.read() as connection:
            found = connection.execute(
                f"SELECT {COLUMNS} FROM audit WHERE request_id = ? ORDER BY number DESC LIMIT 1", (clean(request_id),)
            ).fetchone()
        return audit_row(found) if found else None

    def export(self, out: TextIO, since: str = "", until: str = "") -> int:
        """Writes the rows as JSON Lines and tells how many."""
        count = 0
        for row in self.rows(since, until):
            out.write(json_text(row.to_json()) + "\n")
            count += 1
        return count

    def rotate(self) -> int:
        """Removes what the policy keeps no longer, the archived rows written before; how many rows. Unwritten, OSError.

        Rows whose feedback the keeper has not marked as done stay. Also old conversations go.
        """
        removed = 0
        while True:
            # A part at a time, so that questions do not wait for it; patience is not a question's.
            step = self._database.write(_rotate, patience=600)
            removed += step
            if step < _PAGE:
                return removed

    def _count(self, well: bool) -> bool:
        with self._lock:
            counts = self._counts
            self._counts = (
                replace(counts, written=counts.written + 1) if well else replace(counts, lost=counts.lost + 1)
            )
            due = well and self._counts.written % ROTATE_EVERY == 0
        if due:
            self._rotate_later()
        return well

    def _rotate_later(self) -> None:
        def step(connection: sqlite3.Connection) -> None:
            try:
                if _rotate(connection) == _PAGE:
                    self._rotate_later()
            except OSError as error:
                log.error("the audit was not rotated: %s", error)

        try:
            self._database.submit(step)
        except Unwritten as error:
            log.warning("the audit was not rotated: %s", error)


def _insert(connection: sqlite3.Connection, row: AuditRow, key: Key) -> None:
    # A follow-up is the same question as another one where what it stands for is the same.
    wording = folded(str(row.answer.get("resolved_question") or row.question))
    if read_policy(connection).texts:
        row = replace(row, wording=clean(wording))
    else:
        row = replace(row, question="", wording=key.digest(wording), history=(), answer=without_texts(row.answer))
    connection.execute(
        "INSERT INTO audit (at, request_id, who, channel, question, wording, history, documents, index_version,"
        " answer, refused, error, latency_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.at, row.request_id, row.who, row.channel, row.question, row.wording, json_text(list(row.history)),
            json_text(list(row.documents)), row.index_version, json_text(row.answer) if row.answer else "",
            row.refused, row.error, row.latency_ms,
        ),
    )  # fmt: skip


def without_texts(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What of an answer object is no text of a question or a report: refusal, confidence, time, the cited places."""
    kept = {name: answer[name] for name in ("refused", "confidence", "latency_ms") if name in answer}
    for name in ("citations", "related"):
        if name in answer:
            places = ("n", "document", "start", "end")
            kept[name] = [{part: citation[part] for part in places} for citation in answer[name]]
    return kept


_OPEN = (
    "EXISTS (SELECT 1 FROM feedback LEFT JOIN done ON done.wording = audit.wording"
    " WHERE feedback.audit = audit.number AND NOT helpful AND feedback.number > coalesce(done.feedback, 0))"
)


def _rotate(connection: sqlite3.Connection) -> int:
    """Removes at most _PAGE rows that are too old or too many; how many."""
    policy = read_policy(connection)
    _drop_conversations(connection, policy)
    limits, values = [], []
    if policy.days:
        limits.append("at < ?")
        values.append(_days_ago(policy.days))
    if policy.rows:
        limits.append("number <= (SELECT number FROM audit ORDER BY number DESC LIMIT 1 OFFSET ?)")
        values.append(str(policy.rows))
    if not limits:
        return 0
    found = connection.execute(
        f"SELECT {COLUMNS} FROM audit WHERE ({' OR '.join(limits)}) AND NOT {_OPEN} ORDER BY number LIMIT {_PAGE}",
        values,
    ).fetchall()
    if found and policy.archive:
        _archive(Path(policy.archive), [audit_row(row) for row in found])
    connection.executemany("DELETE FROM audit WHERE number = ?", [(row[0],) for row in found])
    if found:
        connection.execute("DELETE FROM done WHERE NOT EXISTS (SELECT 1 FROM audit WHERE wording = done.wording)")
    _give_back(connection)
    return len(found)


def _give_back(connection: sqlite3.Connection) -> None:
    """Gives pages that became free back to the disk, so many at a time that nobody waits for it."""
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    for _ in range(min(free, 1000)):
        # The driver takes one step of this pragma, and a step is a page.
        connection.execute("PRAGMA incremental_vacuum(1)")


def _drop_conversations(connection: sqlite3.Connection, policy: Policy) -> None:
    if policy.conversation_days:
        connection.execute("DELETE FROM conversation WHERE at < ?", (_days_ago(policy.conversation_days),))


def _archive(folder: Path, rows: Sequence[AuditRow]) -> None:
    """Appends rows to the file of their month, on the disk before they are removed; a crash may leave them twice."""
    months: dict[str, list[str]] = {}
    for row in rows:
        months.setdefault(row.at[:7], []).append(json_text(row.to_json()) + "\n")
    for month, lines in months.items():
        with open(folder / f"audit-{month}.jsonl", "a", encoding="utf-8") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())


def _days_ago(days: int) -> str:
    return stamp(datetime.now(UTC) - timedelta(days=days))
