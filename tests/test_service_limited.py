"""A key for some of the documents: nothing of the others is told over any part of the HTTP interface."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from serving import serving

from index.build import add
from qa.access.guard import Guard, Settings, new_key
from qa.access.store import Key, Register, Watched, change
from qa.service import create_app
from qa.site import Site

OTHER = "某县政府工作报告\n2024年2月1日\n一、2023年工作回顾\n全县茶叶产量达到4321吨，增长7%。\n"
QUESTION = "2023年茶叶产量是多少？"


@pytest.fixture
def served(county_index: Path, tmp_path: Path) -> Iterator[tuple[str, str, str]]:
    """The address of a guarded server, and the keys of one who sees all and of one who does not see 某县."""
    file = tmp_path / "某县.txt"
    file.write_text(OTHER, encoding="utf-8")
    add([file], county_index)
    register, keys, made = tmp_path / "access.json", [], []
    for name, documents in (("all", None), ("some", ("report-county",))):
        identifier, key, digest = new_key()
        keys.append(Key(identifier, name, "keeper", digest, 1.0, documents=documents))
        made.append(key)
    change(register, lambda before: Register(before.secret, tuple(keys)))
    site = Site(county_index, tmp_path / "data", Guard(Watched(register), Settings(required=True)))
    with serving(create_app(site)) as address:
        yield address, *made
    assert site.ledger is not None
    site.ledger.close()


async def _by_mcp(address: str, key: str) -> list[Any]:
    client = create_mcp_http_client(headers={"authorization": f"Bearer {key}"})
    async with (
        client,
        streamable_http_client(f"{address}/mcp", http_client=client) as streams,
        ClientSession(streams[0], streams[1]) as session,
    ):
        await session.initialize()
        return [
            await session.call_tool("ask", {"question": QUESTION}),
            await session.call_tool("search", {"question": "茶叶产量", "top_k": 50}),
            await session.call_tool("get_passage", {"document": "某县", "start": 0, "end": 5}),
        ]


def test_other_peoples_documents_are_not_there(served: tuple[str, str, str]) -> None:
    address, whole, part = served
    with httpx.Client(base_url=address, headers={"authorization": f"Bearer {whole}"}, timeout=60) as client:
        assert "4321吨" in client.post("/api/v1/ask", json={"question": QUESTION}).json()["answer"]
    with httpx.Client(base_url=address, headers={"authorization": f"Bearer {part}"}, timeout=60) as client:
        for reply in (
            client.post("/api/v1/ask", json={"question": QUESTION}),
            client.post("/api/v1/search", json={"question": "茶叶产量", "top_k": 50}),
            client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}]}),
            client.get("/v1/models"),
            client.get("/api/v1/documents"),
            client.get("/doc/report-county"),
        ):
            assert reply.status_code == 200
            assert "4321吨" not in reply.text
            assert "某县" not in reply.text.replace(QUESTION, "")
        for reply in (
            client.post("/api/v1/ask", json={"question": QUESTION, "documents": ["某县"]}),
            client.post(
                "/v1/chat/completions", json={"model": "wenbao:某县", "messages": [{"role": "user", "content": "茶"}]}
            ),
            client.get("/doc/某县"),
            *(client.get(f"/api/v1/documents/某县{end}") for end in ("", "/text", "/outline", "/original")),
            client.delete("/api/v1/documents/某县"),
        ):
            assert reply.status_code == 404
            assert "4321吨" not in reply.text
    asked, found, passage = asyncio.run(_by_mcp(address, part))
    assert "4321吨" not in json.dumps([asked.structured_content, found.structured_content], ensure_ascii=False)
    assert {p["document"] for p in found.structured_content["passages"]} == {"report-county"}
    assert passage.is_error
    assert httpx.post(f"{address}/api/v1/ask", json={"question": QUESTION}).status_code == 401
    assert httpx.get(f"{address}/api/openapi.json").status_code == 401
