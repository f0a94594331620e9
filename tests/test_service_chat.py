"""Programs for chat models and MCP clients against a real server: the official clients, and the shapes others send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import httpx
import mcp
import openai
import pytest
from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client
from serving import serving
from stand_in import StandIn, document

from qa.render import to_text
from qa.service import create_app
from qa.service.prefix import Prefix
from qa.site import Site

ASKED = "固定资产投资增长了多少"
ASSISTANT = StandIn(document(), document("另一份", "一、2022年工作回顾\n粮食产量增长3%，水产产量增长4%。\n"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(create_app(Site.of(ASSISTANT))) as found:  # type: ignore[arg-type]
        yield found


@pytest.fixture
def client(address: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)


def said(*words: str) -> list[dict[str, str]]:
    """User messages with an assistant's between them."""
    turns = [{"role": "user", "content": word} for word in words]
    return [turn for user in turns for turn in (user, {"role": "assistant", "content": "答"})][:-1]


def test_the_official_client_gets_marks_citations_and_links(client: openai.OpenAI, address: str) -> None:
    answer = ASSISTANT.ask(ASKED)
    reply = client.chat.completions.create(model="wenbao", messages=said(ASKED), temperature=0.3, n=1, seed=1)  # type: ignore[arg-type]
    message = reply.choices[0].message
    assert (reply.object, reply.model, reply.choices[0].finish_reason) == ("chat.completion", "wenbao", "stop")
    assert message.content == to_text(answer)
    assert message.model_extra is not None
    assert message.model_extra["citations"] == answer.to_json()["citations"]
    assert message.refusal is None
    assert message.annotations
    link = message.annotations[0].url_citation
    assert message.content[link.start_index : link.end_index] == "[1]"
    assert link.url.startswith(f"{address}/doc/sanmen-2023?start=")
    assert '<mark class="cited' in httpx.get(link.url).text


