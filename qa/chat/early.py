"""Answers that are begun when a question comes and fetched when the page asks for them, a few at a time, in turn.

Knows Assistant.ask; it must not know conversations, the page, or how an answer comes about.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

from qa.answer import Answer
from qa.assistant import Assistant

HELD = 200
"""Answers that nobody has fetched yet, at most; the oldest is dropped, and made anew where it is fetched after all."""


@dataclass(frozen=True, slots=True)
class Put:
    """A question as it is put: to whose reports, after which others, to which of them."""

    assistant: Assistant
    question: str
    history: tuple[str, ...]
    documents: tuple[str, ...]

    def same(self, other: Put) -> bool:
        """Whether both have the same answer, and may be told it."""
        mine, theirs = self.assistant.index, other.assistant.index
        asked = (self.question, self.history, self.documents) == (other.question, other.history, other.documents)
        return asked and mine.manifest == theirs.manifest and list(mine.documents) == list(theirs.documents)


class Early:
    """One for a desk. As many answers are made at once as there are processors: more would only make all late."""

    def __init__(self) -> None:
        self._crew = ThreadPoolExecutor(max(2, os.cpu_count() or 2), thread_name_prefix="answers")
        self._begun: OrderedDict[str, tuple[Put, Future[Answer]]] = OrderedDict()
        self._lock = Lock()

    def begin(self, name: str, put: Put) -> None:
        """Starts on a question that is going to be fetched under `name`, at which nobody else can guess."""
        if not name:
            return
        with self._lock:
            if name not in self._begun:
                self._begun[name] = (put, self._ask(put))
            while len(self._begun) > HELD:
                self._begun.popitem(last=False)[1][1].cancel()

    def fetch(self, name: str, put: Put) -> Answer:
        """The answer to `put`, as it was begun under `name` or made now. Raises what Assistant.ask raises."""
        with self._lock:
            begun = self._begun.pop(name, None)
        future = begun[1] if begun and begun[0].same(put) and not begun[1].cancelled() else self._ask(put)
        return future.result()

    def drop(self, name: str) -> None:
        """Forgets a question that nobody waits for any more; one that has not been started on is not answered."""
        with self._lock:
            begun = self._begun.pop(name, None)
        if begun:
            begun[1].cancel()

    def _ask(self, put: Put) -> Future[Answer]:
        history: Sequence[str] = put.history
        return self._crew.submit(put.assistant.ask, put.question, history, put.documents)
