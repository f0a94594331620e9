"""The nouns of the ledger: what was asked and answered, what readers said of it, and their conversations.

Knows nothing else: no database, no answer's making, no page. Times are UTC in ISO form with milliseconds and "Z".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WRONG, INCOMPLETE, WRONG_PLACE, NOT_ANSWERED = "错误", "不全", "出处不对", "应答未答"
REASONS = (WRONG, INCOMPLETE, WRONG_PLACE, NOT_ANSWERED)
"""What a reader may say was bad about an answer."""

MAX_COMMENT = 2000
"""Characters of a reader's comment."""


class Unwritten(Exception):  # noqa: N818 - says what happened to the row, not what went wrong inside
    """What was to be kept is not on the disk: it is full, cannot be written, or does not answer in time."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The passage that a reader marked as the right one: `document.text[start:end]`."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One question and its answer. `answer` is the contract's answer object, empty where asking failed (`error`).

    Where only digests are kept, `question`, `history` and the texts in `answer` are empty; `wording` is then a keyed
    digest instead of the folded wording. Rows with equal `wording` asked the same. `number` ascends with time.
    """

    number: int
    at: str
    request_id: str
    who: str
    channel: str
    question: str
    wording: str
    history: tuple[str, ...]
    documents: tuple[str, ...]
    index_version: str
    answer: Mapping[str, Any]
    refused: bool
    error: str
    latency_ms: float

    @property
    def citations(self) -> tuple[Marked, ...]:
        """The cited places, in the answer's order."""
        return tuple(Marked(c["document"], c["start"], c["end"]) for c in self.answer.get("citations", ()))

    def to_json(self) -> dict[str, Any]:
        """The row of an export, ready for `json.dumps`."""
        return {
            "number": self.number,
            "at": self.at,
            "request_id": self.request_id,
            "who": self.who,
            "channel": self.channel,
            "question": self.question,
            "wording": self.wording,
            "history": list(self.history),
            "documents": list(self.documents),
            "index_version": self.index_version,
            "answer": self.answer or None,
            "refused": self.refused,
            "error": self.error,
            "latency_ms": self.latency_ms,
        }


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's word on the answer of `row`. `reason` is one of REASONS or "" (always "" where it was helpful)."""

    number: int
    at: str
    who: str
    helpful: bool
    reason: str
    comment: str
    marked: Marked | None
    row: AuditRow

    def to_json(self) -> dict[str, Any]:
        """The feedback with the row that it is about, ready for `json.dumps`."""
        marked = self.marked and {"document": self.marked.document, "start": self.marked.start, "end": self.marked.end}
        return {
            "number": self.number,
            "at": self.at,
            "who": self.who,
            "helpful": self.helpful,
            "reason": self.reason,
            "comment": self.comment,
            "marked": marked,
            "asked": self.row.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and its answer object. `n` counts from 1; `history` as it was asked with."""

    n: int
    at: str
    question: str
    history: tuple[str, ...]
    documents: tuple[str, ...]
    answer: Mapping[str, Any]
    request_id: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as a list of them shows it: its first question as `title`, `at` the time of its last turn."""

    id: str
    owner: str
    title: str
    turns: int
    at: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept and for how long; 0 sets no limit.

    `texts` False: the audit keeps a keyed digest of the question and no texts, and conversations are not kept at all.
    `days` and `rows` limit the audit; a row whose feedback is still open stays. `conversation_days` counts from the
    last turn. `archive` names a folder that rows go to, as JSON Lines, before they are removed; "" for none.
    """

    texts: bool = True
    days: int = 0
    rows: int = 0
    conversation_days: int = 0
    archive: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a running ledger did since it was opened: audit rows that reached the disk, and those that did not."""

    written: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of one wording that want the keeper's eye, counted since the keeper was last done with them.

    `row` is the newest that was refused or voted down. `asked` counts all, `refused` those that were refused, `down`
    and `up` the readers' votes; `reasons` the reasons of those against, most frequent first; `feedback` the newest
    words, newest first. `last_row` and `last_feedback` are the highest numbers counted, for `Review.mark_done`.
    """

    wording: str
    row: AuditRow
    asked: int
    refused: int
    down: int
    up: int
    reasons: tuple[tuple[str, int], ...]
    feedback: tuple[Feedback, ...]
    last_row: int
    last_feedback: int


@dataclass(frozen=True, slots=True)
class Done:
    """A wording that the keeper has dealt with: when, who, and the newest row of it."""

    wording: str
    at: str
    who: str
    row: AuditRow


@dataclass(frozen=True, slots=True)
class Use:
    """One day's use: questions, how many were refused or failed, and the milliseconds that half and 95 % stayed within.

    `day` is the date in the zone that was asked for; p50 and p95 are nearest-rank, 0.0 on a day without questions.
    """

    day: str
    questions: int
    refused: int
    failed: int
    p50: float
    p95: float
