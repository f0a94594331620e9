"""`python -m deploy.wheels OUT`: every wheel that serving needs, and requirements.txt with their digests.

Knows pip and the project's own files; it must not know what becomes of the wheels. Runs on a bare Python with pip.
"""

from __future__ import annotations

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = ("sentence-transformers", "torch")
"""Only for encoders other than the bundled one (--model); they and what they bring would be most of the bytes."""

GLIBC = 28
"""The newest minor version of glibc 2 that a wheel may ask for: Debian 10, RHEL 8 and Kylin V10 have this one."""

_SOURCES = ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "ui.py", "index", "qa", "eval")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_GLIBC = re.compile(r"manylinux_2_(\d+)_|manylinux(1|2010|2014)_")
_OLD = {"1": 5, "2010": 12, "2014": 17}


@dataclass(frozen=True)
class Wheel:
    """One wheel file. `name` is normalised, `glibc` the least minor version of glibc 2 it runs on (0: any)."""

    path: Path
    name: str
    version: str
    sha256: str
    glibc: int
    metadata: Message

    @property
    def licence(self) -> str:
        """The licence as its metadata tell it, "" where they do not."""
        told = self.metadata.get("License-Expression") or ""
        classifiers = [c for c in self.metadata.get_all("Classifier", []) if c.startswith("License ::")]
        short = (self.metadata.get("License") or "").strip()
        return told or (short if 0 < len(short) <= 60 else "") or ", ".join(c.split(" :: ")[-1] for c in classifiers)


def normal(name: str) -> str:
    """A project's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def roots(pyproject: Path = ROOT / "pyproject.toml") -> list[str]:
    """What the project asks for, less what serving does without."""
    asked = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [line for line in asked if normal(_NAME.match(line)[0]) not in LEFT_OUT]  # type: ignore[index]


def read_wheel(path: Path) -> Wheel:
    """What stands in a wheel's metadata and name."""
    with ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        metadata = Parser().parsestr(archive.read(name).decode("utf-8"))
    # Several platform tags say: this one or that one; the oldest decides.
    tags = [_OLD[m[2]] if m[2] else int(m[1]) for m in _GLIBC.finditer(path.name.rsplit("-", 1)[1])]
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Wheel(path, normal(metadata["Name"]), metadata["Version"], digest, min(tags, default=0), metadata)


def requirements(wheels: Sequence[Wheel]) -> str:
    """The lines that pip installs by, with nothing but these files: `--no-index --no-deps --require-hashes`."""
    return "".join(f"{w.name}=={w.version} --hash=sha256:{w.sha256}\n" for w in wheels)


def _platforms() -> list[str]:
    """pip's options for wheels that run on GLIBC and newer; none where the system is not Linux."""
    if platform.system() != "Linux":
        return []
    names = [f"manylinux_2_{minor}" for minor in range(GLIBC, 4, -1)] + [f"manylinux{age}" for age in (2014, 2010, 1)]
    return [word for name in names for word in ("--platform", f"{name}_{platform.machine()}")]


def make(out: Path) -> list[Wheel]:
    """Fetches or builds every wheel into `out`, which is made, and writes requirements.txt beside them."""
    out.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    fetch = ["download", "--dest", str(out), "--only-binary", ":all:", "--constraint", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, *fetch, *_platforms(), *roots()], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        # From a copy: what an earlier build left in build/ would otherwise get into the wheel.
        for name in _SOURCES:
            source, target = ROOT / name, Path(scratch) / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "training", "baseline"))
            else:
                shutil.copyfile(source, target)
        # Its warnings are about folders of data, which the project names as such.
        build = subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(out), scratch], stderr=subprocess.PIPE)
        if build.returncode:
            sys.stderr.buffer.write(build.stderr)
            raise SystemExit(build.returncode)
    wheels = [read_wheel(path) for path in sorted(out.glob("*.whl"))]
    (out / "requirements.txt").write_text(requirements(wheels), encoding="utf-8")
    return wheels


if __name__ == "__main__":
    make(Path(sys.argv[1]))
