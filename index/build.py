"""Makes and changes an index on disk: build, add, remove. Knows the parts in their order and nothing of questions."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from index import disk
from index.document import load_document
from index.embed import Encoder, Rows, open_encoder
from index.errors import UserError
from index.lexical import Lexical
from index.read import READERS
from index.records import Document, Passage
from index.split import split
from index.store import check_encoder
from index.vectors import KIND, Vectors

SIZE = 120  # characters of a passage at most
Progress = Callable[[str, int, int], None]
LIBRARIES = ("faiss-cpu", "tantivy", "onnxruntime", "tokenizers", "langchain-text-splitters")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the files of one call: the documents taken, and the reason for each file that was not.

    `skipped` are files of other kinds, such as pictures, that lay in a folder; they are no reason to doubt the index.
    """

    added: tuple[Document, ...]
    refused: tuple[UserError, ...]
    skipped: tuple[Path, ...] = ()


def passage_input(document: Document, passage: Passage) -> str:
    """What is embedded and searched by terms for a passage: its innermost heading, and its words."""
    path = document.section_at(passage.start).path
    words = document.text[passage.start : passage.end]
    heading = path[-1] if path else ""
    return words if not heading or words.startswith(heading) else f"{heading}\n{words}"


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those in the folders named, in order of name, each once; hidden ones are left out there.

    UserError for a path that does not exist, and where there is no file at all.
    """
    files: dict[Path, Path] = {}
    for path in paths:
        try:
            found = _files_at(path)
        except OSError as error:  # such as a name too long
            raise UserError(f"{shown(path)} cannot be read ({error.strerror})", "a path", "Check the path.") from error
        files.update({file.resolve(): file for file in found})
    if not files:
        raise UserError("no file in the folders given", "at least one report", "Name a file or a folder with reports.")
    return list(files.values())


def _files_at(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UserError(f"no file or folder {shown(path)}", "reports to read", "Check the path.")
    inside = (p for p in path.rglob("*") if p.is_file())
    return sorted(p for p in inside if not any(part.startswith((".", "~$")) for part in p.relative_to(path).parts))


def shown(path: Path) -> str:
    """`path` for a message; bytes that are not UTF-8 and control characters are written out."""
    return "".join(c.encode("unicode_escape").decode() if _is_odd(c) else c for c in str(path))


def _is_odd(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def build(paths: Sequence[Path], out: Path, model: str | None = None, progress: Progress | None = None) -> Outcome:
    """A new index of the files in `paths` at `out`; what stood there is replaced only when the new one is whole.

    UserError when no file at all could be read; single unreadable files are told in the outcome.
    """
    files = find_files(paths)
    with disk.writing(out):
        return _add(files, paths, out, open_encoder(model), {}, {}, progress)


def add(paths: Sequence[Path], out: Path, progress: Progress | None = None) -> Outcome:
    """Add the files to the index at `out`, replacing documents of the same id; only new passages are embedded."""
    files = find_files(paths)
    disk.read_manifest(out)  # so that no folder is made where there is no index
    with disk.writing(out):
        encoder, documents, known = _current(out)
        return _add(files, paths, out, encoder, documents, known, progress)


def remove(names: Sequence[str], out: Path) -> None:
    """Remove documents by id. UserError for an id that the index does not have; nothing is changed then."""
    disk.read_manifest(out)
    with disk.writing(out):
        encoder, documents, known = _current(out)
        for name in dict.fromkeys(names):
            if documents.pop(name, None) is None:
                raise UserError(f"no document {name!r} in {out}", "an id as listed", "See: python -m index list")
        _write(out, documents, encoder, known, None)


def _add(
    files: Sequence[Path],
    named: Sequence[Path],
    out: Path,
    encoder: Encoder,
    documents: Mapping[str, Document],
    known: Mapping[str, Rows],
    progress: Progress | None,
) -> Outcome:
    skipped = tuple(file for file in files if file not in named and file.suffix.lower() not in READERS)
    if len(skipped) == len(files):
        found = f"no report among {len(files)} files, such as {shown(files[0])}"
        raise UserError(found, f"one of {', '.join(sorted(READERS))}", "Name a file or a folder with reports.")
    outcome = replace(_read([file for file in files if file not in skipped], progress), skipped=skipped)
    if not outcome.added:
        first = outcome.refused[0]
        others = f"none of {len(files)} files can be taken; the first: " if len(files) > 1 else ""
        raise UserError(others + first.found, first.wanted, first.remedy)
    documents = {**documents, **{document.id: document for document in outcome.added}}
    _write(out, documents, encoder, known, progress)
    return outcome


def _read(files: Sequence[Path], progress: Progress | None) -> Outcome:
    added: dict[str, Document] = {}
    refused: list[UserError] = []
    for at, file in enumerate(files):
        try:
            _check_name(file)
            document = load_document(file)
            if document.id in added:
                raise UserError(
                    f"{shown(file)} would be a second document {document.id!r}", "one of each name", "Rename the file."
                )
            added[document.id] = document
        except UserError as error:
            refused.append(error)
        if progress:
            progress("read", at + 1, len(files))
    return Outcome(tuple(added.values()), tuple(refused))


def _check_name(file: Path) -> None:
    """A name becomes an id, which is stored as UTF-8 and printed on a line of its own."""
    if any(map(_is_odd, file.stem)):
        raise UserError(
            f"{shown(file)}: the name is not UTF-8 or holds control characters", "a plain name", "Rename it."
        )


def _current(out: Path) -> tuple[Encoder, dict[str, Document], dict[str, Rows]]:
    """Encoder and documents of the index at `out`, and its vectors by the digest of what they were made from.

    UserError where a file is damaged: rows taken over would be given a fresh digest, and the damage be hidden.
    """
    manifest = disk.read_manifest(out)
    damage = disk.damage(out, manifest)
    if damage:
        raise UserError(f"the index in {out} is damaged: {damage[0]}", "whole files", disk.REBUILD)
    encoder = open_encoder(manifest["encoder"]["name"])
    check_encoder(out, manifest, encoder)
    generation = out / manifest["generation"]
    documents = {name: disk.read_document(generation / e["file"]) for name, e in manifest["documents"].items()}
    passages = disk.read_passages(generation / "passages.jsonl")
    vectors = Vectors.load(generation / "vectors.faiss")
    rows = vectors.rows(np.arange(len(passages), dtype=np.int64))
    keys = [_key(encoder, passage_input(documents[p.document], p)) for p in passages]
    return encoder, documents, dict(zip(keys, rows, strict=True))


def _write(
    out: Path,
    documents: Mapping[str, Document],
    encoder: Encoder,
    known: Mapping[str, Rows],
    progress: Progress | None,
) -> None:
    """A new generation of `documents`, made the current one; nothing of it stays when that fails."""
    documents = dict(sorted(documents.items()))
    passages = [passage for document in documents.values() for passage in split(document, SIZE)]
    texts = [passage_input(documents[p.document], p) for p in passages]
    rows = _rows(texts, encoder, known, progress)
    generation = disk.new_generation(out)
    try:
        entries = _write_documents(generation, documents)
        disk.write_passages(generation / "passages.jsonl", passages)
        numbers = np.arange(len(passages), dtype=np.int64)
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
    except BaseException:
        disk.discard(out, generation)
        raise


def _rows(texts: Sequence[str], encoder: Encoder, known: Mapping[str, Rows], progress: Progress | None) -> Rows:
    """The rows of `texts`; only those whose row is not known are embedded."""
    keys = [_key(encoder, text) for text in texts]
    fresh = [i for i, key in enumerate(keys) if key not in known]
    rows = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
    rows[fresh] = encoder.passages(
        [texts[i] for i in fresh], (lambda done, of: progress("embed", done, of)) if progress else None
    )
    for i, key in enumerate(keys):
        if key in known:
            rows[i] = known[key]
    return rows


def _write_documents(generation: Path, documents: Mapping[str, Document]) -> dict[str, dict[str, str | int]]:
    """Every document in a file of its own, named by a digest since an id may be too long for the disk."""
    (generation / "documents").mkdir()
    entries: dict[str, dict[str, str | int]] = {}
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
    return entries


def _key(encoder: Encoder, text: str) -> str:
    return hashlib.sha256(f"{encoder.digest}\n{text}".encode()).hexdigest()
