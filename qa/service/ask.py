"""Questions over HTTP: ask, search, a batch of questions as JSON Lines, and what a reader thinks of an answer.

Knows Answer and the shapes of requests; it must not know how an answer comes about.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from index.errors import UserError
from index.fold import fold
from index.records import Document
from qa.ledger.records import Marked, Unwritten
from qa.service.asking import Asker, answered, asker, check, no_document
from qa.service.bodies import LINES, body, json_only, lines_only
from qa.service.errors import Refusal, errors
from qa.service.schema import ANSWER_EXAMPLE, AnswerObject, Ask, BatchRow, Kept, Opinion, Search, SearchReply
from qa.site import Site

MAX_ROWS = 10_000
"""Questions of one batch."""

_BATCH_IN = (
    '{"id": "a1", "question": "2022年全县生产总值是多少？"}\n'
    '{"id": "a2", "question": "什么是“五大攻坚”？", "doc": "sanmen-2023"}\n'
)
_BATCH_OUT = json.dumps({"id": "a1", **ANSWER_EXAMPLE}, ensure_ascii=False) + "\n"
_BATCH_DOC: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string"}, "example": _BATCH_IN} for kind in (LINES, "text/plain")},
    }
}


def add_questions(app: FastAPI, site: Site) -> None:
    """Adds /api/v1/ask, /search, /batch and /feedback."""
    common: dict[str, Any] = {"tags": ["questions"]}
    json_body = [Depends(json_only)]

    @app.post(
        "/api/v1/ask",
        response_model=AnswerObject,
        summary="Answer one question",
        dependencies=json_body,
        responses=errors(400, 404, 413, 415, 422),
        **common,
    )
    def ask(asked: Ask, request: Request) -> JSONResponse:
        """The answer in the documents' own words with its citations, or a refusal. X-Request-Id leads to feedback."""
        by = asker(site, request, "api")
        answer = answered(site, by, asked.question, asked.history, asked.documents, asked.min_confidence)
        return JSONResponse(answer.to_json(), headers={"x-request-id": by.request_id})

    @app.post(
        "/api/v1/search",
        response_model=SearchReply,
        summary="Find passages",
        dependencies=json_body,
        responses=errors(400, 404, 413, 415, 422),
        **common,
    )
    def search(asked: Search) -> JSONResponse:
        """The passages nearest to the words, by meaning and by wording, without reading them for an answer."""
        return JSONResponse(found(site, asked))

    @app.post(
        "/api/v1/feedback",
        response_model=Kept,
        status_code=201,
        summary="Say what you think of an answer",
        dependencies=json_body,
        responses=errors(400, 404, 413, 415, 422, 501, 503),
        **common,
    )
    def feedback(opinion: Opinion, request: Request) -> JSONResponse:
        """Keeps the opinion; giving it again replaces the earlier one."""
        return JSONResponse({"id": _kept(site, opinion, asker(site, request, "api").who)}, 201)

    _add_batch(app, site)


def _add_batch(app: FastAPI, site: Site) -> None:
    @app.post(
        "/api/v1/batch",
        tags=["questions"],
        summary="Answer many questions",
        response_class=StreamingResponse,
        dependencies=[Depends(lines_only)],
        responses={
            200: {
                "description": "One line for each question, in their order, as soon as it is answered.",
                "content": {LINES: {"schema": {"type": "string"}, "example": _BATCH_OUT}},
            },
            **errors(400, 413, 415),
        },
        openapi_extra=_BATCH_DOC,
    )
    async def batch(request: Request) -> StreamingResponse:
        """JSON Lines in, JSON Lines out: the answer object with the line's `id`, or `{"id", "line", "error"}`."""
        rows = [(n, line) for n, line in enumerate((await body(request)).split(b"\n"), 1) if line.strip()]
        if not rows:
            raise Refusal(400, "empty", "没有问题。", "每行一个 JSON 对象，至少一行。")
        if len(rows) > MAX_ROWS:
            raise Refusal(413, "too_large", f"共{len(rows)}行，最多{MAX_ROWS}行。", "分几次发送。")
        return StreamingResponse(_replies(site, asker(site, request, "api"), rows), media_type=LINES)


async def _replies(site: Site, by: Asker, rows: list[tuple[int, bytes]]) -> AsyncIterator[bytes]:
    for n, line in rows:
        told = await run_in_threadpool(_reply, site, by, n, line)
        yield json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _reply(site: Site, by: Asker, n: int, line: bytes) -> dict[str, Any]:
    """One line's answer; nothing that is wrong with a line, or goes wrong in answering, ends the batch."""
    # Each question has an id of its own, by which the audit and feedback know it.
    by = replace(by, request_id=f"{by.request_id}-{n}")
    name: str | int | None = None
    try:
        row = BatchRow.model_validate_json(line)
        name = row.id
        asked = row.documents or ([row.doc] if row.doc and row.doc != "*" else [])
        answer = answered(site, by, row.question, row.history, asked, row.min_confidence)
    except ValidationError as error:
        refusal = Refusal.of(error)
    except Refusal as error:
        refusal = error
    except Exception as error:
        refusal = Refusal.internal(error)
    else:
        return {"id": n if name is None else name, **answer.to_json(), "request_id": by.request_id}
    return {"id": n if name is None else name, "line": n, **refusal.body(by.request_id)}


def found(site: Site, asked: Search) -> dict[str, Any]:
    """The reply to a search."""
    assistant = site.view()
    check(assistant, asked.question, asked.documents)
    index = assistant.index
    passages = []
    for hit in index.search(fold(asked.question), asked.top_k, tuple(asked.documents)):
        place = hit.passage
        told = excerpt(index.documents[place.document], place.start, place.end)
        scores = {"score": hit.score, "dense": hit.dense, "lexical": hit.lexical}
        passages.append({**told, **{name: round(score, 4) for name, score in scores.items()}})
    return {"question": asked.question, "passages": passages}


def excerpt(document: Document, start: int, end: int) -> dict[str, Any]:
    """The words of a span and where they stand, in the shape of `schema.Excerpt`."""
    section = document.section_at(start)
    return {
        "document": document.id,
        "title": document.title,
        "section": list(section.path),
        "period": section.period,
        "start": start,
        "end": end,
        "page": document.page_at(start),
        "text": document.text[start:end],
    }


def _kept(site: Site, opinion: Opinion, who: str) -> int:
    if site.ledger is None:
        raise Refusal(501, "no_ledger", "这台服务器不保存反馈。", "启动时用 --data 指定数据目录。")
    marked = None
    if opinion.marked:
        document = site.view().index.documents.get(opinion.marked.document)
        if document is None:
            raise no_document(opinion.marked.document)
        if not opinion.marked.start < opinion.marked.end <= len(document.text):
            raise Refusal(422, "bad_place", "所标的位置不在这份报告里。", f"报告共{len(document.text)}个字符。")
        marked = Marked(document.id, opinion.marked.start, opinion.marked.end)
    try:
        number: int = site.ledger.feedback.give(
            opinion.request_id, opinion.helpful, reason=opinion.reason, comment=opinion.comment, marked=marked, who=who
        )
    except UserError as error:
        raise Refusal(400, "bad_feedback", f"{error.found}; wanted {error.wanted}", error.remedy) from error
    except Unwritten as error:
        raise Refusal(503, "not_kept", "反馈没有存下来。", "请稍后再试。", headers={"retry-after": "5"}) from error
    return number
