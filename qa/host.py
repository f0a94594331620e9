"""What a server needs of the machine: interpreter, libraries, room, a free address, no way to call out, type.

Knows the operating system and the environment; it must not know indexes or questions.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import shutil
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from qa.finding import Finding, fail, ok, warn

SPARE = {"torch", "sentence-transformers"}
"""Only needed for encoders other than the bundled one."""
LOW, NONE = 1_000_000_000, 100_000_000
"""Bytes left on the disk: below the first it is told, below the second nothing should be written any more."""
_TELLS = {
    "GRADIO_ANALYTICS_ENABLED": ("True", "true", "1"),
    "GRADIO_SHARE": ("True", "true", "1"),
    "HF_HUB_OFFLINE": ("0", "False", "false"),
}
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def interpreter() -> Finding:
    """The interpreter's version, and what the machine is."""
    told = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    if platform.python_implementation() != "CPython":
        return warn("python", f"{platform.python_implementation()}, {told}", "CPython is what is tested.")
    return ok("python", told)


def encoding() -> Finding:
    """Whether names of files and output can be Chinese."""
    told = f"file names {sys.getfilesystemencoding()}, output {sys.stdout.encoding or 'unknown'}"
    if "utf" not in sys.getfilesystemencoding().lower():
        return fail("encoding", told, "Set LANG=C.UTF-8 or PYTHONUTF8=1 for the service.")
    return ok("encoding", told)


def libraries(project: str = "wenbao") -> Finding:
    """Every library that the installed project asks for, in the version that it asks for."""
    try:
        asked = [Requirement(line) for line in requires(project) or ()]
    except PackageNotFoundError:
        return fail("libraries", f"{project} is not installed", "Install it: pip install -c constraints.txt .")
    missing: list[str] = []
    spare: list[str] = []
    other: list[str] = []
    count = 0
    for need in asked:
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(need.name)
        except PackageNotFoundError:
            (spare if need.name in SPARE else missing).append(need.name)
            continue
        count += 1
        if not need.specifier.contains(found, prereleases=True):
            other.append(f"{need.name} {found} (wanted {need.specifier})")
    remedy = "Install the project anew, with its constraints or from its bundle."
    if missing:
        return fail("libraries", f"missing: {', '.join(missing)}", remedy)
    if other:
        return warn("libraries", "; ".join(other), remedy)
    without = f"; without {' and '.join(spare)}, which only --model needs" if spare else ""
    return ok("libraries", f"{project} {version(project)}, {count} libraries as asked for{without}")


def memory(least: int = 1_500_000_000) -> Finding:
    """The machine's memory; a server with one small index takes about half a gigabyte."""
    try:
        told = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return warn("memory", "not known", "See that there are 2 GB.")
    if told < least:
        return warn("memory", f"{told / 1e9:.1f} GB", "Give it 2 GB.")
    return ok("memory", f"{told / 1e9:.1f} GB")


def room(data: Path) -> Finding:
    """Space and the right to write where the server keeps its files."""
    place = next(folder for folder in (data, *data.absolute().parents) if folder.is_dir())
    if not os.access(place, os.W_OK | os.X_OK):
        return fail("disk", f"{place} cannot be written", "Give the folder to the server's user, or name another.")
    left = shutil.disk_usage(place).free
    told = f"{left / 1e9:.1f} GB left under {place}"
    if left < NONE:
        return fail("disk", told, "Make room, or name another folder with --data.")
    return warn("disk", told, "Make room soon.") if left < LOW else ok("disk", told)


def address(host: str, port: int) -> Finding:
    """Whether the server could listen there, or already does."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family):
            return ok("address", f"{host}:{port} is free")
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return fail("address", f"{host}:{port}: {error.strerror or error}", "Choose another --host or --port.")
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    try:
        # Past any proxy that the environment names: the question is what runs on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://{reached}:{port}/healthz", timeout=5) as reply:
            told = json.loads(reply.read(10_000))
        if isinstance(told, dict) and told.get("status") == "ok":
            return ok("address", f"a server of this kind runs at {host}:{port}")
    except (OSError, ValueError, urllib.error.URLError):
        pass
    return fail("address", f"{host}:{port} is held by another program", "Stop it, or choose another --port.")


def settings(environment: Mapping[str, str] = os.environ) -> Finding:
    """Variables that would make a library call out, or lead a call through a proxy."""
    bad = [f"{name}={environment[name]}" for name, values in _TELLS.items() if environment.get(name) in values]
    if bad:
        return fail("environment", ", ".join(bad), "Unset them: the server sets what keeps its libraries quiet.")
    proxies = [name for key in _PROXIES for name in (key, key.upper()) if environment.get(name)]
    if proxies:
        told = f"{', '.join(proxies)} set"
        return warn("environment", told, "Unset them for the service: nothing of it needs a proxy.")
    return ok("environment", "no variable makes a library call out")


def sqlite() -> Finding:
    """The database library's version: the record needs write-ahead logging that is safe for several processes."""
    told = f"SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < (3, 35, 0):
        return fail("sqlite", told, "Use a Python whose sqlite3 is 3.35 or newer.")
    return ok("sqlite", told)


def fonts() -> Finding:
    """Chinese type on this machine: pages use the reader's own, so it matters only to a browser that runs here."""
    tool = shutil.which("fc-list")
    if tool is None:
        return ok("fonts", "pages use each reader's own fonts; this machine's were not listed (no fc-list)")
    try:
        done = subprocess.run([tool, ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ok("fonts", "pages use each reader's own fonts; this machine's could not be listed")
    found = sorted({line.split(",")[0].strip() for line in done.stdout.splitlines() if line.strip()})
    if not found:
        return warn("fonts", "no Chinese font here", "Only for a browser on this machine: install fonts-noto-cjk.")
    return ok("fonts", f"Chinese: {', '.join(found[:3])}")
