"""The files that documents were read from, kept beside an index under the digest of their bytes. Knows no search.

One that several generations name is kept once; what no document names any more is removed with the next write.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.disk import ORIGINALS, not_written
from index.errors import UserError
from index.take import Intake, shown


def keep(folder: Path, intake: Intake) -> str:
    """Copies the file of `intake` into the index at `folder`; its name there. UserError where it has changed since."""
    assert intake.document is not None
    name = intake.document.digest + intake.path.suffix.lower()
    kept = folder / ORIGINALS / name
    if kept.is_file():
        return name
    try:
        data = intake.path.read_bytes()
    except OSError as error:
        raise not_written(f"the original {shown(intake.path)}", error.strerror or str(error)) from error
    if hashlib.sha256(data).hexdigest() != intake.document.digest:
        raise UserError(f"{shown(intake.path)} changed while it was read", "a file at rest", "Try again.")
    kept.parent.mkdir(exist_ok=True)
    beside = kept.with_name(f".{name}.new")
    try:
        with beside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, kept)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return name


def prune(folder: Path, documents: Mapping[str, Mapping[str, Any]]) -> None:
    """Removes the originals that none of the manifest's `documents` names."""
    named = {entry.get("original") for entry in documents.values()}
    for file in (folder / ORIGINALS).glob("*"):
        if file.name not in named:
            file.unlink(missing_ok=True)


def find(folder: Path, entry: Mapping[str, Any]) -> Path | None:
    """The original of a document by its `entry` in the manifest; None where it was not kept."""
    kept = folder / ORIGINALS / str(entry.get("original") or "-")
    return kept if kept.is_file() else None
