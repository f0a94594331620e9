"""Files that come one at a time while an index is in use: looked at, taken in, given back, removed.

Safe among threads and processes: one writer at a time, and readers keep the version that they opened. Knows nothing of
how files arrive or of questions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from index import build, disk, originals
from index.errors import UserError
from index.generation import Progress, current
from index.take import Intake
from index.worker import Worker, take_all

__all__ = ["Intake", "admit", "original", "preview", "remove"]

_WAIT = 120.0  # seconds for another writer to end


def preview(path: Path) -> Intake:
    """What the file at `path` would become; nothing is stored.

    A file that cannot be read is told in the intake's `error`. It is read in a process of its own, within the limits
    of size, pages and unpacked size of the readers and of `index.worker.READ_SECONDS`.
    """
    with Worker() as worker:
        return worker.take(path)


def admit(
    index_dir: Path, paths: Sequence[Path], *, replace: bool = False, progress: Progress | None = None
) -> tuple[Intake, ...]:
    """Read the files (not folders) and take them into the index at `index_dir`; one intake each, in their order.

    The index is written once, and only when there is something new. A file that cannot be read has an `error`; so has
    one whose id the index has already, unless `replace`. One that says what a document there says has its id as
    `duplicate_of` and is not taken. UserError where there is no index, where another writer does not end, and where
    writing fails; the index is as it was then.
    """
    disk.read_manifest(index_dir)
    intakes = take_all(paths, progress)
    if all(intake.error for intake in intakes):
        return tuple(intakes)
    with disk.writing(index_dir, _WAIT):
        state = current(index_dir)
        if not replace:
            intakes = [_unless_there(intake, state.digests) for intake in intakes]
        return build.settle(index_dir, intakes, state, progress).intakes


def _unless_there(intake: Intake, held: dict[str, str]) -> Intake:
    document = intake.document
    if document is None or document.id not in held:
        return intake
    if held[document.id] == document.digest:
        return dataclasses.replace(intake, duplicate_of=document.id)
    error = UserError(f"the index has a document {document.id!r}", "a new name", "Replace it, or rename the file.")
    return dataclasses.replace(intake, document=None, error=str(error))


def original(index_dir: Path, document_id: str) -> Path | None:
    """The file that the document was read from, byte for byte; None where the index does not have it.

    The name on disk is a digest with the original's suffix; `Document.filename` is the name it came with.
    """
    entry = disk.read_manifest(index_dir)["documents"].get(document_id)
    return originals.find(index_dir, entry) if entry else None


def remove(index_dir: Path, ids: Sequence[str]) -> None:
    """Remove documents with their originals. UserError for an id that is not there; nothing is changed then."""
    build.remove(ids, index_dir, _WAIT)
