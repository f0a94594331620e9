"""Imports point one way, nouns know only nouns, and one file knows one foreign library."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "qa", "eval", "ui")

# Who may know whom.
MAY_KNOW: dict[str, set[str]] = {"index": set(), "qa": {"index"}, "eval": {"qa", "index"}, "ui": {"qa", "index"}}

# The nouns, and what of ours they stand on.
NOUNS: dict[str, set[str]] = {
    "index/errors.py": set(),
    "index/textmap.py": set(),
    "index/records.py": {"index.textmap"},
    "qa/answer.py": {"index.records"},
}

# A foreign library belongs to one file. These have more, for a reason:
SHARED: dict[str, set[str] | None] = {
    # arrays, the common tongue between embed, vectors, lexical, reader and the measures
    "numpy": None,
    # the session, and the quantizer that makes what it runs
    "onnxruntime": {"index/runtime.py", "index/export.py"},
    # the runtime (and the name of what it returns), and the scripts that make tokenizers and train with them
    "tokenizers": {
        "index/runtime.py",
        "index/embed.py",
        "index/convert.py",
        "qa/reader.py",
        "qa/batch.py",
        "qa/cycle.py",
        "qa/pieces.py",
        "qa/train.py",
        "index/train.py",
    },
    # other models, the module by which that library loads ours, and the trainer
    "sentence_transformers": {"index/embed.py", "index/modules.py", "index/train.py"},
    # how weights were made; at run time only sentence-transformers needs it
    "torch": {
        "index/convert.py",
        "index/export.py",
        "index/lean.py",
        "index/modules.py",
        "index/restore.py",
        "index/train.py",
        "qa/network.py",
        "qa/batch.py",
        "qa/cycle.py",
        "qa/distil.py",
        "qa/narrow.py",
        "qa/train.py",
    },
    "transformers": {
        "index/convert.py",
        "index/export.py",
        "index/lean.py",
        "index/restore.py",
        "index/train.py",
        "qa/network.py",
        "qa/train.py",
    },
    # the 8-bit file: as it is made, and as it is read back
    "onnx": {"index/export.py", "index/restore.py"},
    # spreadsheets: as reports, and as question files
    "python_calamine": {"index/workbook.py", "eval/sheets.py"},
    # the page of a run, and the keeper's page
    "jinja2": {"eval/report.py", "qa/keeping.py"},
    # the HTTP routes, by duty, and the page that is mounted beside them
    "fastapi": {"qa/service/", "ui.py"},
    "starlette": {"qa/service/"},
    "pydantic": {"qa/service/"},
    # the server, and what a connection of it has to do in time
    "uvicorn": {"ui.py", "qa/access/protocol.py"},
}

# Where the libraries live that give the product its parts.
HOME = {
    "faiss": "index/vectors.py",
    "opencc": "index/fold.py",
    "langchain_text_splitters": "index/split.py",
    "gradio": "ui.py",
    "charset_normalizer": "index/read.py",
}


def _imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            # `from index import disk` names a module of the package
            found |= {f"{node.module}.{a.name}" for a in node.names} if node.module in PACKAGES else {node.module}
    return found


def _all() -> dict[str, set[str]]:
    files = [ROOT / "ui.py", *(file for package in PACKAGES[:3] for file in (ROOT / package).rglob("*.py"))]
    return {f.relative_to(ROOT).as_posix(): _imports(ast.parse(f.read_text(encoding="utf-8"))) for f in sorted(files)}


IMPORTS = _all()


def _package(name: str) -> str:
    return name.split("/")[0].removesuffix(".py")


def test_the_walk_sees_the_imports() -> None:
    assert len(IMPORTS) > 30
    tree = ast.parse("import a.b\ndef f():\n    from index import disk\n    from c.d import e")
    assert _imports(tree) == {"a.b", "index.disk", "c.d"}


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_know_only_those_below_them(package: str) -> None:
    for file, names in IMPORTS.items():
        if _package(file) == package:
            known = {name.split(".")[0] for name in names} & set(PACKAGES)
            assert known <= MAY_KNOW[package] | {package}, file


@pytest.mark.parametrize("file", NOUNS)
def test_nouns_know_only_nouns(file: str) -> None:
    assert {name for name in IMPORTS[file] if name.split(".")[0] in PACKAGES} <= NOUNS[file]
    assert {name.split(".")[0] for name in IMPORTS[file]} <= {*PACKAGES, *sys.stdlib_module_names}


def test_one_file_knows_one_foreign_library() -> None:
    importers: dict[str, set[str]] = {}
    for file, names in IMPORTS.items():
        for name in {name.split(".")[0] for name in names} - set(PACKAGES) - set(sys.stdlib_module_names):
            importers.setdefault(name, set()).add(file)
    for library, files in importers.items():
        allowed = SHARED.get(library)
        if library not in SHARED:
            assert len(files) == 1, f"{library} is imported by {sorted(files)}"
        elif allowed is not None:
            # a name that ends with a stroke allows a whole folder
            others = {f for f in files if not any(f == a or (a.endswith("/") and f.startswith(a)) for a in allowed)}
            assert not others, f"{library} is imported by {sorted(others)} too"
    assert {library: importers[library] for library in HOME} == {library: {file} for library, file in HOME.items()}
