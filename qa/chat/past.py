"""Conversations as the page needs them: kept by the ledger across restarts, and in memory while they are in use.

Knows the ledger's records and Answer; it must not know how an answer comes about or how it is shown.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from qa.answer import Answer, AnswerItem, Citation

if TYPE_CHECKING:
    from qa.ledger import Ledger
    from qa.ledger.records import Turn

HELD = 16
"""Conversations held in memory beside a ledger, which has the others: about 0.1 MB each."""

HELD_ALONE = 500
"""Conversations held where there is no ledger; the oldest are lost."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question of a conversation and its answer; `n` counts from 1, `history` and `documents` as it was asked."""

    conversation: str
    n: int
    question: str
    history: tuple[str, ...]
    documents: tuple[str, ...]
    answer: Answer
    request_id: str

    @property
    def name(self) -> str:
        """What the page calls this turn; neither part holds a full stop."""
        return f"{self.conversation}.{self.n}"


@dataclass(frozen=True, slots=True)
class Heading:
    """A conversation in a list: its first question, and the time of its last in ISO form or ""."""

    conversation: str
    title: str
    turns: int
    at: str


class Past:
    """For any number of threads. Who holds a conversation's id may read it; owners list only their own."""

    def __init__(self, ledger: Ledger | None) -> None:
        """Without a ledger conversations last as long as the process."""
        self._ledger = ledger
        self._held: OrderedDict[str, tuple[str, tuple[Exchange, ...]]] = OrderedDict()
        self._lock = Lock()

    def turns(self, conversation: str) -> tuple[Exchange, ...]:
        """The turns of a conversation, oldest first; () for one that is unknown."""
        with self._lock:
            held = self._held.get(conversation)
            if held:
                self._held.move_to_end(conversation)
                return held[1]
        if self._ledger is None or not conversation:
            return ()
        return tuple(_exchange(conversation, turn) for turn in self._ledger.conversations.turns(conversation))

    def turn(self, name: str) -> Exchange | None:
        """The turn that is called `name`; None where it is gone."""
        conversation, _, number = name.rpartition(".")
        return next((turn for turn in self.turns(conversation) if str(turn.n) == number), None)

    def add(self, exchange: Exchange, owner: str) -> Exchange:
        """Keeps a turn behind the conversation's others and gives it with its place.

        An empty or unknown conversation begins a new one.
        """
        before = self.turns(exchange.conversation)
        name = exchange.conversation if before else ""
        if self._ledger is None:
            name = name or secrets.token_urlsafe(16)
        else:
            name = self._ledger.conversations.add_turn(
                name, exchange.question, exchange.answer.to_json(), owner=owner, history=exchange.history,
                documents=exchange.documents, request_id=exchange.request_id,
            )  # fmt: skip
        kept = before if name == exchange.conversation else ()
        made = replace(exchange, conversation=name, n=1 + (kept[-1].n if kept else 0))
        with self._lock:
            self._held[name] = (owner, (*kept, made))
            self._held.move_to_end(name)
            while len(self._held) > (HELD_ALONE if self._ledger is None else HELD):
                self._held.popitem(last=False)
        return made

    def recent(self, owner: str, limit: int = 20) -> tuple[Heading, ...]:
        """The owner's conversations, the newest first."""
        if not owner:
            return ()
        if self._ledger is not None:
            found = self._ledger.conversations.recent(owner, limit)
            return tuple(Heading(item.id, item.title, item.turns, item.at) for item in found)
        with self._lock:
            mine = [(name, turns) for name, (who, turns) in reversed(self._held.items()) if who == owner]
        return tuple(Heading(name, turns[0].question, len(turns), "") for name, turns in mine[:limit])

    def forget(self, conversation: str, owner: str) -> bool:
        """Removes a conversation of this owner for good; False where there is none."""
        with self._lock:
            held = self._held.get(conversation)
            mine = bool(owner) and held is not None and held[0] == owner
            if mine:
                del self._held[conversation]
        if self._ledger is None or not owner:
            return mine
        return self._ledger.conversations.delete(conversation, owner) or mine


def _exchange(conversation: str, turn: Turn) -> Exchange:
    return Exchange(
        conversation, turn.n, turn.question, turn.history, turn.documents, answer_of(turn.answer), turn.request_id
    )


def answer_of(told: Mapping[str, Any]) -> Answer:
    """The answer that `Answer.to_json` gave."""
    return Answer(
        question=told["question"],
        resolved_question=told["resolved_question"],
        refused=told["refused"],
        answer=told["answer"],
        confidence=told["confidence"],
        answers=tuple(
            AnswerItem(item["text"], item["document"], item["citation"], label=item.get("label", ""))
            for item in told["answers"]
        ),
        citations=tuple(map(_citation, told["citations"])),
        related=tuple(map(_citation, told["related"])),
        message=told.get("message", ""),
        latency_ms=told["latency_ms"],
        lead=told.get("lead", ""),
        instead=told.get("instead", ""),
    )


def _citation(told: Mapping[str, Any]) -> Citation:
    marks = tuple((start, end) for start, end in told.get("marks", ()))
    return Citation(
        told["n"], told["document"], told["title"], tuple(told["section"]), told["period"],
        told["start"], told["end"], told["quote"], marks,
    )  # fmt: skip
