"""What ran and on what: code, index, models, machine. Knows files and the system, no questions and no figures."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def code_digest() -> str:
    """One digest of the sources and word lists that an answer depends on (`index/` and `qa/`), names and contents."""
    found = [
        path
        for folder in ("index", "qa")
        for kind in ("*.py", "*.txt", "*.json")
        for path in ROOT.glob(f"{folder}/{kind}")
    ]
    return digest("".join(f"{_name(path)} {digest(path.read_bytes())}\n" for path in sorted(found)).encode())


def model_digests() -> dict[str, str]:
    """The digest of every file of the bundled models and calibrations, by its path in the checkout."""
    found = [
        path
        for folder in ("index", "qa")
        for path in ROOT.glob(f"{folder}/model/**/*")
        if path.is_file() and path.suffix != ".md"
    ]
    return {_name(path): _file_digest(path) for path in sorted(found)}


def commit() -> dict[str, Any]:
    """The git commit of the checkout and whether tracked files differ from it; empty outside of a checkout."""
    head, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--untracked-files=no")
    return {"commit": head, "dirty": bool(changes)} if head else {}


def machine() -> dict[str, Any]:
    """CPU model and cores (those this process may use), memory in MB, Python and platform."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "usable_cores": usable,
        "memory_mb": _memory_mb(),
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


def peak_memory_mb() -> float | None:
    """The largest resident memory of this process so far, in MB; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


def folder_mb(folder: Path) -> float:
    """The size of all files under `folder`, in MB."""
    return round(sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / (1 << 20), 3)


def digests(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Every digest that the index's manifest names (models, files), by its dotted key."""
    out: dict[str, str] = {}

    def walk(value: Any, key: str) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                walk(inner, f"{key}.{name}" if key else str(name))
        elif isinstance(value, str) and any(word in key.lower() for word in ("digest", "sha256")):
            out[key] = value

    walk(manifest, "")
    return out


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def _memory_mb() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    except (ValueError, OSError, AttributeError):
        return None
