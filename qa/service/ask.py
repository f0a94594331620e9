"""Questions over HTTP: POST /api/v1/ask.

Knows Assistant and Answer; it must not know how an answer comes about.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from index.errors import UserError
from qa.answer import Answer
from qa.assistant import Assistant
from qa.limits import MAX_HISTORY, MAX_QUESTION, complaint
from qa.service.bodies import body, parsed
from qa.service.errors import Refusal
from qa.site import Site

Short = Annotated[str, StringConstraints(max_length=MAX_QUESTION)]


class Ask(BaseModel):
    """The body of POST /api/v1/ask. `history`: earlier questions, oldest first; no `documents` asks all."""

    model_config = ConfigDict(extra="forbid")

    question: str
    history: list[Short] = Field(default_factory=list, max_length=MAX_HISTORY)
    documents: list[str] = Field(default_factory=list, max_length=1000)


def add_interface(app: FastAPI, site: Site) -> None:
    """Adds the routes."""
    told = {"required": True, "content": {"application/json": {"schema": Ask.model_json_schema()}}}

    @app.post("/api/v1/ask", openapi_extra={"requestBody": told})
    async def ask(request: Request) -> JSONResponse:
        asked = parsed(Ask, await body(request))
        answer = await run_in_threadpool(answered, site.assistant, asked)
        return JSONResponse(answer.to_json())


def answered(assistant: Assistant, asked: Ask) -> Answer:
    """The answer; Refusal where the question is none or names a report that is not there."""
    line = complaint(asked.question)
    if line:
        raise Refusal(400, "bad_question", line)
    unknown = [name for name in asked.documents if name not in assistant.index.documents]
    if unknown:
        raise Refusal(404, "no_document", f"没有名为“{unknown[0][:80]}”的报告。")
    try:
        return assistant.ask(asked.question, history=tuple(asked.history), documents=tuple(asked.documents))
    except UserError as error:
        raise Refusal(400, "bad_request", str(error)) from error
