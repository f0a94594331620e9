"""Questions that the loaded reports answer well, tried out beforehand in the background, to be offered to readers.

Knows Site and the drawing of candidates; it must not know the page, nor any one report.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Collection, Iterator
from itertools import islice
from threading import Lock, Thread

from qa.answer import Answer
from qa.assistant import Assistant
from qa.site import Site
from qa.suggest import Example, answered, candidates, candidates_of

TRIED = 60
"""Candidates that are tried over one index, at most: each costs as much as a reader's question."""

TRIED_OF_ONE = 8
"""Candidates that are tried of one report that a reader asked about, at most."""

ENOUGH = 4
"""Questions of one report that are enough to go on with."""

PAUSE = 0.3
"""Seconds between two trials, so that readers' questions go first."""

log = logging.getLogger(__name__)


class _Trials:
    """What was tried over one index. Its fields are read and changed under the pool's lock alone."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.kept: tuple[Example, ...] = ()
        self.tried: set[str] = set()
        self.wanted: deque[str] = deque()
        self.begun: set[str] = set()
        self.general = islice(candidates(assistant), TRIED)
        self.done = False
        self.working = False

    def of(self, document: str) -> int:
        return sum(item.document == document for item in self.kept)


class Pool:
    """The questions tried so far over the site's current index. A changed index begins anew."""

    def __init__(self, site: Site, eager: int = 6) -> None:
        """Begins when it is first asked, since a server need not show the page to anyone.

        The first `eager` questions that hold are sought without a pause.
        """
        self._site, self._eager = site, eager
        self._trials: _Trials | None = None
        self._lock = Lock()

    def examples(self, seen: Collection[str], limit: int = 6) -> tuple[tuple[str, ...], bool]:
        """Up to `limit` questions over the documents `seen`, and whether no more will come."""
        kept, done = self._current(())
        return tuple(item.question for item in kept if _may_see(item, seen))[:limit], done

    def after(self, answer: Answer, asked: Collection[str], seen: Collection[str], limit: int = 3) -> tuple[str, ...]:
        """Up to `limit` questions to go on with, of the reports that the answer comes from, or of all for its measure.

        The same measure at another time or elsewhere comes first, then what stands nearest behind the answer. Reports
        that have too few questions are tried next: more may be there at the next call.
        """
        places: dict[str, int] = {}
        for citation in answer.citations or answer.related:
            places.setdefault(citation.document, citation.start)
        kept, _ = self._current([name for name in places if name in seen])
        said = [(c.document, span) for c in answer.citations for span in c.marks]
        told = answer.resolved_question + "".join(citation.quote for citation in answer.citations[:1])
        fresh = [
            item
            for item in kept
            if (item.about in told if item.others else item.document in places)
            and _may_see(item, seen)
            and item.question not in asked
            and not any(item.document == name and item.start <= a and b <= item.end for name, (a, b) in said)
        ]

        def order(item: Example) -> tuple[bool, bool, bool, int]:
            here = places.get(item.document, item.start)
            return not (item.about and item.about in told), bool(item.others), item.start < here, abs(item.start - here)

        return tuple(item.question for item in sorted(fresh, key=order)[:limit])

    def _current(self, wanted: Collection[str]) -> tuple[tuple[Example, ...], bool]:
        """What is kept by now, and whether all was tried; the documents `wanted` are tried before others."""
        assistant = self._site.assistant
        with self._lock:
            if self._trials is None or self._trials.assistant is not assistant:
                self._trials = _Trials(assistant)
            trials = self._trials
            for name in wanted:
                if name not in trials.begun and name in assistant.index.documents and trials.of(name) < ENOUGH:
                    trials.begun.add(name)
                    trials.wanted.append(name)
            if not trials.working and (trials.wanted or not trials.done):
                trials.working = True
                Thread(target=self._work, args=(trials,), name="suggestions", daemon=True).start()
            return trials.kept, trials.done

    def _work(self, trials: _Trials) -> None:
        try:
            for example in self._next(trials):
                good = answered(trials.assistant, example)
                with self._lock:
                    if good:
                        trials.kept = (*trials.kept, example)
                    pause = len(trials.kept) >= self._eager
                if pause:
                    time.sleep(PAUSE)
        except Exception:
            log.exception("no more questions are offered over this index")
            with self._lock:
                trials.done = True
                trials.working = False

    def _next(self, trials: _Trials) -> Iterator[Example]:
        """What to try next, until there is nothing or the index has changed."""
        own: Iterator[Example] = iter(())
        while True:
            example = next(own, None)
            if example is None:
                with self._lock:
                    name = trials.wanted.popleft() if trials.wanted else ""
                if name:
                    own = self._of_one(trials, name)
                    continue
                example = next(trials.general, None)
            with self._lock:
                if self._trials is not trials:
                    return
                if example is None and not trials.wanted:
                    trials.done, trials.working = True, False
                    return
                if example is None or example.question in trials.tried:
                    continue
                trials.tried.add(example.question)
            yield example

    @staticmethod
    def _of_one(trials: _Trials, document: str) -> Iterator[Example]:
        for example in islice(candidates_of(trials.assistant, document), TRIED_OF_ONE):
            if trials.of(document) >= ENOUGH:
                return
            yield example


def _may_see(item: Example, seen: Collection[str]) -> bool:
    return item.document in seen and all(name in seen for name in item.others)
