"""Terms → numbers and BM25 scores. The only importer of tantivy; knows no passages.

Terms are overlapping pairs of Han characters and whole Latin words and figures, of folded text: measured better on
Chinese questions than a segmenter's words, and nothing has to be guessed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.errors import UserError
from index.fold import fold

Numbers = NDArray[np.int64]
_RUNS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[a-z]+|[0-9]+(?:\.[0-9]+)?")
_HEAP = 64 << 20  # bytes; one writer thread and one segment make scores the same for the same passages


def terms(text: str) -> list[str]:
    """The terms of `text` in order: character bigrams of Han runs (a run of one stays), words and figures."""
    out: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if run[0].isascii() or len(run) == 1:
            out.append(run)
        else:
            out.extend(run[i : i + 2] for i in range(len(run) - 1))
    return out


class Lexical:
    """A BM25 index in a folder."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        index.reload()
        self._searcher = index.searcher()

    @classmethod
    def build(cls, folder: Path, texts: Sequence[str], numbers: Numbers) -> Lexical:
        """Write a new index of `texts`, which go by `numbers`, into `folder` (made here). OSError where that fails."""
        bodies = [" ".join(terms(text)) for text in texts]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            index = tantivy.Index(_schema(), path=str(folder), reuse=False)
            writer = index.writer(heap_size=_HEAP, num_threads=1)
            for body, number in zip(bodies, numbers.tolist(), strict=True):
                writer.add_document(tantivy.Document(number=number, body=body))
            writer.commit()
            writer.wait_merging_threads()
            return cls(index)
        except ValueError as error:  # what tantivy makes of a full disk
            raise OSError(f"{folder.name} is not complete") from error

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        """From a folder; UserError when it is missing or damaged."""
        try:
            if not (folder / "meta.json").is_file():  # tantivy would make an empty index here
                raise FileNotFoundError(folder / "meta.json")
            if _is_writable(folder):
                return cls(tantivy.Index(_schema(), path=str(folder), reuse=True))
            with TemporaryDirectory() as copy:  # what is open stays readable when the copy goes
                shutil.copytree(folder, copy, dirs_exist_ok=True, copy_function=shutil.copyfile)
                os.chmod(copy, 0o700)
                return cls(tantivy.Index(_schema(), path=copy, reuse=True))
        except (ValueError, OSError) as error:
            raise UserError(
                f"the lexical index {folder.name} cannot be read", "a whole tantivy folder", "Build the index again."
            ) from error

    @property
    def count(self) -> int:
        """How many texts there are."""
        return int(self._searcher.num_docs)

    def search(self, text: str, k: int, among: Numbers | None = None) -> list[tuple[int, float]]:
        """The `k` best numbers with their BM25 scores, best first; `among` limits the search to those numbers."""
        counts = Counter(terms(text))
        if not counts or k <= 0:
            return []
        schema = self._index.schema
        should = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(tantivy.Query.term_query(schema, "body", term), float(n)))
            for term, n in sorted(counts.items())
        ]
        query = tantivy.Query.boolean_query(should)
        if among is not None:
            limit = tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(schema, "number", [int(n) for n in among]), 0.0
            )
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, limit)])
        hits = self._searcher.search(query, k).hits
        found = [(int(self._searcher.doc(address)["number"][0]), float(score)) for score, address in hits]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _is_writable(folder: Path) -> bool:
    """Whether tantivy, which takes a lock in the folder even to read, can do so here."""
    return os.access(folder, os.W_OK) and all(os.access(lock, os.W_OK) for lock in folder.glob("*.lock"))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True, indexed=True, fast=True)
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
