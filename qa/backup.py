"""`python -m qa backup OUT` and `python -m qa restore IN`: one archive of the index, the ledger and the access file.

Knows the files and how each is copied whole while others write; it must not know what stands in them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import sqlite3
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from index import disk
from index.errors import UserError
from index.store import open_index

FORMAT = 1
CONTENTS = "backup.json"
_SQLITE = b"SQLite format 3\0"
_DATA = re.compile(r"[\w.-]+\.(?:sqlite|json|key)")
"""Names of files in the data folder that belong to the server: its ledger, the key of its digests, who may use it."""
_AGAIN = "Make the backup again, or use another one."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of both commands; which one it is stands in the parser's name."""
    parser.add_argument("archive", type=Path, metavar="FILE.tar.gz")
    parser.add_argument("--index", type=Path, default=Path("data/index"), metavar="DIR")
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR", help="the server's own files")
    parser.set_defaults(run=restore if parser.prog.split()[-1] == "restore" else backup)
    if parser.prog.split()[-1] == "restore":
        parser.add_argument("--replace", action="store_true", help="take the place of an index or files that are there")


def main(options: argparse.Namespace) -> int:
    """0 when it is done, told in one line. UserError where it cannot be; then what was there is as it was."""
    if options.run is restore:
        told = restore(options.archive, options.index, options.data, replace=options.replace)
    else:
        told = backup(options.archive, options.index, options.data)
    print(f"{len(told)} files, {sum(told.values()):,} bytes", file=sys.stderr)
    return 0


def backup(archive: Path, index: Path, data: Path) -> dict[str, int]:
    """Writes `archive`, which appears only when it is whole and is readable by its owner alone; names and their bytes.

    The index is held against writers meanwhile, databases are copied by their own means: a server may go on.
    UserError where the index is damaged, an archive is there already or the disk is full.
    """
    if archive.exists():
        raise UserError(f"{archive} is there already", "a new file", "Name another, or remove it first.")
    disk.read_manifest(index)  # before its folder is locked, which would make one that is missing
    with (
        disk.writing(index, wait=30),
        _writes(archive),
        tempfile.TemporaryDirectory(dir=archive.absolute().parent, prefix=".backup-") as scratch,
    ):
        manifest = disk.read_manifest(index)
        damage = disk.damage(index, manifest)
        if damage:
            raise UserError(f"the index in {index} is damaged: {damage[0]}", "whole files", disk.REBUILD)
        files = {f"index/{name}": path for name, path in _index_files(index, manifest).items()}
        files |= {f"data/{name}": path for name, path in _data_files(data, Path(scratch)).items()}
        beside = Path(scratch) / "archive"
        told = _write(beside, files)
        disk.flush(beside)
        os.replace(beside, archive)
        disk.flush(archive.absolute().parent)
    return told


def _index_files(index: Path, manifest: Mapping[str, Any]) -> dict[str, Path]:
    generation = index / manifest["generation"]
    found = {"manifest.json": index / disk.MANIFEST}
    found |= {f"{manifest['generation']}/{name}": generation / name for name in manifest["files"]}
    kept = {str(entry["original"]) for entry in manifest["documents"].values() if entry.get("original")}
    found |= {f"{disk.ORIGINALS}/{name}": index / disk.ORIGINALS / name for name in sorted(kept)}
    return {name: path for name, path in found.items() if path.is_file()}


def _data_files(data: Path, scratch: Path) -> dict[str, Path]:
    """The server's own files: each a copy of one moment, so that its digest is that of what is stored."""
    found = {}
    for path in sorted(data.iterdir() if data.is_dir() else ()):
        if not path.is_file() or not _DATA.fullmatch(path.name):
            continue
        copy = scratch / path.name
        with path.open("rb") as stream:
            database = stream.read(16) == _SQLITE
        if database:
            address = f"{path.absolute().as_uri()}?mode=ro"
            with (
                contextlib.closing(sqlite3.connect(address, uri=True)) as source,
                contextlib.closing(sqlite3.connect(copy)) as target,
            ):
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
        else:
            shutil.copyfile(path, copy)
        found[path.name] = copy
    return found


