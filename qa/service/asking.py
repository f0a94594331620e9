"""One question on behalf of a request: checked, answered over the current index, written into the audit.

Knows Site, Assistant and Answer; it must not know which route asks, nor how an answer comes about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import Request

from index.errors import UserError
from qa.access.addresses import client_of
from qa.answer import Answer
from qa.assistant import Assistant
from qa.limits import complaint
from qa.service.errors import Refusal, request_id
from qa.site import Asked, Site

MAX_RELATED = 3
UNSURE = "报告中可能有答案，但把握低于所要求的程度。"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, over which interface (api, openai, mcp), and the id under which the audit keeps it."""

    request_id: str
    who: str
    channel: str


def asker(site: Site, request: Request, channel: str) -> Asker:
    """The asker of a request: the name that they were known by, else their address."""
    identity = site.guard.identity(request.scope) if site.guard else None
    named = identity is not None and identity.means != "local"
    who = identity.who if identity is not None and named else client_of(request.scope)
    return Asker(request_id(request), who, channel)


def answered(
    site: Site,
    by: Asker,
    question: str,
    history: Sequence[str] = (),
    documents: Sequence[str] = (),
    min_confidence: float = 0.0,
) -> Answer:
    """The answer, in the audit where there is one. Refusal where the question is none or names a strange document."""
    assistant = site.view()
    check(assistant, question, documents)
    asked = Asked(by.request_id, question, history, documents, by.who, by.channel)
    try:
        answer = assistant.ask(question, history=tuple(history), documents=tuple(documents))
    except UserError as error:
        raise told(error) from error
    except Exception as error:
        site.note(asked, assistant, None, type(error).__name__)
        raise
    if not answer.refused and answer.confidence < min_confidence:
        answer = unsure(answer)
    site.note(asked, assistant, answer)
    return answer


def check(assistant: Assistant, question: str, documents: Sequence[str]) -> None:
    """Refusal where there is nothing to be asked."""
    line = complaint(question)
    if line:
        raise Refusal(400, "bad_question", line, "用一句话提问。")
    for name in documents:
        if name not in assistant.index.documents:
            raise no_document(name)


def no_document(name: str) -> Refusal:
    """The reply for a document that the index does not have."""
    return Refusal(404, "no_document", f"没有名为“{name[:80]}”的报告。", "可用的名称见 GET /api/v1/documents。")


def told(error: UserError) -> Refusal:
    """The reply for a mistake that was found further inside."""
    return Refusal(400, "bad_request", f"{error.found}; wanted {error.wanted}", error.remedy)


def unsure(answer: Answer) -> Answer:
    """`answer` withdrawn: a refusal that keeps the first quotes as passages worth a look."""
    related = tuple(replace(citation, marks=()) for citation in answer.citations[:MAX_RELATED])
    return replace(answer, refused=True, answer="", answers=(), citations=(), related=related, message=UNSURE)
