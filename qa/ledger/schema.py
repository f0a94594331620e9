"""The ledger's tables, as the steps that lead from each version of the file to the next.

A file's version is the number of steps taken (`PRAGMA user_version`); a step that was released is never changed.
"""

from __future__ import annotations

APPLICATION = 0x57424C47  # "WBLG": tells the ledger from any other SQLite file

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        """CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            request_id TEXT NOT NULL,
            who TEXT NOT NULL,
            channel TEXT NOT NULL,
            question TEXT NOT NULL,
            wording TEXT NOT NULL,
            history TEXT NOT NULL,
            documents TEXT NOT NULL,
            index_version TEXT NOT NULL,
            answer TEXT NOT NULL,
            refused INTEGER NOT NULL,
            error TEXT NOT NULL,
            latency_ms REAL NOT NULL
        )""",
        "CREATE INDEX audit_request ON audit (request_id)",
        "CREATE INDEX audit_wording ON audit (wording, refused)",
        "CREATE INDEX audit_refused ON audit (wording) WHERE refused",
        "CREATE INDEX audit_use ON audit (at, refused, error, latency_ms)",
        """CREATE TABLE feedback (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            audit INTEGER NOT NULL REFERENCES audit (number) ON DELETE CASCADE,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            helpful INTEGER NOT NULL,
            reason TEXT NOT NULL,
            comment TEXT NOT NULL,
            document TEXT NOT NULL,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            UNIQUE (audit, who)
        )""",
        """CREATE TABLE done (
            wording TEXT PRIMARY KEY,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            audit INTEGER NOT NULL,
            feedback INTEGER NOT NULL
        )""",
        "CREATE TABLE conversation (id TEXT PRIMARY KEY, owner TEXT NOT NULL, at TEXT NOT NULL)",
        "CREATE INDEX conversation_owner ON conversation (owner, at)",
        """CREATE TABLE turn (
            conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            n INTEGER NOT NULL,
            at TEXT NOT NULL,
            question TEXT NOT NULL,
            history TEXT NOT NULL,
            documents TEXT NOT NULL,
            answer TEXT NOT NULL,
            request_id TEXT NOT NULL,
            PRIMARY KEY (conversation, n)
        ) WITHOUT ROWID""",
    ),
)
