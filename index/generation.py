"""The state of an index as a writer needs it: taken from the current generation, written as the next one.

What a change does not touch is copied as it lies, without being read, cut, embedded or sorted again. Knows the parts of
an index in their order; no files to be read.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
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
from index.split import SIZE
from index.store import check_encoder, load_lexical, passage_input
from index.vectors import Vectors

Progress = Callable[[str, int, int], None]
LIBRARIES = ("faiss-cpu", "numpy", "onnxruntime", "tokenizers", "langchain-text-splitters")
_SKETCHES = "sketches.json"


@dataclass(frozen=True, slots=True)
class Held:
    """A document of the current generation that stays: what the manifest says of it, and its rows' numbers there."""

    entry: Mapping[str, Any]
    passages: tuple[Passage, ...]
    first: int


@dataclass(frozen=True, slots=True)
class Fresh:
    """A document that is new: with its passages in their order, and the name of its kept file."""

    document: Document
    passages: tuple[Passage, ...]
    original: str


@dataclass(frozen=True)
class Base:
    """The current generation: its folder, what the manifest says of its files, and all its rows."""

    folder: Path
    files: Mapping[str, Mapping[str, Any]]
    vectors: Vectors
    lexical: Lexical


@dataclass
class State:
    """What an index is to hold: documents that stay, documents that are new, with the sketches of both.

    `opened` gives the encoder, which only new passages need; `identity` is what the manifest says of it.
    """

    opened: Callable[[], Encoder]
    identity: dict[str, Any] = field(default_factory=dict)
    base: Base | None = None
    held: dict[str, Held] = field(default_factory=dict)
    dropped: dict[str, Held] = field(default_factory=dict)
    fresh: dict[str, Fresh] = field(default_factory=dict)
    sketches: dict[str, Sketch] = field(default_factory=dict)

    @property
    def digests(self) -> dict[str, str]:
        """The digest of every document's file, by id."""
        told = {name: str(held.entry["sha256"]) for name, held in self.held.items()}
        return told | {name: one.document.digest for name, one in self.fresh.items()}

    def drop(self, name: str) -> None:
        """Leave out the document of that id; its vectors stay at hand until the next write."""
        if name in self.held:
            self.dropped[name] = self.held.pop(name)
        self.fresh.pop(name, None)
        self.sketches.pop(name, None)

    def put(self, fresh: Fresh, own: Sketch) -> None:
        """Take in a document, in the place of one of the same id."""
        name = fresh.document.id
        self.drop(name)
        self.fresh[name], self.sketches[name] = fresh, own


def new_state(model: str | None) -> State:
    """An empty index to be, for the encoder of that name. UserError when there is none."""
    encoder = open_encoder(model)
    return State(lambda: encoder, _identity(encoder))


def current(out: Path) -> State:
    """The state of the index at `out`.

    UserError where a file is damaged: rows taken over would be given a fresh digest, and the damage be hidden.
    """
    manifest = disk.read_manifest(out)
    damage = disk.damage(out, manifest)
    if damage:
        raise UserError(f"the index in {out} is damaged: {damage[0]}", "whole files", disk.REBUILD)
    generation = out / manifest["generation"]
    passages: dict[str, list[Passage]] = {}
    for passage in disk.read_passages(generation / "passages.jsonl"):
        passages.setdefault(passage.document, []).append(passage)
    held, first = {}, 0
    for name, entry in manifest["documents"].items():
        own = tuple(passages.get(name, ()))
        held[name] = Held(entry, own, first)
        first += len(own)
    vectors = Vectors.load(generation)
    lexical = load_lexical(
        generation, lambda: _documents(generation, held), [p for h in held.values() for p in h.passages]
    )
    if not vectors.count == lexical.count == first:
        raise UserError(f"the index in {out} does not fit together", "a row for each passage", disk.REBUILD)

    @cache
    def opened() -> Encoder:
        encoder = open_encoder(manifest["encoder"]["name"])
        check_encoder(out, manifest, encoder)
        return encoder

    base = Base(generation, manifest["files"], vectors, lexical)
    return State(opened, dict(manifest["encoder"]), base, held, sketches=_sketches(generation, held))


def _documents(generation: Path, held: Mapping[str, Held]) -> dict[str, Document]:
    return {name: disk.read_document(generation / one.entry["file"]) for name, one in held.items()}


def _sketches(generation: Path, held: Mapping[str, Held]) -> dict[str, Sketch]:
    """The sketches of all documents; those of an index that an earlier version wrote are made here."""
    file = generation / _SKETCHES
    told = json.loads(file.read_bytes()) if file.is_file() else {}
    kept = {
        n: Sketch(tuple(v["pieces"]), tuple(v["figures"]), v["year"], v["place"]) for n, v in told.items() if n in held
    }
    lacking = {name: one for name, one in held.items() if name not in kept}
    return kept | {name: sketch(document) for name, document in _documents(generation, lacking).items()}


