"""The HTTP routes: the reading page, the JSON interface, health; and the headers that keep a page to itself.

Knows the web framework, Assistant and Answer; it must not know how an answer comes about or how the chat looks.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import UserError
from qa.limits import MAX_HISTORY, MAX_QUESTION, complaint
from qa.reading import View, message_page, name_of, parse_place, reading_page

if TYPE_CHECKING:
    from qa.assistant import Assistant

log = logging.getLogger(__name__)

# What a page may load: this server only. Inline scripts and 'unsafe-eval' are the chat page's framework's needs.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
MAX_BODY = 1_000_000
"""Bytes of a request to the JSON interface."""

Short = Annotated[str, StringConstraints(max_length=MAX_QUESTION)]


class Ask(BaseModel):
    """The body of POST /api/v1/ask. `history`: earlier questions, oldest first; no `documents` asks all."""

    model_config = ConfigDict(extra="forbid")

    question: str
    history: list[Short] = Field(default_factory=list, max_length=MAX_HISTORY)
    documents: list[str] = Field(default_factory=list, max_length=1000)


class Refusal(Exception):  # noqa: N818 - a reply, not a defect
    """A reply other than 200 of the JSON interface: {"error": {"code", "message"}}."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(message)

    def response(self) -> JSONResponse:
        return JSONResponse({"error": {"code": self.code, "message": self.message}}, self.status)


class Headers:
    """Plain ASGI, since a streamed answer must not wait for its end: adds the security headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def create_app(assistant: Assistant) -> FastAPI:
    """The routes over `assistant`. Links are relative, so that it may stand behind any prefix."""
    # The framework's own documentation pages load their scripts from outside.
    app = FastAPI(title="Wenbao", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    # No foreign origin may read answers; its presence also keeps the chat's framework from allowing every origin.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Headers)
    _add_errors(app)
    _add_pages(app, assistant)
    _add_interface(app, assistant)
    return app


def _add_pages(app: FastAPI, assistant: Assistant) -> None:
    documents = assistant.index.documents

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, Any]:
        return {"status": "ok", "documents": len(documents)}

    @app.get("/doc/{identifier}", response_class=HTMLResponse, include_in_schema=False)
    def doc(
        identifier: str,
        start: str = "",
        end: str = "",
        marks: str = "",
        embed: str = "",
        theme: str = "",
        size: str = "",
    ) -> HTMLResponse:
        titles = {name: name_of(document) for name, document in documents.items()}
        document = documents.get(identifier)
        if document is None:
            return HTMLResponse(
                message_page("没有这份报告", f"没有名为“{identifier[:80]}”的报告。可以阅读：", titles), 404
            )
        view = View(embedded=embed == "1", theme=theme, large=size == "large", others=titles)
        try:
            place = parse_place(document, start, end, marks)
        except ValueError:
            note = "链接所指的位置不在这份报告里，已从头显示全文。"
            return HTMLResponse(reading_page(document, None, replace(view, notice=note)), 400)
        return HTMLResponse(reading_page(document, place, view))


def _add_interface(app: FastAPI, assistant: Assistant) -> None:
    body = {"required": True, "content": {"application/json": {"schema": Ask.model_json_schema()}}}

    @app.post("/api/v1/ask", openapi_extra={"requestBody": body})
    async def ask(request: Request) -> JSONResponse:
        asked = _parsed(await _body(request))
        line = complaint(asked.question)
        if line:
            raise Refusal(400, "bad_question", line)
        unknown = [name for name in asked.documents if name not in assistant.index.documents]
        if unknown:
            raise Refusal(404, "no_document", f"没有名为“{unknown[0][:80]}”的报告。")
        try:
            answer = await run_in_threadpool(
                assistant.ask, asked.question, history=tuple(asked.history), documents=tuple(asked.documents)
            )
        except UserError as error:
            raise Refusal(400, "bad_request", str(error)) from error
        return JSONResponse(answer.to_json())


async def _body(request: Request) -> bytes:
    """The request's body, read no further than MAX_BODY."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            raise Refusal(413, "too_large", f"请求超过{MAX_BODY}字节。")
        chunks.append(chunk)
    return b"".join(chunks)


def _parsed(body: bytes) -> Ask:
    try:
        return Ask.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise Refusal(422, "bad_request", f"{where}: {first['msg']}") from error


def _add_errors(app: FastAPI) -> None:
    """Every failure under /api is {"error": {...}}; a defect of ours is logged and shown without its details."""
    handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[JSONResponse]]] = {}

    async def refusal(_: Request, error: Refusal) -> JSONResponse:
        return error.response()

    async def http(_: Request, error: HTTPException) -> JSONResponse:
        return Refusal(error.status_code, "http_error", str(error.detail)).response()

    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return Refusal(422, "bad_request", "; ".join(str(item["msg"]) for item in error.errors())).response()

    async def defect(_: Request, error: Exception) -> JSONResponse:
        log.error("unexpected failure", exc_info=error)
        return Refusal(500, "internal", "服务器内部出错，请稍后再试。").response()

    handlers.update({Refusal: refusal, HTTPException: http, RequestValidationError: invalid, Exception: defect})
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
