"""The shape that programs for chat models speak: /v1/chat/completions and /v1/models, with citations.

Knows that shape and Answer; it must not know how an answer comes about. There is no model behind it: parameters of
sampling are taken and have no effect, and the text is the documents' own words with marks such as [1].
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any, Literal

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from qa.answer import Answer, Citation
from qa.limits import MAX_HISTORY, MAX_QUESTION
from qa.render import place_link, to_text
from qa.service.asking import answered, asker
from qa.service.bodies import json_only
from qa.service.errors import Refusal, errors
from qa.service.schema import ANSWER_EXAMPLE, Documents, Name, Text
from qa.site import Site

MODEL = "wenbao"
"""The model that asks all documents; `wenbao:ID` asks one."""

LISTED = 50
"""Documents that are listed as models of their own."""

_PIECE = 24  # characters of a chunk of a stream


class Part(BaseModel):
    """A part of a message; others than text are left out."""

    model_config = ConfigDict(extra="ignore")

    type: str
    text: Text | None = None


class Message(BaseModel):
    """A message of the conversation."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None

    @property
    def words(self) -> str:
        """Its text."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or () if part.type == "text" and part.text)


class StreamOptions(BaseModel):
    """What a stream ends with."""

    model_config = ConfigDict(extra="ignore")

    include_usage: StrictBool | None = False


class Completion(BaseModel):
    """The last user message is the question, earlier ones its history; `documents` narrows it. Others are tolerated."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": "2022年全县生产总值是多少？"}]},
                {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": "什么是“五大攻坚”？"}]},
            ]
        },
    )

    model: Name = MODEL
    messages: list[Message] = Field(min_length=1, max_length=1000)
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None
    documents: Documents = Field(default_factory=list)


def add_openai(app: FastAPI, site: Site) -> None:
    """Adds /v1/models, /v1/models/{model} and /v1/chat/completions."""
    tags: Any = ["chat completions"]

    @app.get("/v1/models", tags=tags, summary="List models", responses={**_example(_models_example()), **errors()})
    def models() -> dict[str, Any]:
        """All documents together, and each document alone."""
        names = [MODEL, *(f"{MODEL}:{name}" for name in list(site.view().index.documents)[:LISTED])]
        return {"object": "list", "data": [_model(name) for name in names]}

    @app.get("/v1/models/{model:path}", tags=tags, summary="One model", responses=errors(404, 422))
    def model(model: str) -> dict[str, Any]:
        """One of the list, or any document's."""
        _documents(site, model)
        return _model(model)

    @app.post(
        "/v1/chat/completions",
        tags=tags,
        summary="Answer the last message",
        dependencies=[Depends(json_only)],
        response_model=None,
        responses={**_streamed(_completion_example()), **errors(400, 404, 413, 415, 422)},
    )
    def complete(asked: Completion, request: Request) -> JSONResponse | StreamingResponse:
        """`message.content` holds the answer with marks, `message.citations` the quotes, `annotations` their links."""
        question, history = conversation(asked.messages)
        by = asker(site, request, "openai")
        documents = [*_documents(site, asked.model), *asked.documents]
        answer = answered(site, by, question, history, documents)
        reply = Reply(f"chatcmpl-{by.request_id}", asked.model, int(time.time()), answer, str(request.base_url))
        headers = {"x-request-id": by.request_id}
        if not asked.stream:
            return JSONResponse(reply.whole(question), headers=headers)
        usage = bool(asked.stream_options and asked.stream_options.include_usage)
        events = (f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n" for chunk in reply.chunks(question, usage))
        # A proxy that gathers the reply would undo the stream.
        headers |= {"cache-control": "no-cache", "x-accel-buffering": "no"}
        return StreamingResponse(_ended(events), media_type="text/event-stream", headers=headers)


def conversation(messages: list[Message]) -> tuple[str, tuple[str, ...]]:
    """The question and the earlier questions, oldest first; those that are none are left out of the latter."""
    asked = [message.words.strip() for message in messages if message.role == "user"]
    if not asked:
        raise Refusal(400, "no_question", "消息里没有用户的问题。", "最后一条消息的 role 应为 user。")
    earlier = [words for words in asked[:-1] if words and len(words) <= MAX_QUESTION]
    return asked[-1], tuple(earlier[-MAX_HISTORY:])


class Reply:
    """One answer in this shape, whole or in chunks."""

    def __init__(self, name: str, model: str, created: int, answer: Answer, base: str) -> None:
        self.name, self.model, self.created, self.answer, self.base = name, model, created, answer, base
        # The answer with marks and, below it, the quotes they stand for.
        self.text = to_text(answer)

    def whole(self, question: str) -> dict[str, Any]:
        """The reply without a stream."""
        message = {"role": "assistant", "content": self.text, **self.proof()}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage(question)}

    def chunks(self, question: str, usage: bool) -> Iterator[dict[str, Any]]:
        """The pieces of the text in their order; the last one tells the proof and the reason for the end."""
        text = self.text
        yield self._chunk({"role": "assistant", "content": ""})
        for at in range(0, len(text), _PIECE):
            yield self._chunk({"content": text[at : at + _PIECE]})
        yield self._chunk(self.proof(), "stop")
        if usage:
            yield {**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage(question)}

    def proof(self) -> dict[str, Any]:
        """What the text cannot hold: the quotes with their places, their links, whether it was refused, how sure."""
        answer = self.answer
        told = answer.to_json()
        return {
            "refusal": (answer.message or self.text) if answer.refused else None,
            "annotations": [self._annotation(citation) for citation in answer.citations],
            "citations": told["citations"],
            "related": told["related"],
            "refused": answer.refused,
            "confidence": answer.confidence,
            "answer": answer.answer,
        }

    def _annotation(self, citation: Citation) -> dict[str, Any]:
        mark = f"[{citation.n}]"
        at = max(self.text.find(mark), 0)
        place = {"url": self.base + place_link(citation), "title": citation.title or citation.document}
        return {"type": "url_citation", "url_citation": {"start_index": at, "end_index": at + len(mark), **place}}

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.name, "object": kind, "created": self.created, "model": self.model}

    def _usage(self, question: str) -> dict[str, int]:
        """Characters, since nothing here counts tokens."""
        asked, given = len(question), len(self.text)
        return {"prompt_tokens": asked, "completion_tokens": given, "total_tokens": asked + given}


def _ended(events: Iterator[str]) -> Iterator[str]:
    yield from events
    yield "data: [DONE]\n\n"


def _documents(site: Site, model: str) -> list[str]:
    """The documents that a model's name stands for, none for all. Refusal 404 for another name."""
    if model == MODEL:
        return []
    name = model.removeprefix(f"{MODEL}:")
    if name == model or name not in site.view().index.documents:
        raise Refusal(404, "model_not_found", f"没有名为“{model[:80]}”的模型。", "可用的名称见 GET /v1/models。")
    return [name]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": MODEL}


def _example(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "OK", "content": {"application/json": {"example": example}}}}


def _models_example() -> dict[str, Any]:
    return {"object": "list", "data": [_model(MODEL), _model(f"{MODEL}:sanmen-2023")]}


def _completion_example() -> dict[str, Any]:
    message = {"role": "assistant", "content": "332.63亿元 [1]", "citations": ANSWER_EXAMPLE["citations"]}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    head = {"id": "chatcmpl-5f0c1b7a", "object": "chat.completion", "created": 1764000000, "model": MODEL}
    return {**head, "choices": [choice]}


def _streamed(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    told = _example(example)
    told[200]["content"]["text/event-stream"] = {}
    return told
