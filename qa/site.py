"""What a running server shares between its requests: the current assistant, where its index lies, and its keepers.

Knows Assistant and the index's folder; it must not know the web framework, the page, or how an answer comes about.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.disk import MANIFEST
from index.errors import UserError
from index.store import open_index
from qa.access.journal import note_answer
from qa.answer import Answer
from qa.assistant import Assistant, open_assistant
from qa.ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from qa.access import Guard

LEDGER = "wenbao.sqlite"
"""The ledger's file in the data folder."""

CHECK_SECONDS = 1.0
"""How often, at most, the index's manifest is looked at."""

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came: with what it was asked, who asks, over which interface (page, api, openai, mcp)."""

    request_id: str
    question: str
    history: Sequence[str]
    documents: Sequence[str]
    who: str
    channel: str


class Site:
    """A server's shared state.

    `assistant` is the current one: take it once per request, so that the request keeps the index it began with.
    `index_path` is None over an assistant that has no folder (`Site.of`). `ledger` keeps audit, feedback and
    conversations, `guard` says who may do what; each is None where the server runs without it.
    """

    def __init__(self, index: Path, data: Path = Path("data"), guard: Guard | None = None) -> None:
        """Opens the index in `index`; `data` is the folder of the server's own files, the ledger among them.

        UserError as `open_index` and `open_ledger`.
        """
        self.index_path: Path | None = index
        self._stamp = _stamp(index)
        self._assistant = open_assistant(index)
        self.ledger: Ledger | None = open_ledger(data / LEDGER)
        self.guard = guard
        self._looked = time.monotonic()
        self._reopening = threading.Lock()

    @classmethod
    def of(cls, assistant: Assistant, ledger: Ledger | None = None, guard: Guard | None = None) -> Site:
        """A site over an assistant that is already open and stays as it is: no folder is watched."""
        site = cls.__new__(cls)
        site.index_path, site.ledger, site.guard = None, ledger, guard
        site._assistant, site._stamp, site._looked = assistant, None, time.monotonic()
        site._reopening = threading.Lock()
        return site

    @property
    def assistant(self) -> Assistant:
        """The current assistant, at once. A changed index is opened meanwhile and stands at one of the next calls."""
        now = time.monotonic()
        if self.index_path is not None and now - self._looked >= CHECK_SECONDS:
            self._looked = now
            if _stamp(self.index_path) != self._stamp and not self._reopening.locked():
                threading.Thread(target=self.reload, name="reopen-index", daemon=True).start()
        return self._assistant

    def view(self) -> Assistant:
        """The current assistant as whoever is being answered may see it: the documents that are not theirs left out."""
        assistant = self.assistant
        return assistant if self.guard is None else self.guard.view(assistant)

    def note(self, asked: Asked, assistant: Assistant, answer: Answer | None, error: str = "") -> None:
        """Keeps what `assistant` answered in the audit, where there is one, and counts the answer; None failed."""
        if self.ledger is not None:
            self.ledger.audit.record(
                asked.request_id, asked.question, answer.to_json() if answer else None, history=asked.history,
                documents=asked.documents, who=asked.who, channel=asked.channel, error=error,
                index_version=str(assistant.index.manifest.get("generation", "")),
            )  # fmt: skip
        if answer is not None:
            note_answer(asked.question, answer.refused, answer.latency_ms)

    def reload(self) -> bool:
        """Opens the index anew where its manifest has changed, and waits for it; True where it was exchanged.

        One that cannot be opened is logged, once for each state of the manifest, and the assistant stays as it was.
        """
        if self.index_path is None:
            return False
        with self._reopening:
            stamp = _stamp(self.index_path)
            if stamp == self._stamp:
                return False
            # Even where opening fails: the same broken state is not tried at every look.
            self._stamp = stamp
            current = self._assistant
            try:
                # The reader and its calibration do not depend on the index and are shared between the two.
                self._assistant = Assistant(open_index(self.index_path), current.reader, current.calibration)
            except UserError as error:
                log.warning("the changed index was not taken over, the one before stays: %s", error)
                return False
            except Exception:
                log.exception("the changed index was not taken over, the one before stays")
                return False
        log.info("the changed index was taken over: %d documents", len(self._assistant.index.documents))
        return True


def _stamp(index: Path) -> Stamp | None:
    """What changes whenever the manifest is replaced; None where there is none."""
    try:
        told = (index / MANIFEST).stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino
