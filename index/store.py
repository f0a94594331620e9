"""The index as a whole: documents, passages, vectors and terms. The only place where rows meet passages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import disk
from index.embed import Encoder, open_encoder
from index.errors import UserError
from index.lexical import Lexical
from index.records import Document, Hit, Passage
from index.split import lead
from index.vectors import Vectors

CANDIDATES = 50  # of each channel; both together are scored by their fused score
DENSE_WEIGHT, LEXICAL_WEIGHT = 1.5, 0.5  # of the channels, both scaled to zero mean and unit deviation


class Index:
    """A loaded index. `numbers` of passages are their positions in `passages`, which is in reading order."""

    def __init__(
        self,
        documents: Mapping[str, Document],
        passages: Sequence[Passage],
        vectors: Vectors,
        lexical: Lexical,
        encoder: Encoder,
        manifest: Mapping[str, Any],
    ) -> None:
        if vectors.count != len(passages):
            raise UserError(f"{vectors.count} vectors", f"one for each of {len(passages)} passages", disk.REBUILD)
        if lexical.count != len(passages):
            raise UserError(f"{lexical.count} rows of terms", f"one for each of {len(passages)} passages", disk.REBUILD)
        self.documents, self.passages, self.manifest = documents, tuple(passages), manifest
        self.vectors, self.lexical, self.encoder = vectors, lexical, encoder
        self._numbers: dict[str, list[int]] = {}
        for number, passage in enumerate(self.passages):
            self._numbers.setdefault(passage.document, []).append(number)

    def text(self, passage: Passage) -> str:
        """The passage's words."""
        return self.documents[passage.document].text[passage.start : passage.end]

    def check(self, documents: Iterable[str]) -> None:
        """UserError for the first of these ids that is not in the index."""
        for name in documents:
            if name not in self.documents:
                known = "、".join(list(self.documents)[:5])
                raise UserError(f"no document {name!r} in the index", f"one of {known}…", "See: python -m index list")

    def numbers(self, documents: Iterable[str]) -> NDArray[np.int64]:
        """The numbers of all passages of these documents, ascending."""
        found = [number for document in set(documents) for number in self._numbers.get(document, [])]
        return np.array(sorted(found), dtype=np.int64)

    def passages_of(self, document: str) -> tuple[Passage, ...]:
        """The passages of one document, in reading order."""
        return tuple(self.passages[number] for number in self._numbers.get(document, ()))

    def search(self, text: str, k: int, documents: Sequence[str] = ()) -> tuple[Hit, ...]:
        """The `k` best passages for `text`, best first, of the named documents or of all.

        A hit's score is the weighed sum of both channels', each scaled over the candidates of either (z-scores); it
        ranks within one search and means nothing between two. UserError for a document that is not in the index.
        """
        self.check(documents)
        among = self.numbers(documents) if documents else None
        row = self.encoder.queries([text])[0]
        dense = dict(self.vectors.search(row, CANDIDATES, among))
        lexical = dict(self.lexical.search(text, CANDIDATES, among))
        candidates = np.array(sorted({*dense, *lexical}), dtype=np.int64)
        if not len(candidates):
            return ()
        cosines = self.vectors.rows(candidates) @ row
        terms = np.array([lexical.get(int(n), 0.0) for n in candidates])
        fused = DENSE_WEIGHT * _scaled(cosines) + LEXICAL_WEIGHT * _scaled(terms)
        order = sorted(range(len(candidates)), key=lambda i: (-fused[i], candidates[i]))[:k]
        return tuple(
            Hit(self.passages[candidates[i]], float(fused[i]), float(cosines[i]), float(terms[i])) for i in order
        )


def open_index(folder: Path, model: str | None = None) -> Index:
    """The index in `folder`, with the encoder that its manifest names (or `model`, which must be the same weights).

    UserError where it is missing, damaged, of another format or built with other weights.
    """
    manifest = disk.read_manifest(folder)
    try:
        return _open(folder, manifest, model)
    except UserError:
        # A writer may have replaced the generation in the meantime; the new manifest then names whole files.
        if disk.read_manifest(folder)["generation"] == manifest["generation"]:
            raise
    return open_index(folder, model)


def _open(folder: Path, manifest: Mapping[str, Any], model: str | None) -> Index:
    disk.check_sizes(folder, manifest)
    encoder = open_encoder(model or manifest["encoder"]["name"])
    check_encoder(folder, manifest, encoder)
    generation = folder / manifest["generation"]
    documents = {name: disk.read_document(generation / entry["file"]) for name, entry in manifest["documents"].items()}
    passages = disk.read_passages(generation / "passages.jsonl")
    lexical = load_lexical(generation, lambda: documents, passages)
    return Index(documents, passages, Vectors.load(generation), lexical, encoder, manifest)


def passage_input(document: Document, passage: Passage) -> str:
    """What is embedded and searched by terms for a passage: its innermost heading, its lead, and its words."""
    section = document.section_at(passage.start)
    begin, end = lead(document.text, section.start, passage.start)
    words = document.text[begin:end] + document.text[passage.start : passage.end]
    heading = section.path[-1] if section.path else ""
    return words if not heading or words.startswith(heading) else f"{heading}\n{words}"


def load_lexical(
    generation: Path, documents: Callable[[], Mapping[str, Document]], passages: Sequence[Passage]
) -> Lexical:
    """The terms' part of a generation, made of the texts where an earlier version wrote it in another form."""
    if not (generation / "lexical" / "meta.json").is_file():
        return Lexical.load(generation / "lexical")
    known = documents()
    return Lexical.build([passage_input(known[passage.document], passage) for passage in passages])


def check_encoder(folder: Path, manifest: Mapping[str, Any], encoder: Encoder) -> None:
    """UserError where `encoder` is not the one whose vectors the index holds: other weights, other vectors."""
    told = manifest["encoder"]
    if encoder.digest != told["digest"]:
        raise UserError(
            f"the index in {folder} was built with encoder {told['name']!r} ({told['digest'][:12]})",
            f"the running encoder {encoder.name!r} ({encoder.digest[:12]})",
            f"Build it again with this encoder: python -m index build PATH... --out {folder} --model {encoder.name}",
        )


def _scaled(scores: NDArray[Any]) -> NDArray[np.float64]:
    """z-scores; all zero where the scores do not differ."""
    values = scores.astype(np.float64)
    deviation = values.std()
    scaled: NDArray[np.float64] = (values - values.mean()) / deviation if deviation > 1e-9 else np.zeros_like(values)
    return scaled