def test_a_stream_adds_up_and_its_last_chunk_holds_the_proof(client: openai.OpenAI) -> None:
    options = {"include_usage": True}
    chunks = list(
        client.chat.completions.create(model="wenbao", messages=said(ASKED), stream=True, stream_options=options)  # type: ignore[call-overload]
    )
    with_choices = [chunk for chunk in chunks if chunk.choices]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in with_choices) == to_text(ASSISTANT.ask(ASKED))
    assert [chunk.choices[0].finish_reason for chunk in with_choices] == [None] * (len(with_choices) - 1) + ["stop"]
    assert with_choices[-1].choices[0].delta.citations == ASSISTANT.ask(ASKED).to_json()["citations"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage.total_tokens > 0
    assert len({chunk.id for chunk in chunks}) == 1


def test_a_refusal_says_so(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="wenbao", messages=said("县长的身高是几厘米"))  # type: ignore[arg-type]
    message = reply.choices[0].message
    assert message.content
    assert "报告中没有答案" in message.content
    assert message.refusal == "报告中没有答案"
    assert message.model_extra is not None
    assert (message.model_extra["refused"], message.model_extra["citations"]) == (True, [])
    assert message.model_extra["related"]


def test_earlier_messages_are_the_history(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="wenbao", messages=said("固定资产投资", "那增长多少"))  # type: ignore[arg-type]
    assert "固定资产那增长多少" in (reply.choices[0].message.content or "")


def test_models_are_all_documents_and_each(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["wenbao", "wenbao:sanmen-2023", "wenbao:另一份"]
    assert client.models.retrieve("wenbao:另一份").id == "wenbao:另一份"
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-9", messages=said(ASKED))  # type: ignore[arg-type]
    assert caught.value.code == "model_not_found"
    reply = client.chat.completions.create(model="wenbao:另一份", messages=said("粮食产量增长多少"))  # type: ignore[arg-type]
    assert reply.choices[0].message.model_extra is not None
    assert {c["document"] for c in reply.choices[0].message.model_extra["citations"]} == {"另一份"}


def test_open_webuis_way_of_calling(address: str) -> None:
    """It sends parts, a system prompt, fields of its own, and reads the stream line by line."""
    body = {
        "model": "wenbao",
        "stream": True,
        "stream_options": {"include_usage": True},
        "user": {"name": "甲", "id": "1", "email": "a@example.test", "role": "user"},
        "metadata": {"chat_id": "x"},
        "max_tokens": 100,
        "tools": [],
        "messages": [
            {"role": "system", "content": "You are helpful."},
            {"role": "user", "content": [{"type": "text", "text": ASKED}, {"type": "image_url", "image_url": {}}]},
        ],
    }
    headers = {"authorization": "Bearer any", "x-openwebui-chat-id": "1"}
    with httpx.stream("POST", f"{address}/v1/chat/completions", json=body, headers=headers) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in reply.iter_lines() if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    text = "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c["choices"])
    assert text == to_text(ASSISTANT.ask(ASKED))
    listed = httpx.get(f"{address}/v1/models", headers=headers).json()
    assert listed["data"][0]["id"] == "wenbao"


def test_a_chat_programs_own_errands_are_turned_away(address: str) -> None:
    """Open WebUI has titles, tags and next questions written by the model it talks to; here is none that could."""
    errand = (
        "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n### Guidelines:\n"
        + "- The title should clearly represent the main theme or subject of the conversation.\n" * 6
        + '### Output:\nJSON format: { "title": "your concise title here" }\n### Chat History:\n<chat_history>\n'
        + f"USER: {ASKED}\nASSISTANT: 28.8% [1]\n</chat_history>"
    )
    body = {"model": "wenbao", "stream": False, "max_completion_tokens": 1000, "messages": said(errand)}
    reply = httpx.post(f"{address}/v1/chat/completions", json=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_question")
    # What such a program may leave empty, and a name it makes up for who asks.
    empty = {"temperature": None, "stop": None, "tool_choice": None, "response_format": {"type": "text"}, "user": "甲"}
    turns = [
        {"role": "system", "content": None},
        *said(ASKED),
        {"role": "assistant", "content": None, "tool_calls": []},
    ]
    again = httpx.post(f"{address}/v1/chat/completions", json={**body, **empty, "messages": turns})
    assert again.json()["choices"][0]["message"]["content"] == to_text(ASSISTANT.ask(ASKED))


def test_below_a_prefix_links_hold(address: str) -> None:
    with serving(Prefix(create_app(Site.of(ASSISTANT)), "/bao")) as prefixed:  # type: ignore[arg-type]
        body = {"messages": said(ASKED)}
        for path in ("/v1/chat/completions", "/bao/v1/chat/completions"):  # the proxy strips the prefix, or keeps it
            message = httpx.post(prefixed + path, json=body).json()["choices"][0]["message"]
            assert message["annotations"][0]["url_citation"]["url"].startswith(f"{prefixed}/bao/doc/sanmen-2023?")
        assert httpx.get(f"{prefixed}/bao/api/docs").status_code == 200
        assert httpx.get(f"{prefixed}/bao/api/nowhere").json()["error"]["code"] == "not_found"


async def _session(address: str) -> list[object]:
    async with (
        streamable_http_client(f"{address}/mcp") as streams,
        ClientSession(streams[0], streams[1]) as session,
    ):
        await session.initialize()
        tools = await session.list_tools()
        asked = await session.call_tool("ask", {"question": ASKED})
        place = {"document": "sanmen-2023", "start": 324, "end": 337, "around": 4}
        passage = await session.call_tool("get_passage", place)
        wrong = [
            await session.call_tool("get_passage", {"document": "../etc", "start": 0, "end": 3}),
            await session.call_tool("get_passage", {"document": "sanmen-2023", "start": 0, "end": 10**9}),
            await session.call_tool("ask", {"q": 1}),
            await session.call_tool("nothing", {}),
        ]
    async with mcp.Client(f"{address}/mcp") as newest:
        again = await newest.call_tool("ask", {"question": ASKED})
    return [tools, asked, passage, wrong, again]


def test_the_official_mcp_client(address: str) -> None:
    tools, asked, passage, wrong, again = asyncio.run(_session(address))
    assert [tool.name for tool in tools.tools] == ["ask", "search", "get_passage"]  # type: ignore[attr-defined]
    assert asked.structured_content == ASSISTANT.ask(ASKED).to_json()  # type: ignore[attr-defined]
    assert again.structured_content == asked.structured_content  # type: ignore[attr-defined]
    assert asked.content[0].text == to_text(ASSISTANT.ask(ASKED))  # type: ignore[attr-defined]
    text = ASSISTANT.index.documents["sanmen-2023"].text
    got = passage.structured_content  # type: ignore[attr-defined]
    assert (got["text"], got["before"], got["after"]) == (text[324:337], text[320:324], text[337:341])
    codes = [json.loads(result.content[0].text)["error"]["code"] for result in wrong]  # type: ignore[attr-defined]
    assert codes == ["no_document", "bad_place", "bad_request", "no_tool"]
    assert all(result.is_error for result in wrong)  # type: ignore[attr-defined]
