"""Rows and the numbers they go by → nearest numbers and scores. The only importer of faiss; knows no passages."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import UserError

Rows = NDArray[np.float32]
Numbers = NDArray[np.int64]
KIND = "IDMap2,Flat"

# Two OpenMP threads were slower than one for single queries, and a fork after a threaded call hangs.
faiss.omp_set_num_threads(1)


class Vectors:
    """An exact inner-product index over unit rows; scores are cosines, higher is nearer."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, rows: Rows, numbers: Numbers) -> Vectors:
        """From (n, d) unit rows and their n numbers. ValueError where the two do not fit each other."""
        if rows.ndim != 2 or numbers.shape != (len(rows),):
            raise ValueError(f"rows {rows.shape} and numbers {numbers.shape} do not fit")
        index = faiss.index_factory(rows.shape[1], KIND, faiss.METRIC_INNER_PRODUCT)
        if len(rows):
            index.add_with_ids(np.ascontiguousarray(rows, dtype=np.float32), numbers)
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> Vectors:
        """From a file; UserError when it is missing or damaged."""
        try:
            return cls(faiss.read_index(str(path)))
        except Exception as error:  # faiss raises RuntimeError with its own source lines in the text
            raise UserError(
                f"the vectors file {path.name} cannot be read", "a whole FAISS file", "Build the index again."
            ) from error

    def save(self, path: Path) -> None:
        """Write to a file. OSError where that fails."""
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:  # faiss has no other way to say that the disk is full
            raise OSError(f"{path.name} is not complete") from error

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
        k = min(k, self.count if among is None else len(among))
        if k <= 0:
            return []
        parameters = None
        if among is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(among))  # type: ignore[call-arg]
        scores, numbers = self._index.search(row.reshape(1, -1).astype(np.float32), k, params=parameters)
        return [(int(n), float(s)) for n, s in zip(numbers[0], scores[0], strict=True) if n >= 0]

    def rows(self, numbers: Numbers) -> Rows:
        """The stored rows of these numbers, (n, d), in the given order."""
        if not len(numbers):
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self._index.reconstruct(int(number)) for number in numbers])
