"""The ledger: one SQLite file with the audit of every question, the readers' feedback and their conversations.

Knows what an answer object looks like; it must not know how one comes about, nor any web framework.
"""

from __future__ import annotations

from qa.ledger.book import Ledger, open_ledger
from qa.ledger.records import REASONS, AuditRow, Conversation, Feedback, Marked, Policy, Turn, Unwritten

__all__ = [
    "REASONS",
    "AuditRow",
    "Conversation",
    "Feedback",
    "Ledger",
    "Marked",
    "Policy",
    "Turn",
    "Unwritten",
    "open_ledger",
]
