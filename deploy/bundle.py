"""`python -m deploy.bundle`: one archive that a machine without a network installs from.

Knows the order of the parts; wheels, list and installer are made elsewhere.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
import tarfile
import tempfile
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path

from deploy.sbom import bill, licences
from deploy.wheels import ROOT, Wheel, make

PRODUCT = "wenbao"
MODELS = (ROOT / "index" / "model", ROOT / "qa" / "model")
_DOCS = ("operations.md", "embedding.md", "api.md")


def main(arguments: list[str] | None = None) -> int:
    """Builds the archive and prints where it lies."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bundle", description="An archive for offline machines.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.out, prefix=".bundle-") as scratch:
        wheels = make(Path(scratch) / "wheels")
        own = next(wheel for wheel in wheels if wheel.name == PRODUCT)
        name = f"{PRODUCT}-{own.version}-{_tag()}-{platform.system().lower()}-{platform.machine()}"
        stage = Path(scratch) / name
        stage.mkdir()
        (Path(scratch) / "wheels").rename(stage / "wheels")
        wheels = [replace(w, path=stage / "wheels" / w.path.name) for w in wheels]
        text = json.dumps(bill(wheels, MODELS, PRODUCT), ensure_ascii=False, indent=1)
        (stage / "sbom.cdx.json").write_text(text + "\n", encoding="utf-8")
        without = licences(wheels, stage / "licences")
        _copy(stage, wheels)
        _checksums(stage)
        archive = pack(stage, options.out / f"{name}.tar")
    for line in without:
        print(f"no licence text in the wheel of {line}; its licence is named in licences/LIST.txt", file=sys.stderr)
    print(archive)
    return 0


def _tag() -> str:
    return f"cp{sys.version_info.major}{sys.version_info.minor}"


def _copy(stage: Path, wheels: list[Wheel]) -> None:
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(ROOT / name, stage / name)
    shutil.copytree(
        ROOT / "deploy", stage / "deploy", ignore=shutil.ignore_patterns("__pycache__", "*.py", "install.sh")
    )
    shutil.copytree(ROOT / "examples", stage / "examples")
    (stage / "docs").mkdir()
    for name in _DOCS:
        if (ROOT / "docs" / name).is_file():
            shutil.copyfile(ROOT / "docs" / name, stage / "docs" / name)
    script = (ROOT / "deploy" / "install.sh").read_text(encoding="utf-8")
    version = ".".join(map(str, sys.version_info[:2]))
    for mark, value in {
        "@PYTHON@": version,
        "@MACHINE@": platform.machine(),
        "@SYSTEM@": platform.system(),
        "@GLIBC@": str(max(wheel.glibc for wheel in wheels)),
        "@VERSION@": next(w.version for w in wheels if w.name == PRODUCT),
    }.items():
        script = script.replace(mark, value)
    (stage / "install.sh").write_text(script, encoding="utf-8")
    (stage / "install.sh").chmod(0o755)


def _checksums(stage: Path) -> None:
    """SHA256SUMS over every other file, as `sha256sum --check` reads it."""
    lines = []
    for file in sorted(p for p in stage.rglob("*") if p.is_file()):
        with file.open("rb") as stream:
            lines.append(f"{file_digest(stream, 'sha256').hexdigest()}  {file.relative_to(stage).as_posix()}\n")
    (stage / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def pack(stage: Path, archive: Path) -> Path:
    """`stage` as one tar: not compressed, since wheels are; the same files give the same bytes."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = ""
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    beside = archive.with_name(f".{archive.name}.new")
    with tarfile.open(beside, "w") as tar:
        for file in sorted(p for p in stage.rglob("*") if p.is_file()):
            tar.add(file, f"{stage.name}/{file.relative_to(stage).as_posix()}", filter=plain)
    beside.replace(archive)
    return archive


if __name__ == "__main__":
    raise SystemExit(main())
