"""Questions that the loaded reports answer well, tried out beforehand in the background, to be offered to readers.

Knows Site and the drawing of candidates; it must not know the page, nor any one report.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from threading import Lock, Thread

from qa.answer import Answer
from qa.assistant import Assistant
from qa.site import Site
from qa.suggest import Example, answered, candidates

TRIED = 60
"""Candidates that are tried over one index, at most: each costs as much as a reader's question."""

PAUSE = 0.3
"""Seconds between two trials, so that readers' questions go first."""

log = logging.getLogger(__name__)


class Pool:
    """The questions tried so far over the site's current index. A changed index begins anew."""

    def __init__(self, site: Site, eager: int = 6) -> None:
        """Begins when it is first asked, since a server need not show the page to anyone.

        The first `eager` questions that hold are sought without a pause.
        """
        self._site, self._eager = site, eager
        self._over: Assistant | None = None
        self._kept: tuple[Example, ...] = ()
        self._done = False
        self._lock = Lock()

    def examples(self, seen: Collection[str], limit: int = 6) -> tuple[tuple[str, ...], bool]:
        """Up to `limit` questions over the documents `seen`, and whether more may come."""
        kept, done = self._current()
        return tuple(item.question for item in kept if item.document in seen)[:limit], done

    def after(self, answer: Answer, asked: Collection[str], seen: Collection[str], limit: int = 3) -> tuple[str, ...]:
        """Up to `limit` questions to go on with: of the documents the answer cites, the nearest to its place first."""
        kept, _ = self._current()
        places = {c.document: c.start for c in (answer.citations or answer.related)}
        fresh = [item for item in kept if item.document in seen and item.question not in asked]
        fresh.sort(
            key=lambda item: (
                item.document not in places,
                item.start < places.get(item.document, 0),
                abs(item.start - places.get(item.document, item.start)),
            )
        )
        said = {span for c in answer.citations for span in c.marks}
        fresh = [item for item in fresh if not any(item.start <= a and b <= item.end for a, b in said)]
        return tuple(item.question for item in fresh[:limit])

    def _current(self) -> tuple[tuple[Example, ...], bool]:
        assistant = self._site.assistant
        with self._lock:
            if self._over is not assistant:
                self._over, self._kept, self._done = assistant, (), False
                Thread(target=self._fill, args=(assistant,), name="suggestions", daemon=True).start()
            return self._kept, self._done

    def _fill(self, assistant: Assistant) -> None:
        try:
            for tried, example in enumerate(candidates(assistant)):
                if self._over is not assistant or tried == TRIED:
                    break
                if answered(assistant, example):
                    with self._lock:
                        if self._over is assistant:
                            self._kept = (*self._kept, example)
                if len(self._kept) >= self._eager:
                    time.sleep(PAUSE)
        except Exception:
            log.exception("no more questions are offered over this index")
        with self._lock:
            self._done = self._done or self._over is assistant
