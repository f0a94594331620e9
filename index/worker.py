"""Files are read in processes of their own: one that takes for ever, eats memory or breaks a library costs only itself.

Knows how to ask and to stop those processes, and nothing of what they do with a file. `python -m index.worker` is one.
"""

from __future__ import annotations

import json
import os
import resource
import select
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from index.errors import UserError
from index.record_json import document_of, value_of
from index.records import Passage, Spot
from index.split import ready
from index.take import Intake, shown, take

READ_SECONDS = 180.0  # a file of 3,000 pages takes a third of that on one free core
MEMORY = min(6 << 30, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)  # bytes of one reading process
_ROOT = Path(__file__).parents[1]


def take_all(
    paths: Sequence[Path],
    progress: Callable[[str, int, int], None] | None = None,
    seconds: float = READ_SECONDS,
    memory: int = MEMORY,
) -> list[Intake]:
    """As `index.take.take` of each, in their order, by a process for each processor; none of them is left behind.

    A file that takes longer than `seconds`, or more than `memory` bytes, is told as its intake's `error`.
    """
    waiting = deque(enumerate(paths))
    found: SimpleQueue[tuple[int, Intake]] = SimpleQueue()
    workers = [Worker(seconds, memory) for _ in range(min(len(paths), os.cpu_count() or 1))]
    threads = [threading.Thread(target=_serve, args=(worker, waiting, found), daemon=True) for worker in workers]
    intakes: dict[int, Intake] = {}
    try:
        for thread in threads:
            thread.start()
        while len(intakes) < len(paths):
            at, intake = found.get()
            intakes[at] = intake
            if progress:
                progress("read", len(intakes), len(paths))
    finally:  # where this was interrupted, nothing more is read
        waiting.clear()
        for worker in workers:
            worker.kill()
        for thread in threads:
            with suppress(RuntimeError):  # interrupted before it was started: there is nothing to wait for
                thread.join()
    return [intakes[at] for at in range(len(paths))]


def _serve(worker: Worker, waiting: deque[tuple[int, Path]], found: SimpleQueue[tuple[int, Intake]]) -> None:
    with worker, suppress(IndexError):
        while True:
            at, path = waiting.popleft()
            try:
                intake = worker.take(path)
            except Exception as error:  # a defect of ours must not leave the caller waiting
                intake = Intake(path, None, error=f"{shown(path)} was not read ({type(error).__name__}: {error})")
            found.put((at, intake))


class Worker:
    """A reading process that is started when it is first asked, and again after it had to be stopped."""

    def __init__(self, seconds: float = READ_SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._process: subprocess.Popen[bytes] | None = None

    def take(self, path: Path) -> Intake:
        """As `index.take.take`; a file that takes too long or breaks the process is told as its `error`."""
        process = self._running()
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(str(path.absolute())).encode() + b"\n")
            process.stdin.flush()
        line = self._line(process)
        if line.endswith(b"\n"):
            return replace(_intake(json.loads(line)), path=path)
        late = process.poll() is None
        self.stop()
        found = (
            f"{shown(path)} takes more than {self._seconds:g} s to read"
            if late
            else f"{shown(path)} breaks its reader, or takes more than {self._memory >> 20} MiB of memory"
        )
        return Intake(path, None, error=str(_broken(found)))

    def kill(self) -> None:
        """Ends the process from another thread, for the one that waits for its answer to go on."""
        process = self._process
        if process is not None:
            process.kill()

    def stop(self) -> None:
        """Ends the process, at once where it does not listen."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "index.worker", str(self._memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
            )
        return self._process

    def _line(self, process: subprocess.Popen[bytes]) -> bytes:
        """The process's next line, or what there was of it when the time was over or the process had ended."""
        assert process.stdout is not None
        handle, end, parts = process.stdout.fileno(), time.monotonic() + self._seconds, []
        while True:
            ready, _, _ = select.select([handle], [], [], max(end - time.monotonic(), 0))
            part = os.read(handle, 1 << 20) if ready else b""
            parts.append(part)
            if not part or part.endswith(b"\n"):
                if not part and ready:
                    process.wait()
                return b"".join(parts)


def _value(intake: Intake) -> dict[str, Any]:
    value = {name: getattr(intake, name) for name in ("kind", "encoding", "characters", "dropped", "headings", "error")}
    document = value_of(intake.document) if intake.document else None
    value["passages"] = [(passage.start, passage.end) for passage in intake.passages]
    return {**value, "document": document, "suspicious": [list(asdict(spot).values()) for spot in intake.suspicious]}


def _intake(value: dict[str, Any]) -> Intake:
    document = document_of(value.pop("document")) if value["document"] else None
    value.pop("document", None)
    suspicious = tuple(Spot(*spot) for spot in value.pop("suspicious"))
    spans = value.pop("passages")
    passages = tuple(Passage(document.id, start, end) for start, end in spans) if document else ()
    return Intake(Path(), document, passages, suspicious=suspicious, **value)


def main() -> None:
    """For every line of standard input, the path of a file in JSON: one line of JSON with what `take` made of it.

    The one argument is how many bytes of memory may be used; who needs more ends.
    """
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not be taken for an answer
    with suppress(ValueError, OSError):  # not every system limits address space
        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), resource.getrlimit(resource.RLIMIT_AS)[1]))
    threading.Thread(target=_warm, daemon=True).start()  # while the first file is read
    for line in sys.stdin.buffer:
        out.write(json.dumps(_value(_taken(Path(json.loads(line))))).encode() + b"\n")
        out.flush()


def _warm() -> None:
    with suppress(ImportError, MemoryError):  # the file that cannot be cut then is told, not this
        ready()


def _taken(path: Path) -> Intake:
    """As `take`; what breaks a reader is told without a traceback."""
    try:
        return take(path)
    except (MemoryError, ImportError):  # a library that finds no room for itself cannot be imported
        os._exit(1)
    except Exception as error:
        return Intake(path, None, error=str(_broken(f"{shown(path)} breaks its reader ({type(error).__name__})")))


def _broken(found: str) -> UserError:
    return UserError(found, "a file that can be read", "Save it again, as plain text if nothing else helps.")


if __name__ == "__main__":
    main()
