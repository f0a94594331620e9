"""The real server at the level of sockets: while it starts, shows the page and answers, nothing leaves the machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_ADDRESS = re.compile(r'sa_family=AF_INET6?, .*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)')
HERE = re.compile(r"127\.|::1$|0\.0\.0\.0$|::$")


def _strace() -> str:
    found = shutil.which("strace")
    if found is None:
        reason = "no strace: the server's sockets were not watched; on Debian: apt-get install strace"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def _addresses(trace: str) -> list[str]:
    return _ADDRESS.findall(trace)


def test_addresses_are_read_from_a_trace() -> None:
    trace = (
        '12 connect(11, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.53")}, 16) = 0\n'
        '12 connect(4, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT\n'
        "13 connect(5, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
        'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 0\n'
        '14 bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0\n'
    )
    assert _addresses(trace) == ["192.0.2.53", "2001:db8::1", "127.0.0.1"]
    assert [one for one in _addresses(trace) if not HERE.match(one)] == ["192.0.2.53", "2001:db8::1"]


def test_nothing_leaves_this_machine(bundled_index: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    # Libraries keep still where they believe to be tested, and where they are told to by whoever starts them.
    kept = ("CI", "ORT_", "GRADIO_", "HF_", "ANONYMIZED_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(kept)}
    command = [
        _strace(), "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg,bind", "-o", str(trace),
        sys.executable, "ui.py", "--index", str(bundled_index), "--data", str(tmp_path / "data"), "--port", "0",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        try:
            address = process.stdout.readline().strip()
            body = json.dumps({"question": "2022年全县生产总值是多少？"}).encode()
            request = urllib.request.Request(f"{address}/api/v1/ask", body, {"content-type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as reply:
                assert json.loads(reply.read())["answer"] == "332.63亿元"
            with urllib.request.urlopen(f"{address}/", timeout=60) as reply:
                assert reply.status == 200
            time.sleep(3)  # what calls out does so in the background, a little later
        finally:
            # The tracer hands the signal on to no one: its child is asked to end by its own number.
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            for child in children:
                os.kill(int(child), signal.SIGTERM)
            process.wait(timeout=30)
    found = _addresses(trace.read_text(encoding="utf-8", errors="replace"))
    assert "127.0.0.1" in found  # the server's own listening: the trace sees sockets
    assert [one for one in found if not HERE.match(one)] == []
