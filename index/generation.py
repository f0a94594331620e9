"""The state of an index as a writer needs it: read from the current generation, written as the next one.

Knows the parts of an index in their order and that a vector is its text's and its encoder's; no files to be read.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from index import disk, originals
from index.duplicates import Sketch, sketch
from index.embed import Encoder, Rows, open_encoder
from index.errors import UserError
from index.lexical import Lexical
from index.records import Document, Passage
from index.split import split
from index.store import check_encoder
from index.vectors import KIND, Vectors

SIZE = 120  # characters of a passage at most
Progress = Callable[[str, int, int], None]
LIBRARIES = ("faiss-cpu", "tantivy", "onnxruntime", "tokenizers", "langchain-text-splitters")
_SKETCHES = "sketches.json"


@dataclass
class State:
    """Documents by id, with what the manifest says of each besides its text, and the vectors that are known.

    `kept` are the names of originals, `sketches` those of the documents; `rows` go by the digest of what they were
    made from.
    """

    encoder: Encoder
    documents: dict[str, Document] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    sketches: dict[str, Sketch] = field(default_factory=dict)
    rows: Mapping[str, Rows] = field(default_factory=dict)

    def drop(self, name: str) -> None:
        """Forget the document of that id, and nothing of its vectors."""
        self.documents.pop(name, None)
        self.kept.pop(name, None)
        self.sketches.pop(name, None)


def passage_input(document: Document, passage: Passage) -> str:
    """What is embedded and searched by terms for a passage: its innermost heading, and its words."""
    path = document.section_at(passage.start).path
    words = document.text[passage.start : passage.end]
    heading = path[-1] if path else ""
    return words if not heading or words.startswith(heading) else f"{heading}\n{words}"


def current(out: Path) -> State:
    """The state of the index at `out`.

    UserError where a file is damaged: rows taken over would be given a fresh digest, and the damage be hidden.
    """
    manifest = disk.read_manifest(out)
    damage = disk.damage(out, manifest)
    if damage:
        raise UserError(f"the index in {out} is damaged: {damage[0]}", "whole files", disk.REBUILD)
    encoder = open_encoder(manifest["encoder"]["name"])
    check_encoder(out, manifest, encoder)
    generation = out / manifest["generation"]
    entries = manifest["documents"]
    documents = {name: disk.read_document(generation / e["file"]) for name, e in entries.items()}
    passages = disk.read_passages(generation / "passages.jsonl")
    vectors = Vectors.load(generation / "vectors.faiss")
    rows = vectors.rows(np.arange(len(passages), dtype=np.int64))
    keys = [_key(encoder, passage_input(documents[p.document], p)) for p in passages]
    kept = {name: str(e["original"]) for name, e in entries.items() if e.get("original")}
    return State(encoder, documents, kept, _sketches(generation, documents), dict(zip(keys, rows, strict=True)))


def _sketches(generation: Path, documents: Mapping[str, Document]) -> dict[str, Sketch]:
    """The sketches of all documents; those of an index that an earlier version wrote are made here."""
    file = generation / _SKETCHES
    told = json.loads(file.read_bytes()) if file.is_file() else {}
    kept = {
        n: Sketch(tuple(v["pieces"]), tuple(v["figures"]), v["year"], v["place"])
        for n, v in told.items()
        if n in documents
    }
    return {name: kept.get(name) or sketch(document) for name, document in documents.items()}


def write(out: Path, state: State, progress: Progress | None) -> None:
    """A new generation of `state`, made the current one; nothing of it stays when that fails."""
    documents = dict(sorted(state.documents.items()))
    passages = [passage for document in documents.values() for passage in split(document, SIZE)]
    texts = [passage_input(documents[p.document], p) for p in passages]
    rows = _rows(texts, state.encoder, state.rows, progress)
    generation = disk.new_generation(out)
    try:
        entries = _write_documents(generation, documents, state.kept)
        disk.write_passages(generation / "passages.jsonl", passages)
        sketches = {name: asdict(state.sketches[name]) for name in documents}
        (generation / _SKETCHES).write_text(json.dumps(sketches, ensure_ascii=False) + "\n", encoding="utf-8")
        numbers = np.arange(len(passages), dtype=np.int64)
        Vectors.build(rows, numbers).save(generation / "vectors.faiss")
        Lexical.build(generation / "lexical", texts, numbers)
        encoder = state.encoder
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
    originals.prune(out, entries)


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


def _write_documents(
    generation: Path, documents: Mapping[str, Document], kept: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Every document in a file of its own, named by a digest since an id may be too long for the disk."""
    (generation / "documents").mkdir()
    entries: dict[str, dict[str, Any]] = {}
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
        if name in kept:
            entries[name]["original"] = kept[name]
    return entries


def _key(encoder: Encoder, text: str) -> str:
    return hashlib.sha256(f"{encoder.digest}\n{text}".encode()).hexdigest()
