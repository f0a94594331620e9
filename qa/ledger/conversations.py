"""Conversations of the chat page, which survive a restart of the server. Knows the database, and no page."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from qa.ledger.columns import clean, json_object, json_text, now, strings
from qa.ledger.database import Database
from qa.ledger.records import Conversation, Turn, Unwritten
from qa.ledger.settings import read_policy


class Conversations:
    """Who holds a conversation's id may read it: ids are 128 random bits. Owners only list and delete their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_turn(
        self,
        conversation: str,
        question: str,
        answer: Mapping[str, Any],
        *,
        owner: str = "",
        history: Sequence[str] = (),
        documents: Sequence[str] = (),
        request_id: str = "",
    ) -> str:
        """Adds a question and its answer object (`Answer.to_json()`) and gives the conversation's id.

        Always go on with the id that is given back: an empty or unknown `conversation`, or one of another owner, begins
        a new one. `owner` is the user's name or a random token kept by the browser; `history` and `documents` are what
        the question was asked with; `request_id` leads to the audit row and its feedback. Never raises and never waits
        for more than a moment: what cannot be kept (disk full, or only digests are to be kept) is only missing later.
        """
        fresh = secrets.token_urlsafe(16)
        values = (now(), clean(question), json_text(list(history)), json_text(list(documents)), json_text(answer))

        def insert(connection: sqlite3.Connection) -> str:
            if not read_policy(connection).texts:
                return conversation or fresh
            known = connection.execute(
                "SELECT 1 FROM conversation WHERE id = ? AND owner = ?", (conversation, owner)
            ).fetchone()
            name = conversation if known else fresh
            if not known:
                connection.execute("INSERT INTO conversation VALUES (?, ?, ?)", (name, owner, values[0]))
            connection.execute("UPDATE conversation SET at = ? WHERE id = ?", (values[0], name))
            connection.execute(
                "INSERT INTO turn (conversation, n, at, question, history, documents, answer, request_id)"
                " SELECT ?, 1 + coalesce(max(n), 0), ?, ?, ?, ?, ?, ? FROM turn WHERE conversation = ?",
                (name, *values, clean(request_id), name),
            )
            return name

        try:
            return self._database.write(insert)
        except Unwritten:
            return conversation or fresh

    def turns(self, conversation: str, owner: str | None = None) -> tuple[Turn, ...]:
        """The turns, oldest first; () for an id that is unknown, or not `owner`'s where an owner is named."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT n, turn.at, question, history, documents, answer, request_id"
                " FROM turn JOIN conversation ON conversation.id = turn.conversation"
                " WHERE conversation = ? AND (? IS NULL OR owner = ?) ORDER BY n",
                (conversation, owner, owner),
            ).fetchall()
        return tuple(
            Turn(n, at, question, strings(history), strings(documents), json_object(answer), request_id)
            for n, at, question, history, documents, answer, request_id in rows
        )

    def recent(self, owner: str, n: int = 20) -> tuple[Conversation, ...]:
        """The owner's `n` conversations with the newest turns, newest first; () for the owner ""."""
        if not owner:
            return ()  # all who have no name would see each other's
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, owner, (SELECT question FROM turn WHERE conversation = id AND n = 1),"
                " (SELECT count(*) FROM turn WHERE conversation = id), at"
                " FROM conversation WHERE owner = ? ORDER BY at DESC, rowid DESC LIMIT ?",
                (owner, n),
            ).fetchall()
        return tuple(Conversation(*row) for row in rows)

    def delete(self, conversation: str, owner: str | None = None) -> bool:
        """Removes a conversation with its turns; False where there is none (or it is not `owner`'s). Unwritten."""

        def remove(connection: sqlite3.Connection) -> bool:
            done = connection.execute(
                "DELETE FROM conversation WHERE id = ? AND (? IS NULL OR owner = ?)", (conversation, owner, owner)
            )
            return done.rowcount > 0

        return self._database.write(remove)
