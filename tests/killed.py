"""Runs one command of `python -m index` again and again, each run killed by SIGKILL at a later file event.

`python killed.py FOLDER EVENT COMMAND...`: the run dies at the event with that number, counted from 1, among the
openings, renamings, makings and removals inside FOLDER; events that do not come let it end. A line of standard input
is a further number; each run is a fork of this process, so that the libraries are loaded only once.
"""

from __future__ import annotations

import os
import signal
import sys

from index.__main__ import main
from index.embed import open_encoder

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}


def _run(folder: str, number: int, command: list[str]) -> int:
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in EVENTS and isinstance(arguments[0], (str, os.PathLike)) and folder in os.fspath(arguments[0]):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    return main(command)


def serve() -> None:
    """For every number on standard input: a run, then its status on standard output (-9 when it was killed)."""
    folder, command = sys.argv[1], sys.argv[2:]
    open_encoder()  # no threads are started before its first use, so forks may share it
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)
            os._exit(_run(folder, int(line), command))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
