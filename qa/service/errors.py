"""Replies other than success: one shape for all of them, {"error": {"code", "message", "hint", "request_id"}}.

Knows the web framework's exceptions; it must not know what any route does.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from qa.service.schema import ErrorReply

log = logging.getLogger(__name__)

_WHY = {
    400: "The question or request is none that can be served.",
    401: "A key or a login is needed.",
    403: "Not allowed to this key or user.",
    404: "No such thing.",
    408: "The body did not arrive in time.",
    409: "It is there already.",
    413: "Too large.",
    415: "Another kind of content.",
    422: "A field is missing or wrong.",
    429: "Too many requests; see Retry-After.",
    500: "A defect of the server.",
    501: "This server is not set up for it.",
    503: "Busy; see Retry-After.",
}
_PLAIN = {
    400: ("bad_request", "请求有误。"),
    401: ("unauthorized", "需要登录或接口密钥。"),
    403: ("forbidden", "没有权限。"),
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "这个地址不接受这种请求方法。"),
    406: ("not_acceptable", "不能以所要的格式回复。"),
    413: ("too_large", "请求太大。"),
    415: ("unsupported_type", "不接受这种内容类型。"),
}


class Refusal(HTTPException):
    """A reply other than success. `message` says what is wrong, `hint` what to do about it; each is one line.

    It is one of the framework's own exceptions, which pass through its reading of a body as they are.
    """

    def __init__(
        self, status: int, code: str, message: str, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self.code, self.message, self.hint = code, _line(message), _line(hint)
        super().__init__(status, message, dict(headers or {}))

    @classmethod
    def of(cls, error: ValidationError | RequestValidationError) -> Refusal:
        """422 with the first field that is wrong."""
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        return cls(422, "bad_request", f"{where[:80]}: {first['msg']}", "格式见 /api/docs。")

    @classmethod
    def internal(cls, error: Exception) -> Refusal:
        """500 for a defect of ours, which is logged and told without its details."""
        log.error("unexpected failure", exc_info=error)
        return cls(500, "internal", "服务器内部出错，请稍后再试。")

    def body(self, request_id: str) -> dict[str, dict[str, str]]:
        """The error object."""
        told = {"code": self.code, "message": self.message, "hint": self.hint, "request_id": request_id}
        return {"error": told}

    def response(self, request: Request) -> JSONResponse:
        """The reply to `request`."""
        return JSONResponse(self.body(request_id(request)), self.status_code, self.headers)


def _line(text: str) -> str:
    """One line of a message, without what could not be encoded."""
    return " ".join(text.encode("utf-8", "replace").decode().split())[:300]


def request_id(request: Request) -> str:
    """The request's id: the one that a middleware gave it, or a new one that it keeps."""
    state = request.scope.setdefault("state", {})
    found: str = state.setdefault("request_id", uuid.uuid4().hex)
    return found


_ALWAYS = (401, 403, 429, 500, 503)
"""What any route may reply: the gate stands before all of them."""


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's documentation: the replies other than success that it may give, besides those that all may.

    A route with a limit of its body (413) has one of the time that the body takes (408).
    """
    slow = {408} if 413 in statuses else set()
    all_of_them = sorted({*statuses, *slow, *_ALWAYS})
    return {status: {"model": ErrorReply, "description": _WHY[status]} for status in all_of_them}


def add_errors(app: FastAPI) -> None:
    """Every failure of a route of `app` is an error object; a defect of ours is logged and told without details."""
    handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[JSONResponse]]] = {}

    async def refusal(request: Request, error: Refusal) -> JSONResponse:
        return error.response(request)

    async def http(request: Request, error: HTTPException) -> JSONResponse:
        code, message = _PLAIN.get(error.status_code, ("http_error", str(error.detail)))
        return Refusal(error.status_code, code, message, headers=error.headers).response(request)

    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return Refusal.of(error).response(request)

    async def defect(request: Request, error: Exception) -> JSONResponse:
        return Refusal.internal(error).response(request)

    handlers.update({Refusal: refusal, HTTPException: http, RequestValidationError: invalid, Exception: defect})
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def add_nowhere(app: FastAPI) -> None:
    """What is no route below /api or /v1 is an error object too, and not the chat page that is mounted at /.

    To be added after all other routes.
    """
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]

    async def nowhere(request: Request) -> JSONResponse:
        allowed: set[str] = set()
        for route in app.router.routes:
            if (
                isinstance(route, Route)
                and route.endpoint is not nowhere
                and route.matches(request.scope)[0] is not Match.NONE
            ):
                allowed |= route.methods or set()
        if allowed:
            raise HTTPException(405, headers={"allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)

    for prefix in ("/api", "/v1"):
        app.router.routes.append(Route(prefix + "/{rest:path}", nowhere, methods=methods, include_in_schema=False))
