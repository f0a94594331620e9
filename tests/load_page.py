"""Puts the chat page under load as browsers do, and says how long readers wait and what the server's memory does.

`python tests/load_page.py [--index DIR]`: 100 conversations of five turns, 20 at a time, over a server of its own.
It knows the page's requests; it must not know how an answer comes about. Not a test that runs by itself.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from running import ROOT, Running, running

from qa.heap import EVERY

TALKS = (
    "2022年生产总值是多少？ 那今年的目标呢？ 固定资产投资增长了多少？ 什么是“三品一标”？ 县里有几条地铁线路？",
    "2022年固定资产投资增长了多少？ 增速居全省第几？ 一般公共预算收入呢？ 今年有哪些目标？ 什么是“五大攻坚”行动？",
    "城乡居民人均可支配收入分别达到多少？ 居浙江山区什么位置？ 2023年的目标呢？ 财政总收入增长多少？ 县长有多高？",
    "今年要办哪些民生实事？ 去年建成多少个公园？ 外贸进出口总额增长了多少？ 网络零售额呢？ 什么是“千万工程”？",
    "存在哪些困难和问题？ 为什么要推动市场信心提振？ 新增市场主体多少户？ 小升规企业呢？ 供地多少亩？",
)
"""Conversations, their questions one after the other."""

P95 = 3.0
"""Seconds within which 95 of 100 answers must have come."""

GROWTH = 1.01
"""By how much memory may differ from what it was after the first conversations: what allocators keep back."""

SETTLE = 2 * EVERY + 1
"""Seconds behind each crowd after which what its answers needed has gone back to the system."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How one question went, in seconds from its sending: the chat shows it, the answer is there, its proof too."""

    shown: float
    answered: float
    proved: float


Load = tuple[list[Turn], list[float], list[str]]
"""The turns, the memory in MB a while after each crowd of conversations, and what went wrong."""


class Visitor:
    """One browser's conversation: the requests that the page's script and its framework make, in their order."""

    def __init__(self, address: str, reading: float) -> None:
        self.reading = reading
        self.client = httpx.Client(base_url=address, timeout=120)
        self.session, self.owner = secrets.token_hex(5), secrets.token_hex(16)
        self.conversation = ""

    def hold(self, questions: Sequence[str]) -> list[Turn]:
        """The whole conversation. AssertionError where the page would not have shown an answer."""
        with self.client, self.client.stream("GET", f"/gradio_api/heartbeat/{self.session}"):
            page = self._get("/").text
            self.steps = _steps(page)
            self._run("load", {"conversation": "", "owner": self.owner, "language": "zh-CN"})
            for path in ("/desk/opening?lang=zh-CN", "/desk/catalogue?lang=zh-CN"):
                self._get(path)
            return [self._ask(question) for question in questions]

    def _ask(self, question: str) -> Turn:
        sent = {
            "question": question, "conversation": self.conversation, "documents": [], "nonce": secrets.token_hex(16),
            "owner": self.owner, "language": "zh-CN",
        }  # fmt: skip
        begun = time.perf_counter()
        self._run("begin", sent)
        shown = time.perf_counter()
        chat = self._run("finish", sent)
        answered = time.perf_counter()
        turn = re.findall(r'id="wb-turn-([\w.-]+)"', json.dumps(chat, ensure_ascii=False).replace('\\"', '"'))[-1]
        self.conversation = turn.rpartition(".")[0]
        for path in (f"/desk/turn/{turn}?lang=zh-CN", f"/desk/turn/{turn}/next?lang=zh-CN"):
            self._get(path)
        proved = time.perf_counter()
        time.sleep(self.reading)
        return Turn(shown - begun, answered - begun, proved - begun)

    def _get(self, path: str) -> httpx.Response:
        reply = self.client.get(path)
        assert reply.status_code == 200, f"{path}: {reply.status_code}"
        return reply

    def _run(self, step: str, sent: dict[str, Any]) -> Any:
        body = {
            "data": [json.dumps(sent, ensure_ascii=False)], "event_data": None, "fn_index": self.steps[step],
            "trigger_id": 0, "session_hash": self.session,
        }  # fmt: skip
        reply = self.client.post("/gradio_api/run/predict", json=body)
        assert reply.status_code == 200, f"{step}: {reply.status_code} {reply.text[:200]}"
        return reply.json()["data"]