def _write(out: Path, files: Mapping[str, Path]) -> dict[str, int]:
    sizes = {name: path.stat().st_size for name, path in files.items()}
    entries = {name: {"bytes": sizes[name], "sha256": disk.file_digest(path)} for name, path in files.items()}
    made = int(time.time())
    contents = {"format": FORMAT, "version": version("wenbao"), "made": made, "files": entries}
    body = json.dumps(contents, ensure_ascii=False, indent=1).encode()
    handle = os.open(out, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(handle, "w+b") as stream, tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6) as tar:
        told = tarfile.TarInfo(CONTENTS)
        told.size, told.mode, told.mtime = len(body), 0o600, made
        tar.addfile(told, io.BytesIO(body))
        for name, path in files.items():
            tar.add(path, name, recursive=False, filter=_plain)
    return sizes


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """No names of this machine's users in an archive."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def restore(archive: Path, index: Path, data: Path, *, replace: bool = False) -> dict[str, int]:
    """Puts the files of `archive` in place once all of them are read and found whole; names and their bytes.

    The index is exchanged at once and a running server takes it over; a database is written in one transaction. With
    `replace` they take the place of what is there, and files that the archive does not hold stay.
    UserError where the archive is damaged or something is there and may not be replaced: then nothing has changed.
    """
    there = [p for p in (index / disk.MANIFEST, *(data / n for n in ("wenbao.sqlite", "access.json"))) if p.exists()]
    if there and not replace:
        raise UserError(f"{there[0]} is there already", "an empty place", "Add --replace to put the backup there.")
    with _writes(data), contextlib.ExitStack() as stack:
        data.mkdir(parents=True, exist_ok=True)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=data, prefix=".restore-")))
        told = _read(archive, scratch)
        _check(scratch)
        if (scratch / "data").is_dir():
            for path in sorted((scratch / "data").iterdir()):
                _put(path, data / path.name)
        if (scratch / "index" / disk.MANIFEST).is_file():
            _put_index(scratch / "index", index)
    return told


def _read(archive: Path, scratch: Path) -> dict[str, int]:
    """Unpacks into `scratch` what the archive's list names, each file compared with its digest."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            entries = _contents(tar)
            found: dict[str, Path] = {}
            for member in tar:
                name = member.name
                if name == CONTENTS and not found:
                    continue
                if not member.isfile() or name not in entries or name in found:
                    raise _damaged(archive, f"{name[:80]!r} does not belong to it")
                path = scratch / name
                path.parent.mkdir(parents=True, exist_ok=True)
                source = tar.extractfile(member)
                assert source
                with path.open("wb") as target:
                    shutil.copyfileobj(source, target)
                found[name] = path
            while tar.fileobj and tar.fileobj.read(1 << 20):
                pass  # to the end, where the compression's own check stands
    except FileNotFoundError as error:
        raise UserError(f"no file {archive}", "a backup", "Name it.") from error
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(archive, str(error) or type(error).__name__) from error
    for name, told in entries.items():
        if name not in found:
            raise _damaged(archive, f"{name} is missing")
        if disk.file_digest(found[name]) != told["sha256"]:
            raise _damaged(archive, f"{name} differs from its digest")
        disk.flush(found[name])
    return {name: int(told["bytes"]) for name, told in entries.items()}


def _contents(tar: tarfile.TarFile) -> dict[str, dict[str, Any]]:
    """The list that is the first member: names below index/ and data/, with sizes and digests."""
    first = tar.next()
    source = tar.extractfile(first) if first and first.name == CONTENTS and first.size < 50_000_000 else None
    if source is None:
        raise ValueError(f"it has no {CONTENTS}")
    contents = json.loads(source.read())
    if contents["format"] != FORMAT:
        raise ValueError(f"it has format {contents['format']}, not {FORMAT}")
    for name, told in contents["files"].items():
        parts = name.split("/")
        if parts[0] not in ("index", "data") or any(part in ("", ".", "..") for part in parts) or "\\" in name:
            raise ValueError(f"it names {name[:80]!r}")
        if not isinstance(told["bytes"], int) or not isinstance(told["sha256"], str):
            raise ValueError(f"it tells no digest of {name[:80]!r}")
    files: dict[str, dict[str, Any]] = contents["files"]
    return files


def _check(scratch: Path) -> None:
    """UserError unless index and databases can be opened: a digest tells of the copy, not of what was copied."""
    if (scratch / "index" / disk.MANIFEST).is_file():
        open_index(scratch / "index")
    for path in sorted((scratch / "data").glob("*.sqlite")) if (scratch / "data").is_dir() else ():
        with contextlib.closing(sqlite3.connect(path)) as database:
            (found,) = database.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            raise UserError(f"{path.name} of the backup is damaged ({found})", "a whole database", _AGAIN)


def _put(source: Path, target: Path) -> None:
    """A database into the one that is there, in one transaction and past whoever has it open; a file by exchange."""
    if source.suffix == ".sqlite" and target.exists():
        with contextlib.closing(sqlite3.connect(source)) as new, contextlib.closing(sqlite3.connect(target)) as old:
            new.backup(old)
        return
    os.chmod(source, 0o600)
    for name in (f"{target.name}-wal", f"{target.name}-shm"):  # of a database that is gone: not the new one's
        target.with_name(name).unlink(missing_ok=True)
    os.replace(source, target)
    disk.flush(target.parent)


def _put_index(source: Path, index: Path) -> None:
    """The index as a new generation beside the one that is there, then exchanged by its manifest."""
    manifest = disk.read_manifest(source)
    with disk.writing(index, wait=30):
        kept = source / disk.ORIGINALS
        if kept.is_dir():
            (index / disk.ORIGINALS).mkdir(exist_ok=True)
            for path in kept.iterdir():
                os.replace(path, index / disk.ORIGINALS / path.name)
        generation = disk.new_generation(index)
        try:
            shutil.copytree(source / manifest["generation"], generation, dirs_exist_ok=True)
            told = {k: v for k, v in manifest.items() if k not in ("format", "generation", "files")}
            disk.commit(index, generation, told)
        except BaseException:
            disk.discard(index, generation)
            raise


def _damaged(archive: Path, why: str) -> UserError:
    return UserError(f"the backup {archive} is damaged: {why}", "a whole archive", _AGAIN)


@contextlib.contextmanager
def _writes(where: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise UserError(
            f"{where} cannot be written ({error})", "room on the disk and the right to it", "Then try again."
        ) from error
