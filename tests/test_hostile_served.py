"""The real server, guarded, against requests that mean harm: each is refused with the right status, none breaks it."""

from __future__ import annotations

import io
import json
import shutil
import socket
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from running import running

from index.build import add
from qa.access.guard import new_key
from qa.access.store import Key, Register, change

ASK, CHAT, DOCUMENTS = "/api/v1/ask", "/v1/chat/completions", "/api/v1/documents"
OTHER = "某县政府工作报告\n一、2023年工作回顾\n全县茶叶产量达到4321吨，增长7%。\n"
RAW = {"content-type": "application/octet-stream"}
JSON = {"content-type": "application/json"}
CHATTED = {"messages": [{"role": "user", "content": "茶叶产量"}]}


@dataclass(frozen=True)
class Served:
    """The server and the keys: of a keeper of all, of a keeper who may see one report only, and of a reader of it."""

    address: str
    log: Path
    keys: dict[str, str]

    def head(self, name: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.keys[name]}"} if name else {}

    def raw(self, data: bytes, wait: float = 20.0) -> bytes:
        """What comes back over a connection of its own, until the server closes it."""
        parts = urlsplit(self.address)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=wait) as connection:
            got = b""
            try:
                connection.sendall(data)
                while part := connection.recv(65536):
                    got += part
            except ConnectionError:
                pass
            return got


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, _built: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    index, data = folder / "index", folder / "data"
    (folder / "某县.txt").write_text(OTHER, encoding="utf-8")
    shutil.copytree(_built / "county", index)
    add([folder / "某县.txt"], index)
    keys, made = [], {}
    for name, role, documents in (
        ("keeper", "keeper", None),
        ("part-keeper", "keeper", ("report-county",)),
        ("part", "reader", ("report-county",)),
    ):
        identifier, made[name], digest = new_key()
        keys.append(Key(identifier, name, role, digest, 1.0, documents=documents))
    change(data / "access.json", lambda before: Register(before.secret, tuple(keys)))
    with running(index, data, "--guarded", "--rate", "0", "--body-seconds", "1", "--log-requests") as server:
        yield Served(server.address, server.log, made)


