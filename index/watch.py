"""Keeps an index in step with a folder: files that come, change, go or get another name. Knows no readers.

It looks at names, sizes and times again and again instead of waiting for events, because of changes that other
machines make on a share the kernel tells nothing.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import disk
from index.build import Outcome, follow
from index.errors import UserError
from index.files import is_hidden
from index.read import READERS
from index.take import Intake, shown

if TYPE_CHECKING:
    from index.generation import Progress

RECORD = ".watch.json"
"""Beside the manifest: what became of the files of each watched folder, so that a restart begins where it ended."""

_PAUSE = 10.0  # seconds after a change that could not be written

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What became of a file of this `stamp` (size and time in ns): the document that it is, or what was told of it.

    `waits_for` are an id and the digest under which the index had it: another document in the way of this one.
    """

    stamp: Stamp | None
    id: str = ""
    digest: str = ""
    told: str = ""
    waits_for: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Change:
    """What one look led to: the outcome of the files that are to be told of, and the ids that were removed."""

    outcome: Outcome
    removed: tuple[str, ...] = ()


@dataclass
class Watch:
    """`folder` and the index at `out`. UserError where there is no such folder at first."""

    folder: Path
    out: Path
    progress: Progress | None = None
    _known: dict[str, Known] = field(default_factory=dict)
    _seen: dict[str, Stamp] = field(default_factory=dict)
    _node: int = 0

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        if not self.folder.is_dir():
            raise UserError(f"no folder {shown(self.folder)}", "a folder to watch", "Check the path.")
        told = _told(self.out).get(str(self.folder), {})
        self._known = {name: _known(value) for name, value in told.get("files", {}).items()}
        self._node = int(told.get("node", 0))

    def run(self, tell: Callable[[Change], None], fault: Callable[[str], None], every: float = 1.0) -> None:
        """Looks every `every` seconds, for ever; tells changes, and each fault of the folder or the index once."""
        last = ""
        while True:
            pause = every
            try:
                change = self.look()
                last = ""
                if change:
                    tell(change)
            except UserError as error:
                if str(error) != last:
                    last = str(error)
                    fault(last)
                pause = max(every, _PAUSE)
            time.sleep(pause)

    def look(self) -> Change | None:
        """One look, and the change of the index that it leads to; None where there is nothing to do.

        A file counts when it looks as it did at the look before, so that one half written is waited for; one that got
        another name counts at once. UserError where the folder is gone or the index cannot be written: nothing is
        changed then, and the next look tries again.
        """
        there = self._there()
        held = _held(self.out)
        due = {name for name, stamp in there.items() if self._due(name, stamp, held)}
        gone = {name: known for name, known in self._known.items() if name not in there}
        moved = {known.stamp for known in gone.values()}
        ready = {name for name in due if self._seen.get(name) == there[name] or there[name] in moved}
        self._seen = there
        if not ready and not gone:
            return None
        stay = {known.id for name, known in self._known.items() if name in there}
        dropped = tuple(sorted({known.id for known in gone.values() if known.id in held} - stay))
        paths = [self.folder / name for name in sorted(ready)]
        outcome = follow(self.out, dropped, paths, self.progress) if dropped or paths else Outcome(())
        return self._noted(there, gone, dropped, outcome)

    def _due(self, name: str, stamp: Stamp, held: Mapping[str, str]) -> bool:
        known = self._known.get(name)
        if known is None or known.stamp != stamp:
            return True
        in_the_way, digest = known.waits_for
        return held.get(known.id, "") != known.digest or (in_the_way != "" and held.get(in_the_way) != digest)

    def _noted(
        self, there: Mapping[str, Stamp], gone: Mapping[str, Known], dropped: Sequence[str], outcome: Outcome
    ) -> Change:
        """Keeps what became of the files, and picks what was not told before."""
        held = _held(self.out)
        for name in gone:
            del self._known[name]
        news = []
        for intake in outcome.intakes:
            name = intake.path.relative_to(self.folder).as_posix()
            if _stamp(intake.path) != there[name] and intake.error:
                continue  # it changed while it was read: the next looks will see
            before = self._known.get(name, Known(None))
            known = _after(intake, there[name], before, held)
            if (intake.document and not intake.duplicate_of) or known.told != before.told:
                news.append(intake)
            self._known[name] = known
        self._save()
        new = {intake.document.id for intake in news if intake.document}
        return Change(replace(outcome, intakes=tuple(news)), tuple(name for name in dropped if name not in new))

    def _there(self) -> dict[str, Stamp]:
        """The folder's reports by their paths in it. UserError where the folder is gone, or another and empty."""
        try:
            node = self.folder.stat().st_ino
            found = dict(_reports(self.folder, self.out.resolve()))
        except OSError as error:
            raise UserError(
                f"the folder {shown(self.folder)} cannot be read ({error.strerror})",
                "the folder that was watched",
                "The index stays as it is until the folder is back.",
            ) from error
        if self._node not in (0, node) and self._known and not found:
            raise UserError(
                f"{shown(self.folder)} is another folder than before, and empty",
                "the folder that was watched, perhaps a share that is not mounted",
                "The index stays as it is until files are there; remove documents by: python -m index remove",
            )
        self._node = node
        return found

    def _save(self) -> None:
        told = _told(self.out)
        files = {name: asdict(known) for name, known in sorted(self._known.items())}
        told[str(self.folder)] = {"node": self._node, "files": files}
        beside = self.out / f"{RECORD}.new"
        try:
            beside.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            disk.flush(beside)
            os.replace(beside, self.out / RECORD)
        except OSError as error:
            raise disk.not_written(str(self.out / RECORD), error.strerror or str(error)) from error


