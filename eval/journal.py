"""The two files a run grows by, line by line, so that a cut loses at most the question in hand. Knows rows of JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

PREDICTIONS = "predictions.jsonl"
TRACES = "traces.jsonl"
Row = Mapping[str, Any]


def dump(row: Row) -> bytes:
    """One line of JSON in UTF-8. A lone surrogate, which UTF-8 cannot hold, stays as JSON's own escape."""
    return (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def load(path: Path) -> list[dict[str, Any]]:
    """The whole rows of a file; what follows the first line that is not one (cut off by a crash) is left out."""
    return [row for row, _ in _rows(path)]


class Journal:
    """Predictions and their traces, appended in pairs and flushed to disk after each.

    Opening it keeps the leading pairs whose ids are those of `ids`, in that order, and drops whatever follows them:
    a half-written line, or a trace whose prediction was not written any more.
    """

    def __init__(self, folder: Path, ids: Sequence[str]) -> None:
        self._paths = (folder / TRACES, folder / PREDICTIONS)
        kept = [_rows(path) for path in self._paths]
        done = 0
        for wanted, *pair in zip(ids, *kept, strict=False):
            if any(row.get("id") != wanted for row, _ in pair):
                break
            done += 1
        self.traces, self.predictions = ([row for row, _ in rows[:done]] for rows in kept)
        for path, rows in zip(self._paths, kept, strict=True):
            with path.open("ab") as file:
                file.truncate(rows[done - 1][1] if done else 0)
        self._files: list[BinaryIO] = []

    def __enter__(self) -> Journal:
        self._files = [path.open("ab") for path in self._paths]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file in self._files:
            file.close()

    def append(self, prediction: Row, trace: Row) -> None:
        """Add one question's rows. The prediction goes last: it is there only when its trace is."""
        for file, row in zip(self._files, (trace, prediction), strict=True):
            file.write(dump(row))
            file.flush()
            os.fsync(file.fileno())
        self.predictions.append(dict(prediction))
        self.traces.append(dict(trace))


def _rows(path: Path) -> list[tuple[dict[str, Any], int]]:
    """The leading whole rows of a file, each with the offset at which it ends."""
    rows: list[tuple[dict[str, Any], int]] = []
    end = 0
    for line in path.read_bytes().split(b"\n")[:-1] if path.exists() else ():
        end += len(line) + 1
        try:
            row = json.loads(line)
        except ValueError:
            break
        if not isinstance(row, dict):
            break
        rows.append((row, end))
    return rows
