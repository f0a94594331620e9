"""How a command ends: with its own status, a user's mistake in one line, an interruption, a closed pipe.

Knows no command; `python -m index`, `qa` and `eval` all run through it.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import TextIO

from index.errors import UserError


def ended(name: str, command: Callable[[], int], interrupted: str = "interrupted") -> int:
    """The exit status of `command`: its own, 2 for a mistake of the user's, 130 when interrupted, 0 for a closed pipe.

    Messages go to standard error behind `name`; `interrupted` says what became of the work.
    """
    for stream in (sys.stdout, sys.stderr):
        _speak_chinese(stream)
    try:
        status = command()
        sys.stdout.flush()
    except UserError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: {interrupted}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough; nothing is left to be flushed at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _speak_chinese(stream: TextIO) -> None:
    """UTF-8 where the locale's encoding has no Chinese; what no encoding takes is written out."""
    if isinstance(stream, io.TextIOWrapper):
        try:
            "汉".encode(stream.encoding)
        except UnicodeEncodeError:
            stream.reconfigure(encoding="utf-8")
        stream.reconfigure(errors="backslashreplace")