def _after(intake: Intake, stamp: Stamp, before: Known, held: Mapping[str, str]) -> Known:
    stem = intake.path.stem
    if intake.duplicate_of:
        told = f"says the same as {intake.duplicate_of}"
        return Known(stamp, told=told, waits_for=(intake.duplicate_of, held.get(intake.duplicate_of, "")))
    if intake.document:
        return Known(stamp, intake.document.id, held.get(intake.document.id, ""))
    # What the file was before stays in the index; where another file has that id, this one waits for it to go.
    mine = before.id if held.get(before.id) == before.digest else ""
    other = (stem, held[stem]) if stem in held and not mine else ("", "")
    return Known(stamp, mine, before.digest if mine else "", intake.error, other)


def _reports(folder: Path, index: Path) -> list[tuple[str, Stamp]]:
    """Files of kinds that can be read, with their stamps; hidden ones and the index itself are left out."""
    found = []
    for at, folders, names in os.walk(folder, onerror=_raise):
        here = Path(at)
        folders[:] = [name for name in folders if not is_hidden(name) and here / name != index]
        for name in names:
            file = here / name
            if not is_hidden(name) and file.suffix.lower() in READERS and (stamp := _stamp(file)):
                found.append((file.relative_to(folder).as_posix(), stamp))
    return found


def _raise(error: OSError) -> None:
    raise error


def _stamp(file: Path) -> Stamp | None:
    try:
        told = file.stat()
    except OSError:  # it has just gone
        return None
    return told.st_size, told.st_mtime_ns


def _held(out: Path) -> dict[str, str]:
    """The digests of the index's documents by id; none where there is no index yet."""
    if not (out / disk.MANIFEST).exists():
        return {}
    return {name: str(entry["sha256"]) for name, entry in disk.read_manifest(out)["documents"].items()}


def _told(out: Path) -> dict[str, Any]:
    """The records of all folders; none where there are none or they cannot be read: every file is read again then."""
    try:
        told = json.loads((out / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _known(value: Mapping[str, Any]) -> Known:
    stamp, waits_for = value["stamp"], value["waits_for"]
    return Known(
        (stamp[0], stamp[1]) if stamp else None,
        value["id"],
        value["digest"],
        value["told"],
        (waits_for[0], waits_for[1]),
    )
