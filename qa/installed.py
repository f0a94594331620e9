"""What a server needs of its own files: weights, index, record, register; and that asking calls nobody.

Knows where these lie and how each is opened; it must not know the machine or how findings are shown.
"""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import os
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import numpy as np

from index import disk
from index.embed import BUNDLED as ENCODER
from index.embed import open_encoder
from index.errors import UserError
from index.store import open_index
from qa.access.ready import WARM_UP
from qa.access.store import NAME as REGISTER
from qa.assistant import open_assistant
from qa.finding import Finding, fail, ok, warn
from qa.reader import BUNDLED as READER
from qa.reader import Reader
from qa.site import LEDGER

ANEW = "Install the project anew."
_CALLS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}


def weights(project: str = "wenbao") -> Finding:
    """The models' files against the digests that the installer noted down, and that both models run."""
    told = []
    try:
        noted = {str(file.locate()): file.hash for file in files(project) or () if file.hash}
    except PackageNotFoundError:
        noted = {}
    for folder in (ENCODER, READER):
        for path in sorted(p for p in folder.rglob("*") if p.suffix in {".onnx", ".json"}):
            digest = disk.file_digest(path)
            note = noted.get(str(path))
            if note and base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=") != note.value:
                return fail("weights", f"{path} differs from what was installed", ANEW)
            if path.suffix == ".onnx":
                told.append(f"{folder.parent.name}/{folder.name} {digest[:12]}{'' if note else ' (no digest noted)'}")
    try:
        row = open_encoder().queries([WARM_UP])
        Reader()
    except UserError as error:
        return fail("weights", error.found, error.remedy)
    if not np.isfinite(row).all() or abs(float(np.linalg.norm(row)) - 1) > 1e-3:
        return fail("weights", "the encoder gives no unit vector", "Use a processor and libraries that are supported.")
    return ok("weights", ", ".join(told))


def the_index(folder: Path) -> Finding:
    """Every file of the index against its digest, and its encoder against the one that runs."""
    try:
        damage = disk.damage(folder, disk.read_manifest(folder))
        if damage:
            return fail("index", "; ".join(damage[:3]), disk.REBUILD)
        opened = open_index(folder)
    except UserError as error:
        return fail("index", error.found, error.remedy)
    if not opened.documents:
        return warn("index", f"{folder} holds no document", "Add one: python -m index add PATH")
    return ok("index", f"{len(opened.documents)} documents, {len(opened.passages)} passages, every file whole")


def ledger(data: Path) -> Finding:
    """SQLite's own check of the record; one that is not there yet is made when the server starts."""
    path = data / LEDGER
    if not path.exists():
        return ok("record", f"{path} is made when the server starts")
    remedy = "Stop the server and restore a backup: python -m qa restore FILE --replace"
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=10)) as database:
            (found,) = database.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        return fail("record", f"{path}: {error}", remedy)
    return ok("record", f"{path} is whole") if found == "ok" else fail("record", f"{path}: {found}", remedy)


def register(data: Path) -> Finding:
    """The file of keys and users: readable by its owner alone."""
    path = data / REGISTER
    if not path.exists():
        return ok("access", "no keys and users; the server then serves this machine only, or a trusted proxy")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return fail("access", f"{path} can be read by others (mode {mode:o})", f"chmod 600 {path}")
    return ok("access", f"{path}, for its owner alone")


def calls(folder: Path) -> Finding:
    """One question asked of the index while every look-up and connection of the interpreter is watched.

    Native code is not seen by that: the one library known to call out by itself is told not to, which is looked at too.
    """
    if os.environ.get("ORT_DISABLE_TELEMETRY") != "1":
        return fail("calls", "ONNX Runtime's telemetry is on", "Set ORT_DISABLE_TELEMETRY=1 for the service.")
    with _watched() as seen:
        try:
            open_assistant(folder).ask(WARM_UP)
        except UserError as error:
            return warn("calls", f"no question could be asked ({error.found})", error.remedy)
    if seen:
        return fail(
            "calls", f"asking reached for {', '.join(sorted(set(seen))[:3])}", "Report it: nothing may call out."
        )
    return ok("calls", "a question was asked: no look-up, no connection; ONNX Runtime's telemetry is off")


_listener: Callable[[str, tuple[Any, ...]], None] | None = None
_hooked = False


@contextlib.contextmanager
def _watched() -> Iterator[list[str]]:
    """Collects where the interpreter connects to or looks up, loopback aside, as long as it is open."""
    global _listener, _hooked
    seen: list[str] = []

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        place = arguments[0] if event.startswith("socket.get") else arguments[1]
        host = place[0] if isinstance(place, tuple) and place else place
        if isinstance(host, bytes):
            host = host.decode("latin-1")
        if isinstance(host, str) and not host.startswith("/") and not _here(host):
            seen.append(host)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if _listener is not None and event in _CALLS:
            _listener(event, arguments)

    if not _hooked:  # a hook cannot be taken away again
        sys.addaudithook(hook)
        _hooked = True
    _listener = note
    try:
        yield seen
    finally:
        _listener = None


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
