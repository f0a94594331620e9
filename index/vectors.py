"""Rows that go by the numbers 0, 1, 2… → nearest numbers and scores. The only importer of faiss; knows no passages.

Every row is compared with the question, whatever their number; many of them as 8-bit rows first, the best then exactly.
"""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import UserError

Rows = NDArray[np.float32]
Numbers = NDArray[np.int64]
FILE, ROWS = "vectors.faiss", "rows.npy"

FLAT_UP_TO = 200_000  # rows; from there on 8-bit rows take half the time and a quarter of the memory
_EXACT = 4  # of the 8-bit rows so many times what is asked is compared exactly; measured: nothing is missed

# Two OpenMP threads were slower than one for single queries, and a fork after a threaded call hangs.
faiss.omp_set_num_threads(1)


class Vectors:
    """An inner-product index over unit rows; scores are cosines, higher is nearer.

    `kind` is "Flat", which is exact, or "SQ8", 8-bit rows with the whole rows beside them.
    """

    def __init__(self, index: faiss.Index, rows: Rows) -> None:
        self._index, self._rows = index, rows

    @classmethod
    def build(cls, rows: Rows, flat_up_to: int = FLAT_UP_TO) -> Vectors:
        """From (n, d) unit rows, which go by their positions; the same for the same rows."""
        if rows.ndim != 2:
            raise ValueError(f"rows {rows.shape} are no table")
        rows = np.ascontiguousarray(rows, dtype=np.float32)
        if len(rows) > flat_up_to:
            near = faiss.IndexScalarQuantizer(rows.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
            near.train(rows)
            near.add(rows)
            return cls(near, rows)
        flat = faiss.IndexFlatIP(rows.shape[1])
        flat.add(rows)
        return cls(flat, _held(flat))

    @classmethod
    def load(cls, folder: Path) -> Vectors:
        """From a folder; UserError when a file is missing or damaged."""
        try:
            index = faiss.read_index(str(folder / FILE))
            if isinstance(index, faiss.IndexIDMap2):  # as an earlier version wrote it, numbered 0, 1, 2…
                index = faiss.clone_index(faiss.downcast_index(index.index))
            if isinstance(index, faiss.IndexFlat):
                return cls(index, _held(index))
            rows = np.load(folder / ROWS, mmap_mode="r", allow_pickle=False)
            if rows.shape != (index.ntotal, index.d):
                raise ValueError("the two files do not fit each other")
        except Exception as error:  # faiss raises RuntimeError with its own source lines in the text
            raise UserError(
                f"the vectors file {FILE} cannot be read", "a whole FAISS file", "Build the index again."
            ) from error
        return cls(index, rows)

    def save(self, folder: Path) -> None:
        """Write into `folder`. OSError where that fails."""
        try:
            faiss.write_index(self._index, str(folder / FILE))
        except RuntimeError as error:  # faiss has no other way to say that the disk is full
            raise OSError(f"{FILE} is not complete") from error
        if self.kind != "Flat":
            np.save(folder / ROWS, self._rows, allow_pickle=False)

    @property
    def kind(self) -> str:
        """The kind of index, as faiss names it."""
        return "Flat" if isinstance(self._index, faiss.IndexFlat) else "SQ8"

    @property
    def count(self) -> int:
        """How many rows there are."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a row."""
        return int(self._index.d)

    def search(self, row: Rows, k: int, among: Numbers | None = None) -> list[tuple[int, float]]:
        """The `k` nearest numbers with their cosines, nearest first; `among` limits the search to those numbers."""
        most = self.count if among is None else len(among)
        k = min(k, most)
        if k <= 0:
            return []
        limit = None if among is None else faiss.IDSelectorBatch(among)
        parameters = faiss.SearchParameters(sel=limit) if limit else None  # type: ignore[call-arg]
        row = row.reshape(1, -1).astype(np.float32)
        asked = k if self.kind == "Flat" else min(_EXACT * k, most)
        scores, found = (part[0] for part in self._index.search(row, asked, params=parameters))
        scores, found = scores[found >= 0], found[found >= 0]
        if self.kind != "Flat":
            scores = self._rows[found] @ row[0]
            order = np.lexsort((found, -scores))[:k]
            scores, found = scores[order], found[order]
        return [(int(number), float(score)) for number, score in zip(found, scores, strict=True)]

    def rows(self, numbers: Numbers) -> Rows:
        """The stored rows of these numbers, (n, d), in the given order."""
        found: Rows = np.asarray(self._rows[numbers])
        return found


def _held(flat: faiss.IndexFlat) -> Rows:
    """The rows of a flat index, as they lie there: good for as long as it lives."""
    if not flat.ntotal:
        return np.zeros((0, flat.d), dtype=np.float32)
    rows: Rows = faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d).reshape(flat.ntotal, flat.d)
    return rows
