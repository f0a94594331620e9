"""The desk behind the chat page: takes a question, answers it, keeps the conversation, gives back what to show.

Knows Site, Assistant and the HTML of answers; it must not know the web framework or the chat's.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from index.errors import UserError
from index.records import Document
from qa.answer import Answer
from qa.chat.bubble import bubble, notice, question_bubble, waiting
from qa.chat.early import Early, Put
from qa.chat.past import Exchange, Past
from qa.chat.pool import Pool
from qa.compose import labels
from qa.limits import MAX_HISTORY, MAX_QUESTION, complaint
from qa.messages import Messages, messages
from qa.question import understand
from qa.site import Asked, Site

STOPPED = 1000
"""Stopped questions remembered; each is forgotten when its answer comes."""

log = logging.getLogger(__name__)

Shown = list[tuple[str, str]]
"""A chat: ("user" or "assistant", HTML), oldest first."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sits before the page: `who` is the name for the audit, `keeper` whether they may add reports."""

    who: str = ""
    keeper: bool = True


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page sends with every step. `question` goes behind the turns before number `before` (0: behind all).

    `anew`: nothing that was asked earlier counts. `nonce` tells one question from another, `owner` one browser.
    """

    question: str = ""
    conversation: str = ""
    documents: tuple[str, ...] = ()
    before: int = 0
    anew: bool = False
    nonce: str = ""
    owner: str = ""
    busy: bool = False
    language: str = ""


def read_sent(told: object) -> Sent:
    """Whatever came over HTTP, made to fit: every step can be called with anything."""
    given: Mapping[str, Any] = told if isinstance(told, dict) else {}

    def word(name: str, limit: int = 64) -> str:
        value = given.get(name)
        return value if isinstance(value, str) and len(value) <= limit else ""

    question, documents, before = given.get("question"), given.get("documents"), given.get("before")
    named = [name for name in documents if isinstance(name, str)] if isinstance(documents, list) else []
    return Sent(
        question if isinstance(question, str) else "",
        _token(word("conversation")), tuple(named[:1000]),
        before if isinstance(before, int) and before > 0 else 0,
        given.get("anew") is True, _token(word("nonce")), _token(word("owner")), given.get("busy") is True,
        word("language"),
    )  # fmt: skip


def _token(text: str) -> str:
    return text if re.fullmatch(r"[\w-]{1,64}", text, re.ASCII) else ""


class Desk:
    """One for a server. Steps may run in any number of threads."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.past = Past(site.ledger)
        self.pool = Pool(site)
        self._early = Early()
        self._stopped: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def chat(self, conversation: str, say: Messages) -> Shown:
        """A conversation from its beginning, as it is shown."""
        seen = self.visible()
        names = labels(list(seen), seen)
        shown: Shown = []
        for turn in self.past.turns(conversation):
            answer = bubble(turn.answer, say, turn.name, names)
            shown += [("user", question_bubble(turn.question)), ("assistant", answer)]
        return shown

    def begin(self, sent: Sent) -> Shown:
        """The chat at once after a question: with its bubble, and how it is understood while it is looked up."""
        say = messages(sent.language)
        shown = self.chat(sent.conversation, say)
        line = complaint(sent.question)
        if line:
            asked = [("user", question_bubble(_short(sent.question)))] if sent.question.strip() else []
            return [*shown, *asked, ("assistant", notice(line))]
        question, history, documents = sent.question.strip(), self._history(sent), self.wanted(sent)
        self._early.begin(sent.nonce, Put(self.site.view(), question, history, documents))
        resolved = understand(question, history, documents).resolved
        told = resolved if resolved != question else ""
        return [*shown, ("user", question_bubble(question)), ("assistant", waiting(told, say))]

    def finish(self, sent: Sent, visitor: Visitor) -> Shown | None:
        """The chat with the answer to what `begin` showed, kept; None where it was stopped or was no question."""
        if complaint(sent.question):
            return None
        say, question = messages(sent.language), sent.question.strip()
        history, documents = self._history(sent), self.wanted(sent)
        made, assistant = secrets.token_hex(16), self.site.view()
        answer, error = None, ""
        if sent.nonce not in self._stopped:
            answer, error = self._answer(sent.nonce, Put(assistant, question, history, documents))
        with self._lock:
            stopped = self._stopped.pop(sent.nonce, self) is None
        asked = Asked(made, question, history, documents, visitor.who, "page")
        self.site.note(asked, assistant, answer, "stopped" if stopped else error)
        if stopped:
            return None
        if answer is None:
            failed = notice(say("defect"))
            return [*self.chat(sent.conversation, say), ("user", question_bubble(question)), ("assistant", failed)]
        turn = Exchange(sent.conversation, 0, question, history, documents, answer, made)
        return self.chat(self.past.add(turn, sent.owner).conversation, say)

    def stop(self, sent: Sent) -> Shown:
        """The chat with the question that `finish` is then not to answer."""
        say = messages(sent.language)
        self._early.drop(sent.nonce)
        with self._lock:
            self._stopped[sent.nonce] = None
            while len(self._stopped) > STOPPED:
                self._stopped.popitem(last=False)
        asked = ("user", question_bubble(_short(sent.question.strip())))
        return [*self.chat(sent.conversation, say), asked, ("assistant", notice(say("stopped")))]

    def visible(self) -> Mapping[str, Document]:
        """The documents that whoever is being answered may see."""
        return self.site.view().index.documents

    def wanted(self, sent: Sent) -> tuple[str, ...]:
        """The documents to ask: the chosen ones among those that may be seen; () for all of these."""
        seen = self.visible()
        chosen = tuple(name for name in sent.documents if name in seen)
        return () if len(chosen) == len(seen) else chosen

    def _history(self, sent: Sent) -> tuple[str, ...]:
        if sent.anew:
            return ()
        turns = self.past.turns(sent.conversation)
        return tuple(turn.question for turn in turns if not sent.before or turn.n < sent.before)[-MAX_HISTORY:]

    def _answer(self, name: str, put: Put) -> tuple[Answer | None, str]:
        try:
            return self._early.fetch(name, put), ""
        except UserError as error:
            # The question was checked before: what is left is an index that changed just now.
            return None, str(error)
        except Exception as error:
            # The last edge before the reader: without it the chat would wait for ever.
            log.exception("a question was not answered")
            return None, type(error).__name__


def _short(text: str) -> str:
    return text if len(text) <= MAX_QUESTION else f"{text[:80]}……"
