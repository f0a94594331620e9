"""Bodies of requests: their kinds, and reading them. How long they may be is bounded before they come here.

Knows the web framework's requests; it must not know what a body is for.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import Request
from starlette.requests import ClientDisconnect

from qa.service.errors import Refusal

JSON = "application/json"
LINES = "application/x-ndjson"
_LINES = (LINES, "application/jsonl", "application/jsonlines", "text/plain", "application/octet-stream")


async def body(request: Request) -> bytes:
    """The request's body."""
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise Refusal(400, "cut_off", "请求没有发完。") from error


async def form_fields(request: Request, most: int) -> dict[str, str] | None:
    """The fields of a form, each as it was given last; None where it has more than `most` bytes."""
    sent = bytearray()
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > most:
            return None
    try:
        fields = parse_qs(sent.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:  # more fields than that
        return None
    return {name: values[-1] for name, values in fields.items()}


def content_type(request: Request) -> str:
    """The kind of the body, without parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def json_only(request: Request) -> None:
    """Refusal 415 for a body of another kind: what a form on another site could send is not taken for JSON."""
    kind = content_type(request)
    if not (kind == JSON or (kind.startswith("application/") and kind.endswith("+json"))):
        raise Refusal(415, "unsupported_type", f"不接受内容类型“{kind[:80]}”。", f"Content-Type: {JSON}")


def lines_only(request: Request) -> None:
    """Refusal 415 for a body that does not claim to be lines."""
    kind = content_type(request)
    if kind not in _LINES:
        raise Refusal(415, "unsupported_type", f"不接受内容类型“{kind[:80]}”。", f"Content-Type: {LINES}")
