"""Makes and changes an index on disk: build, add, remove. Knows the parts in their order and nothing of questions."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from index import disk
from index.document import load_document
from index.embed import Encoder, Rows, open_encoder
from index.errors import UserError
from index.lexical import Lexical
from index.records import Document, Passage
from index.split import split
from index.vectors import KIND, Vectors

SIZE = 120  # characters of a passage at most
Progress = Callable[[str, int, int], None]
LIBRARIES = ("faiss-cpu", "tantivy", "onnxruntime", "tokenizers", "langchain-text-splitters")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the files of one call: the documents taken, and a line for each file that was not."""

    added: tuple[Document, ...]
    refused: tuple[str, ...]


def passage_input(document: Document, passage: Passage) -> str:
    """What is embedded and searched by terms for a passage: its innermost heading, and its words."""
    path = document.section_at(passage.start).path
    words = document.text[passage.start : passage.end]
    heading = path[-1] if path else ""
    return words if not heading or words.startswith(heading) else f"{heading}\n{words}"


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those in the folders named, in order of name. UserError for a path that does not exist."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        elif path.is_file():
            files.append(path)
        else:
            raise UserError(f"no file or folder {path}", "reports to read", "Check the path.")
    if not files:
        raise UserError("no file in the folders given", "at least one report", "Name a file or a folder with reports.")
    return files


def build(paths: Sequence[Path], out: Path, model: str | None = None, progress: Progress | None = None) -> Outcome:
    """A new index of the files in `paths` at `out`; what stood there is replaced only when the new one is whole.

    UserError when no file at all could be read; single unreadable files are told in the outcome.
    """
    return _change(paths, (), out, open_encoder(model), keep=False, progress=progress)


def add(paths: Sequence[Path], out: Path, progress: Progress | None = None) -> Outcome:
    """Add the files to the index at `out`, replacing documents of the same id; only new passages are embedded."""
    manifest = disk.read_manifest(out)
    encoder = open_encoder(manifest["encoder"]["name"])
    if encoder.digest != manifest["encoder"]["digest"]:
        raise UserError("the index was built with another encoder", "the same weights", disk.REBUILD)
    return _change(paths, (), out, encoder, keep=True, progress=progress)


def remove(names: Sequence[str], out: Path) -> None:
    """Remove documents by id. UserError for an id that the index does not have; nothing is changed then."""
    manifest = disk.read_manifest(out)
    for name in names:
        if name not in manifest["documents"]:
            raise UserError(f"no document {name!r} in {out}", "an id as listed", "See: python -m index list")
    _change((), names, out, open_encoder(manifest["encoder"]["name"]), keep=True, progress=None)


def _change(
    paths: Sequence[Path],
    names: Sequence[str],
    out: Path,
    encoder: Encoder,
    *,
    keep: bool,
    progress: Progress | None,
) -> Outcome:
    with disk.writing(out):
        documents: dict[str, Document] = {}
        known: dict[str, Rows] = {}
        if keep:
            documents, known = _current(out, encoder)
        for name in names:
            del documents[name]
        outcome = _read(find_files(paths), progress) if paths else Outcome((), ())
        if paths and not outcome.added:
            raise UserError(outcome.refused[0], "at least one report that can be read", "Nothing was changed.")
        documents.update({document.id: document for document in outcome.added})
        generation = disk.new_generation(out)
        _write(out, generation, dict(sorted(documents.items())), encoder, known, progress)
    return outcome


def _read(files: Sequence[Path], progress: Progress | None) -> Outcome:
    added: dict[str, Document] = {}
    refused: list[str] = []
    for at, file in enumerate(files):
        try:
            document = load_document(file)
            if document.id in added:
                refused.append(f"{file}: a document {document.id!r} was read already; rename one of the files")
            else:
                added[document.id] = document
        except UserError as error:
            refused.append(f"{file}: {error}")
        if progress:
            progress("read", at + 1, len(files))
    return Outcome(tuple(added.values()), tuple(refused))


def _current(out: Path, encoder: Encoder) -> tuple[dict[str, Document], dict[str, Rows]]:
    """The documents of the index at `out`, and its vectors by the digest of what they were made from."""
    manifest = disk.read_manifest(out)
    disk.check_sizes(out, manifest)
    generation = out / manifest["generation"]
    documents = {name: disk.read_document(generation / e["file"]) for name, e in manifest["documents"].items()}
    passages = disk.read_passages(generation / "passages.jsonl")
    vectors = Vectors.load(generation / "vectors.faiss")
    rows = vectors.rows(np.arange(len(passages), dtype=np.int64))
    keys = [_key(encoder, passage_input(documents[p.document], p)) for p in passages]
    return documents, dict(zip(keys, rows, strict=True))


def _write(
    out: Path,
    generation: Path,
    documents: Mapping[str, Document],
    encoder: Encoder,
    known: Mapping[str, Rows],
    progress: Progress | None,
) -> None:
    passages = [passage for document in documents.values() for passage in split(document, SIZE)]
    texts = [passage_input(documents[p.document], p) for p in passages]
    keys = [_key(encoder, text) for text in texts]
    fresh = sorted({i for i, key in enumerate(keys) if key not in known})
    made = encoder.passages(
        [texts[i] for i in fresh], (lambda done, of: progress("embed", done, of)) if progress else None
    )
    rows = np.zeros((len(passages), encoder.dimension), dtype=np.float32)
    rows[fresh] = made
    for i, key in enumerate(keys):
        if key in known:
            rows[i] = known[key]
    numbers = np.arange(len(passages), dtype=np.int64)
    (generation / "documents").mkdir()
    entries = {}
    for name, document in documents.items():
        file = f"documents/{hashlib.sha256(name.encode()).hexdigest()[:16]}.json"
        disk.write_document(generation / file, document)
        entries[name] = {
            "file": file,
            "title": document.title,
            "year": document.year,
            "place": document.place,
            "characters": len(document.text),
            "sha256": document.digest,
        }
    disk.write_passages(generation / "passages.jsonl", passages)
    Vectors.build(rows, numbers).save(generation / "vectors.faiss")
    Lexical.build(generation / "lexical", texts, numbers)
    manifest = {
        "encoder": {"name": encoder.name, "digest": encoder.digest, "dimension": encoder.dimension},
        "splitter": {"name": "RecursiveCharacterTextSplitter", "size": SIZE},
        "vectors": {"kind": KIND, "count": len(passages)},
        "libraries": {name: version(name) for name in LIBRARIES},
        "python": sys.version.split()[0],
        "documents": entries,
    }
    disk.commit(out, generation, manifest)


def _key(encoder: Encoder, text: str) -> str:
    return hashlib.sha256(f"{encoder.digest}\n{text}".encode()).hexdigest()
