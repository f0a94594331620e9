"""What the ledger's tests share: an answer as the ledger keeps it, and statements on its file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from qa.ledger import Ledger

ANSWER: dict[str, Any] = {
    "question": "人口呢？", "resolved_question": "全县人口是多少？", "refused": False, "answer": "45万人",
    "confidence": 0.9, "answers": [{"text": "45万人", "document": "甲", "citation": 1}],
    "citations": [{"n": 1, "document": "甲", "title": "报告", "section": [], "period": "", "start": 3, "end": 9,
                   "quote": "人口45万人", "marks": [[5, 9]]}],
    "related": [], "message": "", "latency_ms": 41.5,
}  # fmt: skip


def sql(ledger: Ledger, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Runs a statement on a connection of the test's own."""
    with closing(sqlite3.connect(ledger.path)) as connection, connection:
        return connection.execute(statement, values).fetchall()