def write(out: Path, state: State, progress: Progress | None) -> None:
    """A new generation of `state`, made the current one; nothing of it stays when that fails."""
    rows = _laid_out(state)
    texts = {
        number: passage_input(state.fresh[passage.document].document, passage)
        for number, passage in enumerate(rows.passages)
        if passage.document in state.fresh
    }
    vectors = Vectors.build(_vectors(state, rows, texts, progress))
    before = state.base.lexical if state.base else Lexical.build([])
    lexical = before.changed(rows.moved, texts)
    generation = disk.new_generation(out)
    try:
        entries, linked = _write_documents(generation, state)
        disk.write_passages(generation / "passages.jsonl", rows.passages)
        told = {
            n: {"pieces": s.pieces, "figures": s.figures, "year": s.year, "place": s.place}
            for n, s in sorted(state.sketches.items())
        }
        (generation / _SKETCHES).write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
        vectors.save(generation)
        lexical.save(generation / "lexical")
        manifest = {
            "encoder": state.identity,
            "splitter": {"name": "RecursiveCharacterTextSplitter", "size": SIZE},
            "vectors": {"kind": vectors.kind, "count": vectors.count},
            "libraries": {name: version(name) for name in LIBRARIES},
            "python": sys.version.split()[0],
            "documents": entries,
        }
        disk.commit(out, generation, manifest, linked)
    except BaseException:
        disk.discard(out, generation)
        raise
    originals.prune(out, entries)


@dataclass(frozen=True, slots=True)
class _Layout:
    """All passages in the order of their new numbers, and for every row of the base its new number, or -1."""

    passages: tuple[Passage, ...]
    moved: np.ndarray[Any, np.dtype[np.int64]]


def _laid_out(state: State) -> _Layout:
    moved = np.full(state.base.vectors.count if state.base else 0, -1, dtype=np.int64)
    passages: list[Passage] = []
    for name in sorted({*state.held, *state.fresh}):
        held = state.held.get(name)
        own = held.passages if held else state.fresh[name].passages
        if held:
            moved[held.first : held.first + len(own)] = np.arange(len(passages), len(passages) + len(own))
        passages += own
    return _Layout(tuple(passages), moved)


def _vectors(state: State, layout: _Layout, texts: Mapping[int, str], progress: Progress | None) -> Rows:
    """The rows of all passages: those that stay as they are, those of texts that were left out with their document
    under a new one's number, and only the others embedded, each text once."""
    rows = np.zeros((len(layout.passages), int(state.identity["dimension"])), dtype=np.float32)
    stay = layout.moved >= 0
    known: dict[str, Rows] = {}
    if state.base:
        rows[layout.moved[stay]] = state.base.vectors.rows(np.flatnonzero(stay))
        known = _left_out(state, state.base) if texts else {}
    new = [text for text in dict.fromkeys(texts.values()) if text not in known]
    if new:
        report = (lambda done, of: progress("embed", done, of)) if progress else None
        known |= zip(new, state.opened().passages(new, report), strict=True)
    for number, text in texts.items():
        rows[number] = known[text]
    return rows


def _left_out(state: State, base: Base) -> dict[str, Rows]:
    """The rows of the documents that are left out or replaced, by the texts that they were made from."""
    known: dict[str, Rows] = {}
    for name, document in _documents(base.folder, state.dropped).items():
        held = state.dropped[name]
        rows = base.vectors.rows(np.arange(held.first, held.first + len(held.passages)))
        known |= {passage_input(document, passage): row for passage, row in zip(held.passages, rows, strict=True)}
    return known


def _write_documents(generation: Path, state: State) -> tuple[dict[str, dict[str, Any]], dict[str, Mapping[str, Any]]]:
    """Every document in a file of its own, named by a digest since an id may be too long for the disk.

    The manifest's entries by id, and of files taken from the generation before what the manifest says of them.
    """
    (generation / "documents").mkdir()
    entries: dict[str, dict[str, Any]] = {}
    linked: dict[str, Mapping[str, Any]] = {}
    for name in sorted({*state.held, *state.fresh}):
        file = f"documents/{hashlib.sha256(name.encode()).hexdigest()[:16]}.json"
        if name in state.held and state.base:
            disk.take_over(state.base.folder / file, generation / file)
            entries[name], linked[file] = dict(state.held[name].entry), state.base.files[file]
            continue
        document = state.fresh[name].document
        disk.write_document(generation / file, document)
        entries[name] = {
            "file": file,
            "title": document.title,
            "year": document.year,
            "place": document.place,
            "characters": len(document.text),
            "sha256": document.digest,
            "original": state.fresh[name].original,
        }
    return entries, linked


def _identity(encoder: Encoder) -> dict[str, Any]:
    return {"name": encoder.name, "digest": encoder.digest, "dimension": encoder.dimension}
