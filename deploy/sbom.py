"""The list of what a bundle holds, in CycloneDX's JSON, and the licences' texts beside it.

Knows wheels and the models' cards; it must not know how the bundle is packed. Written by hand rather than by
cyclonedx-bom: that reads an installed environment and tells no digests of the files that are shipped.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from deploy.wheels import Wheel, normal

_LICENCE = re.compile(r"[^/]+\.dist-info/(?:licen[cs]es?/.+|(?:LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*)", re.I)
_REQUIRED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
_FIELD = re.compile(r"^(license|base_model):\s*(.+)$", re.M)


def bill(wheels: Sequence[Wheel], models: Sequence[Path], product: str) -> dict[str, Any]:
    """A CycloneDX 1.6 document; `models` are folders with a card, `product` the name of the wheel that is ours."""
    own = next(w for w in wheels if w.name == product)
    others = [w for w in wheels if w is not own]
    components = [_wheel(w) for w in others] + [_model(folder, own.version) for folder in models]
    known = {w.name: _reference(w) for w in wheels}
    depends = [{"ref": known[w.name], "dependsOn": sorted(_needed(w, known))} for w in wheels]
    content = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same content has the same number.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}",
        "version": 1,
        "metadata": {"component": {**_wheel(own), "type": "application"}},
        "components": components,
        "dependencies": depends,
    }


def _reference(wheel: Wheel) -> str:
    return f"pkg:pypi/{wheel.name}@{wheel.version}"


def _wheel(wheel: Wheel) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": _reference(wheel),
        "name": wheel.name,
        "version": wheel.version,
        "purl": _reference(wheel),
        "hashes": [{"alg": "SHA-256", "content": wheel.sha256}],
    }
    if wheel.licence:
        found["licenses"] = [{"license": {"name": wheel.licence}}]
    return found


def _model(folder: Path, version: str) -> dict[str, Any]:
    """A folder of weights as its card tells it, each file with its digest."""
    card = dict(_FIELD.findall((folder / "README.md").read_text(encoding="utf-8")))
    parts = []
    for file in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in {".onnx", ".json", ".txt"}):
        with file.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
        name = f"{folder.parent.name}/{folder.name}/{file.relative_to(folder).as_posix()}"
        parts.append({"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": digest}]})
    label = f"{folder.parent.name}/{folder.name}"
    told: dict[str, Any] = {"type": "machine-learning-model", "bom-ref": label, "name": label, "version": version}
    if "license" in card:
        told["licenses"] = [{"license": {"name": card["license"].strip()}}]
    if "base_model" in card:
        told["description"] = f"made from {card['base_model'].strip()}"
    return {**told, "components": parts}


def _needed(wheel: Wheel, known: dict[str, str]) -> set[str]:
    """Those of the shipped wheels that `wheel` names as needed, whatever the condition."""
    lines = wheel.metadata.get_all("Requires-Dist", [])
    names = {normal(found[1]) for line in lines if (found := _REQUIRED.match(line))}
    return {known[name] for name in names & known.keys() - {wheel.name}}


def licences(wheels: Sequence[Wheel], out: Path) -> list[str]:
    """Copies the licences' texts of each wheel into `out`/<name>/; the names of wheels that carry none."""
    without = []
    for wheel in wheels:
        with ZipFile(wheel.path) as archive:
            names = [n for n in archive.namelist() if _LICENCE.fullmatch(n) and not n.endswith("/")]
            for name in names:
                target = out / wheel.name / name.split("/", 1)[1].replace("/", "-")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
        if not names:
            without.append(wheel.name)
    lines = [f"{w.name} {w.version}: {w.licence or 'see its page'}\n" for w in wheels]
    out.mkdir(parents=True, exist_ok=True)
    (out / "LIST.txt").write_text("".join(lines), encoding="utf-8")
    return without