def archive(members: dict[str, bytes], says: int | None = None) -> bytes:
    """A ZIP archive; with `says` every member claims to unpack to so many bytes only."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, data in members.items():
            made.writestr(name, data)
            if says is not None:
                made.infolist()[-1].file_size = says
    return out.getvalue()


def entities(levels: int = 9) -> bytes:
    """XML whose entities unfold to 10**levels characters."""
    told = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels + 1))
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "茶">{told}]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        f"<w:t>&e{levels};</w:t></w:r></w:p></w:body></w:document>"
    ).encode()


def outside(uri: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{uri}">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        "<w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
    ).encode()


def word(text: bytes, says: int | None = None, **more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": text, **more}, says)


def bomb(kind: str) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", kind: bytes(320_000_000)})


# Made when they are sent, since some take a while.
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a bomb": ("b.docx", lambda: bomb("word/document.xml")),
    "a bomb that lies": ("b.docx", lambda: word(bytes(50_000_000), says=1000)),
    "a sheet bomb": ("b.xlsx", lambda: bomb("xl/workbook.xml")),
    "many members": ("b.docx", lambda: word(b"", **{f"m{n}": b"" for n in range(20_000)})),
    "entities": ("b.docx", lambda: word(entities())),
    "an outside entity": ("b.docx", lambda: word(outside("file:///etc/passwd"))),
    "a member outside": ("b.docx", lambda: archive({"../../etc/x": b"x"})),
    "a cut PDF": ("b.pdf", lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>"),
    "a program": ("b.txt", lambda: b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_means_harm_is_read_by_nobody(served: Served, name: str) -> None:
    filename, made = FILES[name]
    address = f"{served.address}{DOCUMENTS}?filename={filename}"
    reply = httpx.post(address, content=made(), headers={**RAW, **served.head("keeper")}, timeout=120)
    assert reply.status_code == 422, reply.text
    told = reply.json()["error"]
    assert (told["code"], "root:" in reply.text, "/tmp" in reply.text) == ("unreadable", False, False)


# method, path, key, what else, status
REQUESTS: list[tuple[str, str, str, dict[str, Any], int]] = [
    # Nobody, and what looks like somebody
    ("POST", ASK, "", {"json": {"question": "问题"}}, 401),
    ("POST", ASK, "", {"json": {"question": "问题"}, "headers": {"authorization": "Bearer wb_00000000_x"}}, 401),
    ("POST", ASK, "", {"json": {"question": "问题"}, "headers": {"authorization": "Basic YWRtaW46YWRtaW4="}}, 401),
    ("POST", ASK, "", {"json": {"question": "问题"}, "headers": {"x-forwarded-user": "admin"}}, 401),
    ("POST", ASK, "", {"json": {"question": "问题"}, "headers": {"cookie": "wenbao=admin"}}, 401),
    ("POST", ASK, "", {"json": {"question": "问题"}, "headers": {"host": "localhost"}}, 401),
    ("GET", f"{DOCUMENTS}?key=wb_1", "", {}, 401),
    ("GET", "/gradio_api/file=/etc/passwd", "", {}, 401),
    ("POST", "/gradio_api/queue/join", "", {"json": {}}, 401),
    ("GET", "/keeper", "", {}, 401),
    ("GET", "/metrics", "", {}, 401),
    # Other people's documents
    ("POST", ASK, "part", {"json": {"question": "茶叶产量", "documents": ["某县"]}}, 404),
    ("POST", "/api/v1/search", "part", {"json": {"question": "茶叶产量", "documents": ["某县"]}}, 404),
    ("POST", CHAT, "part", {"json": {**CHATTED, "model": "wenbao:某县"}}, 404),
    ("POST", CHAT, "part", {"json": {**CHATTED, "documents": ["某县"]}}, 404),
    ("GET", "/v1/models/wenbao:某县", "part", {}, 404),
    ("GET", f"{DOCUMENTS}/某县", "part", {}, 404),
    ("GET", f"{DOCUMENTS}/某县/text", "part", {}, 404),
    ("GET", f"{DOCUMENTS}/某县/outline", "part", {}, 404),
    ("GET", f"{DOCUMENTS}/某县/original", "part", {}, 404),
    ("GET", "/doc/某县", "part", {}, 404),
    ("GET", f"{DOCUMENTS}/report-county%2f..%2f某县/text", "part", {}, 404),
    ("DELETE", f"{DOCUMENTS}/某县", "part-keeper", {}, 404),
    ("PUT", f"{DOCUMENTS}/某县?filename=a.txt", "part-keeper", {"content": b"x", "headers": RAW}, 404),
    ("POST", f"{DOCUMENTS}?filename=某县.txt&replace=true", "part-keeper", {"content": b"x", "headers": RAW}, 403),
    ("DELETE", f"{DOCUMENTS}/report-county", "part", {}, 403),
    ("GET", "/keeper", "part", {}, 403),
    ("GET", "/keeper/feedback.jsonl", "part-keeper", {}, 403),
    ("GET", "/metrics", "part", {}, 403),
    # Ways out of the folders
    ("GET", "/gradio_api/file=/etc/passwd", "keeper", {}, 403),
    ("GET", "/gradio_api/file=..%2f..%2f..%2fetc%2fpasswd", "keeper", {}, 403),
    ("GET", "/gradio_api/file=data/access.json", "keeper", {}, 403),
    ("GET", "/assets/..%2f..%2f..%2fetc%2fpasswd", "keeper", {}, 403),
    ("GET", "/doc/..%2f..%2faccess.json", "keeper", {}, 404),
    ("POST", f"{DOCUMENTS}?filename=..%2f..%2fx.txt", "keeper", {"content": b"x", "headers": RAW}, 422),
    # Pages of other sites, with what a browser sends along
    ("POST", "/logout", "", {"headers": {"origin": "http://evil.test"}}, 403),
    ("POST", "/login", "", {"headers": {"sec-fetch-site": "cross-site"}, "data": {"name": "a", "password": "b"}}, 403),
    ("OPTIONS", ASK, "", {"headers": {"origin": "http://evil.test", "access-control-request-method": "POST"}}, 400),
    # Sizes and kinds
    ("POST", ASK, "part", {"content": b" " * 1_000_001, "headers": JSON}, 413),
    ("POST", "/mcp", "part", {"content": b" " * 1_000_001, "headers": JSON}, 413),
    (
        "POST",
        ASK,
        "part",
        {"content": b"\x1f\x8b" + b"\0" * 1000, "headers": {**JSON, "content-encoding": "gzip"}},
        400,
    ),
    ("POST", ASK, "part", {"content": b'{"question":' + b"[" * 300_000, "headers": JSON}, 400),
    ("POST", ASK, "part", {"json": {"question": "问" * 501}}, 400),
    ("POST", ASK, "part", {"json": {"question": ["问题"]}}, 422),
    ("POST", ASK, "part", {"json": {"question": "问题", "top_k": "DROP TABLE audit"}}, 422),
    ("POST", "/api/v1/feedback", "part", {"json": {"request_id": "' OR 1=1 --", "helpful": True}}, 400),
]


@pytest.mark.parametrize(("method", "path", "key", "more", "status"), REQUESTS)
def test_a_request_is_refused_with_the_right_status(
    served: Served, method: str, path: str, key: str, more: dict[str, Any], status: int
) -> None:
    told = {**more, "headers": {**served.head(key), **more.get("headers", {})}}
    reply = httpx.request(method, served.address + path, timeout=60, **told)
    assert reply.status_code == status, reply.text[:500]
    assert "4321吨" not in reply.text
    assert "root:" not in reply.text
    assert "Traceback" not in reply.text
    assert "access-control-allow-origin" not in reply.headers
    assert reply.headers["x-request-id"]
    if path.startswith(("/api", "/v1")) and method != "OPTIONS":
        assert set(reply.json()["error"]) == {"code", "message", "hint", "request_id"}


def _post(served: Served, path: str, *lines: str, body: bytes = b"") -> bytes:
    head = (f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {served.keys['keeper']}", *lines, "", "")
    return "\r\n".join(head).encode("latin-1") + body


def test_heads_and_bodies_that_no_client_sends(served: Served) -> None:
    kind, end, file = "Content-Type: application/json", "Connection: close", "Content-Type: application/octet-stream"
    injected = "X-Request-Id: abcdefgh\r Set-Cookie: a=b"
    got = {
        "an upload too large": served.raw(_post(served, f"{DOCUMENTS}?filename=a.txt", "Content-Length: 64000001")),
        "a batch too large": served.raw(_post(served, "/api/v1/batch", "Content-Length: 16000001")),
        "two lengths": served.raw(_post(served, ASK, kind, "Content-Length: 5", "Content-Length: 6", body=b"hello")),
        "less than nothing": served.raw(_post(served, ASK, kind, "Content-Length: -1")),
        "a slow body": served.raw(_post(served, ASK, kind, "Content-Length: 50", body=b"{")),
        "a slow upload": served.raw(_post(served, f"{DOCUMENTS}?filename=a.txt", file, "Content-Length: 9", body=b"x")),
        "no protocol": served.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        "a long head": served.raw(b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
        "a line in an id": served.raw(
            _post(served, ASK, kind, injected, end, "Content-Length: 2", body=b"{}")
        ),
    }  # fmt: skip
    statuses = {name: int(reply.split(b" ", 2)[1]) if reply else 0 for name, reply in got.items()}
    assert statuses == {
        "an upload too large": 413, "a batch too large": 413, "two lengths": 400, "less than nothing": 400,
        "a slow body": 408, "a slow upload": 408, "no protocol": 400, "a long head": 400, "a line in an id": 400,
    }  # fmt: skip
    assert all(b"set-cookie" not in reply.lower() for reply in got.values())


def test_afterwards_it_answers_and_has_logged_no_defect(served: Served) -> None:
    reply = httpx.post(
        f"{served.address}{ASK}", json={"question": "2023年茶叶产量是多少？"}, headers=served.head("keeper"), timeout=60
    )
    assert "4321吨" in reply.json()["answer"]
    listed = httpx.get(f"{served.address}{DOCUMENTS}", headers=served.head("keeper"), timeout=60).json()
    assert [item["id"] for item in listed["documents"]] == ["report-county", "某县"]
    lines = served.log.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "Traceback" in line or json.loads(line).get("status") == 500] == []
