"""The folder of an index: one generation of files named by `manifest.json`, which is replaced last and at once.

A writer makes a new generation beside the old one, flushes it and then swaps the manifest, so that a kill at any moment
leaves a whole index; a reader holds the generation that it opened. Knows files and records, no models and no search.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from index.errors import UserError
from index.record_json import document_of, value_of
from index.records import Document, Passage

FORMAT = 1
MANIFEST = "manifest.json"
ORIGINALS = "originals"
REBUILD = "Build it again: python -m index build PATH..."


_GENERATION = re.compile("g[0-9]+")
_FIELDS = {"generation": str, "encoder": dict, "documents": dict, "files": dict}


@contextmanager
def writing(folder: Path, wait: float = 0.0) -> Iterator[None]:
    """The right to write to `folder`, which is made when missing; `wait` seconds for another thread or process to end.

    UserError while another one has it, for a folder that holds something else, and where writing fails.
    """
    try:
        _refuse_other_contents(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written ({error.strerror})", "a folder of this user", "Name another one with --out."
        ) from error
    with lock:
        _lock(lock, folder, time.monotonic() + wait)
        try:
            yield
        except OSError as error:
            raise not_written(str(folder), error.strerror or str(error)) from error


def _lock(lock: IO[str], folder: Path, end: float) -> None:
    """Takes the lock, which belongs to this opening of the file, so that it parts threads as well as processes."""
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= end:
                found = f"{folder} is being written by another process"
                raise UserError(found, "one writer at a time", "Try again when it has ended.") from error
            time.sleep(0.05)
        else:
            return


def not_written(what: str, why: str) -> UserError:
    """The error for a write that failed; what stood there before is still whole."""
    return UserError(f"{what} could not be written ({why})", "room on the disk", "The index is as it was; try again.")


def _refuse_other_contents(folder: Path) -> None:
    """A wrong --out must not cost anyone's files: only an empty folder or an index is written to."""
    if not folder.is_dir():
        return
    names = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
    generations = {name for name in names if _GENERATION.fullmatch(name)}
    others = names - generations - {MANIFEST, f"{MANIFEST}.new", ORIGINALS}
    if not generations and MANIFEST in names:  # a page's manifest.json, not ours
        others.add(MANIFEST)
    if others:
        raise UserError(
            f"{folder} holds other files ({min(others)})", "an index or an empty folder", "Name another with --out."
        )


def new_generation(folder: Path) -> Path:
    """An empty folder for the next generation; what a writer that was killed left behind is removed first.

    Where the manifest cannot be read, everything stays and the new generation goes beside it.
    """
    there = [p for p in folder.iterdir() if p.is_dir() and _GENERATION.fullmatch(p.name)]
    try:
        current = read_manifest(folder)["generation"] if (folder / MANIFEST).exists() else ""
    except UserError:
        pass
    else:
        for left in there:
            if left.name != current:
                shutil.rmtree(left)
        there = [p for p in there if p.name == current]
    generation = folder / f"g{max((int(p.name[1:]) for p in there), default=0) + 1}"
    generation.mkdir()
    return generation


def discard(folder: Path, generation: Path) -> None:
    """Remove a generation that was not finished; one that the manifest names stays."""
    try:
        current = read_manifest(folder)["generation"]
    except UserError:
        current = ""
    if current != generation.name:
        shutil.rmtree(generation, ignore_errors=True)


def take_over(old: Path, new: Path) -> None:
    """`new` is the file `old`, under both names where the file system can, else a flushed copy."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
        flush(new)


def commit(
    folder: Path, generation: Path, manifest: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Flush `generation` to the disk, then make it the current one. The one before stays until the next write.

    `known` are files that were taken over, with what the manifest before said of them.
    """
    files = dict(known or {})
    for file in sorted(p for p in generation.rglob("*") if p.is_file() and p.suffix != ".lock"):
        name = file.relative_to(generation).as_posix()
        if name not in files:
            files[name] = {"bytes": file.stat().st_size, "sha256": file_digest(file)}
            flush(file)
    files = dict(sorted(files.items()))
    for part in [*(p for p in generation.rglob("*") if p.is_dir()), generation, folder]:
        flush(part)
    whole = {"format": FORMAT, "generation": generation.name, **manifest, "files": files}
    beside = folder / f"{MANIFEST}.new"
    beside.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    flush(beside)
    os.replace(beside, folder / MANIFEST)
    flush(folder)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the index in `folder`. UserError where there is none, or one of another format."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(
            f"no index in {folder}",
            f"a folder with {MANIFEST}",
            f"Build one: python -m index build PATH --out {folder}",
        ) from None
    except (ValueError, OSError) as error:
        raise UserError(f"{folder / MANIFEST} cannot be read ({error})", "a whole manifest", REBUILD) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        raise UserError(f"the index in {folder} has format {found}", f"format {FORMAT}", REBUILD)
    lacking = [name for name, kind in _FIELDS.items() if not isinstance(manifest.get(name), kind)]
    if lacking or not _GENERATION.fullmatch(manifest["generation"]):
        raise UserError(f"{folder / MANIFEST} lacks {lacking or 'a generation'}", "a whole manifest", REBUILD)
    return manifest


def check_sizes(folder: Path, manifest: Mapping[str, Any]) -> None:
    """UserError where a file of the generation is missing or has another length: cheap, at every opening."""
    for name, told in manifest["files"].items():
        file = folder / manifest["generation"] / name
        size = file.stat().st_size if file.is_file() else None
        if size != told["bytes"]:
            found = "is missing" if size is None else f"has {size:,} bytes"
            raise UserError(f"{name} of the index in {folder} {found}", f"{told['bytes']:,} bytes", REBUILD)


def damage(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """One line for every file of the generation that is missing or whose bytes differ from the manifest's digest."""
    lines = []
    for name, told in manifest["files"].items():
        file = folder / manifest["generation"] / name
        try:
            if file_digest(file) != told["sha256"]:
                lines.append(f"{name}: damaged (its bytes differ from the manifest's digest)")
        except FileNotFoundError:
            lines.append(f"{name}: missing")
        except OSError as error:
            lines.append(f"{name}: cannot be read ({error.strerror})")
    return lines


def write_document(path: Path, document: Document) -> None:
    """All fields of `document` as readable JSON."""
    path.write_text(json.dumps(value_of(document), ensure_ascii=False) + "\n", encoding="utf-8")


def read_document(path: Path) -> Document:
    """The document that `write_document` wrote. UserError where the file is not what it wrote."""
    with _reading(path):
        return document_of(json.loads(path.read_bytes()))


def write_passages(path: Path, passages: Sequence[Passage]) -> None:
    """One JSON line a passage, in the order of their numbers."""
    names = {name: json.dumps(name, ensure_ascii=False) for name in {p.document for p in passages}}
    path.write_text("".join(f"[{names[p.document]}, {p.start}, {p.end}]\n" for p in passages), encoding="utf-8")


def read_passages(path: Path) -> tuple[Passage, ...]:
    """The passages that `write_passages` wrote. UserError where the file is not what it wrote."""
    with _reading(path):
        # Bytes: of text, splitlines would cut at the line separators that a document's id may hold.
        lines = path.read_bytes().splitlines()
        return tuple(Passage(*told) for told in json.loads(b"[" + b",".join(lines) + b"]"))


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise UserError(
            f"{path.name} of the index cannot be read ({type(error).__name__})", "a whole file", REBUILD
        ) from error


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def flush(path: Path) -> None:
    """What was written to `path`, or the names in that folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