def _steps(page: str) -> dict[str, int]:
    """The numbers of the page's steps, from the framework's own description of the page."""
    found = re.search(r"window\.gradio_config\s*=\s*(\{.*?\});\s*</script>", page, re.DOTALL)
    assert found, "the page does not describe itself"
    steps = json.loads(found[1])["dependencies"]
    by_event = {event: step["id"] for step in steps for _, event in step["targets"] if step["backend_fn"]}
    begin = by_event["submit"]
    finish = next(step["id"] for step in steps if step["backend_fn"] and step["trigger_after"] == begin)
    return {"load": by_event["load"], "begin": begin, "finish": finish}


def resident(process: int) -> float:
    """The memory that a process holds, in MB."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024


def worked(process: int) -> float:
    """The processor's time that a process took, in seconds: it says what an answer costs on a busy machine too."""
    told = subprocess.run(["ps", "-o", "time=", "-p", str(process)], capture_output=True, text=True, check=True)
    days, _, clock = told.stdout.strip().rpartition("-")
    seconds = sum(float(part) * 60.0**n for n, part in enumerate(reversed(clock.split(":"))))
    return seconds + 86_400 * int(days or 0)


def load(server: Running, conversations: int, at_once: int, turns: int, reading: float) -> Load:
    """All conversations, `at_once` at a time: their turns, the memory after each such crowd, what went wrong."""
    times: list[Turn] = []
    memory: list[float] = []
    errors: list[str] = []

    def one(number: int) -> list[Turn]:
        talk = TALKS[number % len(TALKS)].split()
        return Visitor(server.address, reading).hold([talk[n % len(talk)] for n in range(turns)])

    for first in range(0, conversations, at_once):
        with ThreadPoolExecutor(at_once) as crowd:
            for future in [crowd.submit(one, n) for n in range(first, min(first + at_once, conversations))]:
                try:
                    times += future.result()
                except (AssertionError, httpx.HTTPError, LookupError) as error:
                    errors.append(f"{type(error).__name__}: {error}")
        time.sleep(SETTLE)
        memory.append(resident(server.process.pid))
        print(f"{first + at_once} conversations: {memory[-1]:.0f} MB", file=sys.stderr)
    return times, memory, errors


def at(share: float, values: Sequence[float]) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else float("nan")


@contextmanager
def _index(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "index", "build", "index/reports", "--out", f"{folder}/index"]
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
        yield Path(folder) / "index"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, metavar="DIR", help="an index to ask (default: the bundled report)")
    parser.add_argument("--conversations", type=int, default=100)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--reading", type=float, default=0.0, metavar="SECONDS", help="before the next question")
    options = parser.parse_args()
    with _index(options.index) as index, tempfile.TemporaryDirectory() as data, running(index, Path(data)) as server:
        begun = time.perf_counter()
        before = worked(server.process.pid)
        times, memory, errors = load(server, options.conversations, options.at_once, options.turns, options.reading)
        seconds, cost = time.perf_counter() - begun, worked(server.process.pid) - before
    seconds -= SETTLE * len(memory)  # the rests behind the crowds
    for name in ("shown", "answered", "proved"):
        values = [getattr(turn, name) for turn in times]
        told = " ".join(f"p{round(100 * share)} {at(share, values):.2f}" for share in (0.5, 0.95, 0.99))
        print(f"{name:>9}: {told} max {max(values, default=0):.2f} s")
    each = cost / max(len(times), 1)
    print(f"{len(times)} answers in {seconds:.0f} s, {len(errors)} errors; {each:.2f} s of a processor each")
    print(f"memory in MB: {[round(m) for m in memory]}")
    for error in errors[:5]:
        print(error)
    slow = at(0.95, [turn.answered for turn in times]) >= P95
    grown = len(memory) > 1 and memory[-1] > memory[0] * GROWTH
    return 1 if errors or slow or grown else 0


if __name__ == "__main__":
    sys.exit(main())
