"""The folder of an index: one generation of files named by `manifest.json`, which is replaced last and at once.

A writer makes a new generation beside the old one, flushes it and then swaps the manifest, so that a kill at any moment
leaves a whole index; a reader holds the generation that it opened. Knows files and records, no models and no search.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import UserError
from index.records import Document, GlossaryEntry, Passage, Section, Spot
from index.textmap import TextMap

FORMAT = 1
MANIFEST = "manifest.json"
REBUILD = "Build it again: python -m index build PATH..."


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """The right to write to `folder`, which is made when missing. UserError while another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UserError(
                f"{folder} is being written by another process", "one writer at a time", "Try again when it has ended."
            ) from error
        yield


def new_generation(folder: Path) -> Path:
    """An empty folder for the next generation; what a writer that was killed left behind is removed first."""
    current = read_manifest(folder)["generation"] if (folder / MANIFEST).is_file() else "g0"
    for left in folder.glob("g*"):
        if left.is_dir() and left.name != current:
            shutil.rmtree(left)
    generation = folder / f"g{int(str(current)[1:]) + 1}"
    generation.mkdir()
    return generation


def commit(folder: Path, generation: Path, manifest: Mapping[str, Any]) -> None:
    """Flush `generation` to the disk, then make it the current one. The one before stays until the next write."""
    files = {}
    for file in sorted(p for p in generation.rglob("*") if p.is_file()):
        files[file.relative_to(generation).as_posix()] = {"bytes": file.stat().st_size, "sha256": file_digest(file)}
        _flush(file)
    for part in [*(p for p in generation.rglob("*") if p.is_dir()), generation]:
        _flush(part)
    whole = {"format": FORMAT, "generation": generation.name, **manifest, "files": files}
    beside = folder / f"{MANIFEST}.new"
    beside.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _flush(beside)
    os.replace(beside, folder / MANIFEST)
    _flush(folder)


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
        if not file.is_file():
            lines.append(f"{name}: missing")
        elif file_digest(file) != told["sha256"]:
            lines.append(f"{name}: damaged (its bytes differ from the manifest's digest)")
    return lines


def write_document(path: Path, document: Document) -> None:
    """All fields of `document` as readable JSON."""
    value = {
        "id": document.id,
        "title": document.title,
        "year": document.year,
        "date": document.date,
        "place": document.place,
        "speaker": document.speaker,
        "filename": document.filename,
        "encoding": document.encoding,
        "digest": document.digest,
        "text": document.text,
        "sections": [[list(s.path), s.start, s.end, s.kind, s.period] for s in document.sections],
        "glossary": [[g.term, g.start, g.end] for g in document.glossary],
        "spots": [[s.start, s.end, s.raw, s.repaired] for s in document.spots],
        "map": [list(segment) for segment in document.map.segments],
    }
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def read_document(path: Path) -> Document:
    """The document that `write_document` wrote."""
    value = json.loads(path.read_text(encoding="utf-8"))
    value["sections"] = tuple(Section(tuple(p), a, b, kind, period) for p, a, b, kind, period in value["sections"])
    value["glossary"] = tuple(GlossaryEntry(*entry) for entry in value["glossary"])
    value["spots"] = tuple(Spot(*spot) for spot in value["spots"])
    value["map"] = TextMap(tuple((a, b, c, d) for a, b, c, d in value["map"]))
    return Document(**value)


def write_passages(path: Path, passages: Sequence[Passage]) -> None:
    """One JSON line a passage, in the order of their numbers."""
    lines = (json.dumps([p.document, p.start, p.end], ensure_ascii=False) for p in passages)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_passages(path: Path) -> tuple[Passage, ...]:
    """The passages that `write_passages` wrote."""
    return tuple(Passage(*json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
