"""Makes and changes an index on disk: build, add, remove. Knows the order of the steps and nothing of questions.

What `index.generation` needs takes a quarter of a second to load: functions import it, and files are read meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from index import disk, originals
from index.errors import UserError
from index.files import find_files
from index.read import READERS
from index.records import Document
from index.take import Intake, shown
from index.worker import take_all

if TYPE_CHECKING:
    from index.embed import Encoder
    from index.generation import Progress, State

_WAIT = 120.0  # seconds for another writer to end
_LAID_OUT = ("pdf",)  # kinds whose text is put together from a layout: the worse copy of the same report


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the files of one call, in their order: one intake each.

    `skipped` are files of other kinds, such as pictures, that lay in a folder; they are no reason to doubt the index.
    """

    intakes: tuple[Intake, ...]
    skipped: tuple[Path, ...] = ()

    @property
    def added(self) -> tuple[Document, ...]:
        """The documents that the index now holds."""
        return tuple(i.document for i in self.intakes if i.document and not i.duplicate_of)

    @property
    def refused(self) -> tuple[str, ...]:
        """One line for each file that could not be taken."""
        return tuple(intake.error for intake in self.intakes if intake.error)


def build(paths: Sequence[Path], out: Path, model: str | None = None, progress: Progress | None = None) -> Outcome:
    """A new index of the files in `paths` at `out`; what stood there is replaced only when the new one is whole.

    UserError when no file at all could be read; single unreadable files are told in the outcome.
    """
    files, skipped = _sorted_out(find_files(paths), paths)

    def opened() -> State:
        from index.generation import new_state

        return new_state(model)

    with disk.writing(out):
        return _put(out, files, skipped, opened, progress)


def add(paths: Sequence[Path], out: Path, progress: Progress | None = None) -> Outcome:
    """Add the files to the index at `out`, replacing documents of the same id; only new passages are embedded.

    A report that the index has under another id is not added: the outcome says so. UserError when no file at all could
    be read.
    """
    files, skipped = _sorted_out(find_files(paths), paths)
    manifest = disk.read_manifest(out)  # so that no folder is made where there is no index

    def opened() -> State:
        from index.generation import current

        return current(out)

    with disk.writing(out):
        return _put(out, files, skipped, opened, progress, bundled=manifest["encoder"]["name"] == "bundled")


def remove(names: Sequence[str], out: Path, wait: float = 0.0) -> None:
    """Remove documents by id. UserError for an id that the index does not have; nothing is changed then."""
    from index.generation import current, write

    disk.read_manifest(out)
    with disk.writing(out, wait):
        state = current(out)
        for name in dict.fromkeys(names):
            if name not in state.held:
                raise UserError(f"no document {name!r} in {out}", "an id as listed", "See: python -m index list")
            state.drop(name)
        write(out, state, None)


def follow(out: Path, gone: Sequence[str], files: Sequence[Path], progress: Progress | None = None) -> Outcome:
    """Leave out the documents `gone` and take the files, in one change; an index is made where there is none.

    A document that only gets another id is not embedded again. UserError as `remove` and `add`, but for files that
    cannot be taken, be it all of them.
    """
    from index.generation import current, new_state

    with disk.writing(out, _WAIT):
        intakes = take_all(files, progress)
        state = current(out) if (out / disk.MANIFEST).exists() else new_state(None)
        for name in gone:
            state.drop(name)
        return settle(out, intakes, state, progress)


def settle(out: Path, intakes: Sequence[Intake], state: State, progress: Progress | None = None) -> Outcome:
    """Take the documents of `intakes` into `state` and write it, where that changes the index.

    Call it with the right to write.
    """
    from index.generation import write

    settled = dict(enumerate(intakes))
    # A laid-out copy comes after the others, so that it is the one that is left out.
    order = sorted(settled, key=lambda at: intakes[at].kind in _LAID_OUT)
    fresh: set[str] = set()
    for at in order:
        settled[at] = _settled(out, intakes[at], state, fresh)
    if state.fresh or state.dropped:
        write(out, state, progress)
    return Outcome(tuple(settled[at] for at in range(len(intakes))))


def _put(
    out: Path,
    files: Sequence[Path],
    skipped: tuple[Path, ...],
    opened: Callable[[], State],
    progress: Progress | None,
    bundled: bool = False,
) -> Outcome:
    # While other processes read the files, the index and its encoder are opened.
    with ThreadPoolExecutor(2) as beside:
        state = beside.submit(_ready, opened, beside.submit(_encoder) if bundled else None)
        intakes = take_all(files, progress)
        if all(intake.error for intake in intakes):
            others = f"none of {len(intakes)} files can be taken; the first: " if len(intakes) > 1 else ""
            raise UntakenError(others + intakes[0].error)
        return replace(settle(out, intakes, state.result(), progress), skipped=skipped)


def _ready(opened: Callable[[], State], encoder: Future[Encoder] | None) -> State:
    """The state, with its encoder at hand: the bundled one, which a process holds once, is opened by `encoder`."""
    state = opened()
    if encoder:
        encoder.result()
    state.opened()
    return state


def _encoder() -> Encoder:
    from index.embed import open_encoder

    return open_encoder()


class UntakenError(UserError):
    """Every file was refused, and nothing was changed; the line is that of the first."""

    def __init__(self, line: str) -> None:
        Exception.__init__(self, line)
        self.found, self.wanted, self.remedy = line, "", ""


def _settled(out: Path, intake: Intake, state: State, fresh: set[str]) -> Intake:
    from index.duplicates import first_same, sketch
    from index.generation import Fresh

    document = intake.document
    if document is None or intake.duplicate_of:
        return intake
    own = sketch(document)
    # A document of the same id counts only where it came with the same call: an earlier one is to be replaced.
    others = {name: told for name, told in state.sketches.items() if name != document.id or name in fresh}
    found = first_same(own, others, state.digests, document.digest)
    if found:
        return replace(intake, duplicate_of=found)
    if document.id in fresh:
        error = UserError(
            f"{shown(intake.path)} would be a second document {document.id!r}", "one of each name", "Rename the file."
        )
        return replace(intake, document=None, error=str(error))
    try:
        state.put(Fresh(document, intake.passages, originals.keep(out, intake)), own)
    except UserError as error:
        return replace(intake, document=None, error=str(error))
    fresh.add(document.id)
    return intake


def _sorted_out(files: Sequence[Path], named: Sequence[Path]) -> tuple[list[Path], tuple[Path, ...]]:
    """The files to read, and those in folders that are of other kinds. UserError where there are only the latter."""
    skipped = tuple(file for file in files if file not in named and file.suffix.lower() not in READERS)
    if len(skipped) == len(files):
        found = f"no report among {len(files)} files, such as {shown(files[0])}"
        raise UserError(found, f"one of {', '.join(sorted(READERS))}", "Name a file or a folder with reports.")
    return [file for file in files if file not in skipped], skipped
