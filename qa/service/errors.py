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
from starlette.exceptions import HTTPException

log = logging.getLogger(__name__)

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


class Refusal(Exception):  # noqa: N818 - a reply, not a defect
    """A reply other than success. `message` says what is wrong, `hint` what to do about it; each is one line."""

    def __init__(
        self, status: int, code: str, message: str, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.code, self.message, self.hint = status, code, message, hint
        self.headers = dict(headers or {})
        super().__init__(message)

    def body(self, request_id: str) -> dict[str, dict[str, str]]:
        """The error object."""
        told = {"code": self.code, "message": self.message, "hint": self.hint, "request_id": request_id}
        return {"error": told}

    def response(self, request: Request) -> JSONResponse:
        """The reply to `request`."""
        return JSONResponse(self.body(request_id(request)), self.status, self.headers)


def request_id(request: Request) -> str:
    """The request's id: the one that a middleware gave it, or a new one that it keeps."""
    state = request.scope.setdefault("state", {})
    found: str = state.setdefault("request_id", uuid.uuid4().hex)
    return found


def add_errors(app: FastAPI) -> None:
    """Every failure of a route of `app` is an error object; a defect of ours is logged and told without details."""
    handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[JSONResponse]]] = {}

    async def refusal(request: Request, error: Refusal) -> JSONResponse:
        return error.response(request)

    async def http(request: Request, error: HTTPException) -> JSONResponse:
        code, message = _PLAIN.get(error.status_code, ("http_error", str(error.detail)))
        return Refusal(error.status_code, code, message, headers=error.headers).response(request)

    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return Refusal(422, "bad_request", f"{where}: {first['msg']}").response(request)

    async def defect(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected failure", exc_info=error)
        return Refusal(500, "internal", "服务器内部出错，请稍后再试。").response(request)

    handlers.update({Refusal: refusal, HTTPException: http, RequestValidationError: invalid, Exception: defect})
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
