"""The tools that programs reach over MCP (streamable HTTP at /mcp): ask, search, get_passage.

Knows the protocol's library and the shapes of requests; it must not know how an answer comes about. It keeps no
sessions: each request stands alone, so that any of several servers may take it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from qa.render import to_text
from qa.service.ask import excerpt, found
from qa.service.asking import Asker, answered, asker, no_document
from qa.service.errors import Refusal
from qa.service.schema import AnswerObject, Ask, Excerpt, Integer, Name, Search, SearchReply
from qa.site import Site

AROUND = 2000
"""Characters around a passage that may be asked for, on each side."""

# The library wants a bound of its own; a body that comes here has passed the server's.
_BOUNDED_BEFORE = 1 << 40


class GetPassage(BaseModel):
    """A span of a document, with some of the text around it."""

    model_config = ConfigDict(extra="forbid")

    document: Name
    start: Integer = Field(ge=0, description="In characters of the document's text, as citations tell it.")
    end: Integer = Field(ge=1)
    around: Integer = Field(0, ge=0, le=AROUND, description="Characters of context on each side.")


class PassageReply(Excerpt):
    """The words themselves, and what stands before and after them."""

    before: str
    after: str


Call = Callable[[Site, Asker, BaseModel], tuple[str, dict[str, Any]]]


def _ask(site: Site, by: Asker, asked: BaseModel) -> tuple[str, dict[str, Any]]:
    assert isinstance(asked, Ask)
    answer = answered(site, by, asked.question, asked.history, asked.documents, asked.min_confidence)
    return to_text(answer), answer.to_json()


def _search(site: Site, by: Asker, asked: BaseModel) -> tuple[str, dict[str, Any]]:
    assert isinstance(asked, Search)
    reply = found(site, asked)
    lines = [f"[{p['document']} {p['start']}-{p['end']}] {p['text'].strip()}" for p in reply["passages"]]
    return "\n\n".join(lines) or "没有找到。", reply


def _get_passage(site: Site, by: Asker, asked: BaseModel) -> tuple[str, dict[str, Any]]:
    assert isinstance(asked, GetPassage)
    document = site.view().index.documents.get(asked.document)
    if document is None:
        raise no_document(asked.document)
    if not asked.start < asked.end <= len(document.text):
        raise Refusal(422, "bad_place", "这一段不在报告里。", f"报告共{len(document.text)}个字符。")
    reply = {
        **excerpt(document, asked.start, asked.end),
        "before": document.text[max(asked.start - asked.around, 0) : asked.start],
        "after": document.text[asked.end : asked.end + asked.around],
    }
    return f"{reply['before']}{reply['text']}{reply['after']}", reply


# Name, what it does, the shape of its arguments and of its result.
_TOOLS: tuple[tuple[str, str, type[BaseModel], type[BaseModel], Call], ...] = (
    (
        "ask",
        "Answers one question about the loaded government work reports in the reports' own words, with quotes and "
        "their places; refuses where the reports do not answer. Questions are best asked in Chinese.",
        Ask,
        AnswerObject,
        _ask,
    ),
    ("search", "Finds the passages of the reports nearest to some words, best first.", Search, SearchReply, _search),
    (
        "get_passage",
        "The exact words of a report from start to end, with context where asked for.",
        GetPassage,
        PassageReply,
        _get_passage,
    ),
)


class Tools:
    """The tools as one ASGI endpoint; it serves while `running` is entered."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serves requests until it is left; may be entered again after that."""
        server: Server[Any] = Server(
            "wenbao", version=version("wenbao"), on_list_tools=_list_tools, on_call_tool=self._call
        )
        manager = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=_BOUNDED_BEFORE
        )
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._manager is None:
            refusal = Refusal(503, "starting", "服务器正在启动。", headers={"retry-after": "2"})
            await refusal.response(Request(scope))(scope, receive, send)
            return
        await self._manager.handle_request(scope, receive, send)

    async def _call(self, context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        by = asker(self._site, context.request, "mcp")
        try:
            text, told = await run_in_threadpool(self._called, by, params)
        except ValidationError as error:
            return _failed(Refusal.of(error), by)
        except Refusal as refusal:
            return _failed(refusal, by)
        except Exception as error:
            return _failed(Refusal.internal(error), by)
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=told)

    def _called(self, by: Asker, params: types.CallToolRequestParams) -> tuple[str, dict[str, Any]]:
        for name, _, model, _, call in _TOOLS:
            if name == params.name:
                return call(self._site, by, model.model_validate(params.arguments or {}))
        raise Refusal(404, "no_tool", f"没有名为“{params.name[:80]}”的工具。", "可用的工具见 tools/list。")


def add_mcp(app: FastAPI, tools: Tools) -> None:
    """Adds /mcp, with and without a stroke at its end."""
    app.router.routes += [Route("/mcp", endpoint=tools), Route("/mcp/", endpoint=tools)]


async def _list_tools(context: Any, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    return types.ListToolsResult(
        tools=[
            types.Tool(
                name=name,
                description=what,
                input_schema=arguments.model_json_schema(),
                output_schema=result.model_json_schema(),
                annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
            )
            for name, what, arguments, result, _ in _TOOLS
        ]
    )


def _failed(refusal: Refusal, by: Asker) -> types.CallToolResult:
    """A mistake told inside the result, where the calling program's model sees it and can do better."""
    text = json.dumps(refusal.body(by.request_id), ensure_ascii=False)
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)
