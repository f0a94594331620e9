"""`python tests/load.py [--clients N] [--seconds N]`: many clients against /api/v1/ask of the real server.

Every question is asked once only, so that nothing is answered from memory. A client that is told 503 waits as long as
Retry-After says. Exit status 1 where anything but 200 and 503 came, a 503 without Retry-After, or memory grew.
"""

from __future__ import annotations

import argparse
import collections
import http.client
import json
import math
import os
import platform
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from running import ROOT, running

REPORTS = (ROOT / "index" / "reports", ROOT / "tests" / "data" / "report-county.txt")
OPENINGS = (
    "",
    "请问",
    "请问一下，",
    "想了解：",
    "报告里说的",
    "麻烦查一下，",
    "我想知道",
    "帮我看看",
    "请告诉我，",
    "问一下",
)
ENDINGS = ("", "？请说明。", "？谢谢", "？依据是什么", "？在哪一节")
GROWTH = 1.1
"""How much more memory the end may take than the first minute's last seconds."""


@dataclass
class Heard:
    """What the clients were told, and the server's resident memory in MB by seconds since the beginning."""

    seconds: dict[int, list[float]] = field(default_factory=lambda: collections.defaultdict(list))
    refused: int = 0
    answered: int = 0
    without_retry_after: int = 0
    waits: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)


def questions(seed: int) -> Iterator[str]:
    """The shipped questions in every opening and ending, and over every year, in an order of chance; each once."""
    rows = [
        json.loads(line)["question"]
        for path in sorted((ROOT / "eval" / "questions").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    bare = sorted({row.rstrip("？?。") for row in rows})
    years = [row.replace(old, new) for row in bare for old in ("2022年", "2023年") if old in row
             for new in ("2018年", "2019年", "2020年", "2021年", "2024年", "2025年")]  # fmt: skip
    made = sorted({f"{o}{q}{e}" for q in (*bare, *years) for o in OPENINGS for e in ENDINGS})
    random.Random(seed).shuffle(made)
    return iter(made)


def _client(address: str, asked: Iterator[str], lock: threading.Lock, end: float, heard: Heard) -> None:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    while time.monotonic() < end:
        with lock:
            question = next(asked)
        body = json.dumps({"question": question}).encode()
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                connection.request("POST", "/api/v1/ask", body, {"content-type": "application/json"})
                reply = connection.getresponse()
                told = json.loads(reply.read())
            except (OSError, http.client.HTTPException, ValueError) as error:
                heard.errors.append(f"{type(error).__name__}: {error}")
                connection.close()
                break
            heard.seconds[reply.status].append(time.monotonic() - begun)
            if reply.status != 503:
                _count(reply.status, told, question, heard)
                break
            wait = reply.headers.get("retry-after", "")
            heard.without_retry_after += not wait.isdigit()
            heard.waits.append(int(wait) if wait.isdigit() else 1)
            # As clients do that keep connections: the server closes one that lay idle for some seconds.
            connection.close()
            time.sleep(max(0.0, min(heard.waits[-1], end - time.monotonic())))


def _count(status: int, told: dict[str, object], question: str, heard: Heard) -> None:
    if status != 200 or told["question"] != question:
        heard.errors.append(f"{status}: {told}"[:300])
    elif told["refused"]:
        heard.refused += 1
    else:
        heard.answered += 1


def _watch(process: int, begun: float, end: float, heard: Heard) -> None:
    while time.monotonic() < end:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                heard.memory.append((time.monotonic() - begun, int(line.split()[1]) / 1024))
        time.sleep(10)


def _rank(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile, 0.0 of none."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)] if values else 0.0


def load(address: str, process: int, clients: int, seconds: int, seed: int) -> Heard:
    """Runs the clients and watches the server's process meanwhile."""
    heard, lock, asked = Heard(), threading.Lock(), questions(seed)
    begun = time.monotonic()
    end = begun + seconds
    threads = [threading.Thread(target=_client, args=(address, asked, lock, end, heard)) for _ in range(clients)]
    threads.append(threading.Thread(target=_watch, args=(process, begun, end, heard)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


def faults(heard: Heard) -> list[str]:
    """What must not be, in words."""
    late = [mb for at, mb in heard.memory if at >= heard.memory[-1][0] - 30]
    early = [mb for at, mb in heard.memory if 30 <= at <= 60]
    found = [f"errors: {len(heard.errors)}, such as {heard.errors[0]}"] if heard.errors else []
    found += [f"503 without Retry-After: {heard.without_retry_after}"] if heard.without_retry_after else []
    if early and max(late) > GROWTH * max(early):
        found.append(f"memory grew from {max(early):.0f} to {max(late):.0f} MB")
    return found


def report(heard: Heard, seconds: int) -> str:
    """The figures, a line each."""
    lines = [f"{_machine()}; {seconds} s"]
    for status, took in sorted(heard.seconds.items()):
        ranks = ", ".join(f"p{100 * share:g} {1000 * _rank(took, share):.0f} ms" for share in (0.5, 0.95, 0.99))
        lines.append(f"{status}: {len(took)} replies, {len(took) / seconds:.1f} a second, {ranks}")
    lines.append(f"answered {heard.answered}, not in the reports {heard.refused}, errors {len(heard.errors)}")
    waits = collections.Counter(heard.waits)
    lines.append(f"Retry-After: {', '.join(f'{s} s {n} times' for s, n in sorted(waits.items())) or 'never'}")
    lines.append("memory, MB each 10 s: " + " ".join(f"{mb:.0f}" for _, mb in heard.memory))
    return "\n".join(lines)


def _machine() -> str:
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":")[1].strip() for line in told if line.startswith("model name")), platform.processor())
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


def main() -> int:
    """0 where the server held."""
    parser = argparse.ArgumentParser(description="Clients against the real server's /api/v1/ask.")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        index, data = Path(name) / "index", Path(name) / "data"
        build = [sys.executable, "-m", "index", "build", *map(str, REPORTS), "--out", str(index)]
        subprocess.run(build, check=True, cwd=ROOT, capture_output=True)
        with running(index, data) as server:
            heard = load(server.address, server.process.pid, options.clients, options.seconds, options.seed)
            if server.process.poll() is not None:
                heard.errors.append("the server ended")
        logged = (data / "server.log").read_text(encoding="utf-8")
    print(f"{options.clients} clients; {report(heard, options.seconds)}")
    found = faults(heard) + ([f"logged: {logged[:500]}"] if logged else [])
    print("\n".join(found) or "no fault", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
