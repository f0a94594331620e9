"""The real server as a process of its own: started, waited for, stopped or killed."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Running:
    """A server that answers at `address`; what it says on standard error goes into `log`."""

    address: str
    process: subprocess.Popen[str]
    log: Path


@contextmanager
def running(index: Path, data: Path, *options: str, ready: bool = True) -> Iterator[Running]:
    """`python ui.py` over `index` on a free port, ended at the end unless it is gone by then.

    With `ready` it has answered a question before it is handed out.
    """
    data.mkdir(parents=True, exist_ok=True)
    log = data / "server.log"
    command = [sys.executable, "ui.py", "--index", str(index), "--data", str(data), "--port", "0", *options]
    with (
        log.open("a", encoding="utf-8") as errors,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        assert process.stdout
        try:
            address = process.stdout.readline().strip()
            assert address, log.read_text(encoding="utf-8")
            if ready:
                wait_ready(address)
            yield Running(address, process, log)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=30)


def wait_ready(address: str, seconds: float = 120.0) -> None:
    """Returns once /readyz says so; AssertionError where it does not in time."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=10):
                return
        except urllib.error.URLError as error:
            if time.monotonic() > end:
                raise AssertionError("the server is not ready") from error
            time.sleep(0.1)
