"""Bodies of requests: read no further than a limit, and made into a model or refused.

Knows pydantic models and their errors; it must not know what a body is for.
"""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from qa.service.errors import Refusal

MAX_BODY = 1_000_000
"""Bytes of a request to the JSON interface, uploads and batches aside."""

Model = TypeVar("Model", bound=BaseModel)


async def body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The request's body, read no further than `limit` bytes."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise Refusal(413, "too_large", f"请求超过{limit}字节。", "请缩短请求，或分几次发送。")
        chunks.append(chunk)
    return b"".join(chunks)


def parsed(model: type[Model], content: bytes) -> Model:
    """`content` as `model`; Refusal 422 names the first field that is wrong."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise Refusal(422, "bad_request", f"{where}: {first['msg']}"[:180]) from error
