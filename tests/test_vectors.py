"""The FAISS rows against plain numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.errors import UserError
from index.vectors import Numbers, Rows, Vectors


def _unit(rows: Rows) -> Rows:
    out: Rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return out


@pytest.fixture
def rows() -> Rows:
    return _unit(np.random.default_rng(1).normal(size=(200, 24)).astype(np.float32))


NUMBERS: Numbers = np.arange(200, dtype=np.int64) * 3 + 7


def _oracle(rows: Rows, row: Rows, k: int, among: set[int] | None = None) -> list[tuple[int, float]]:
    scores = rows.astype(np.float64) @ row.astype(np.float64)
    pairs = [(int(n), float(s)) for n, s in zip(NUMBERS, scores, strict=True) if among is None or int(n) in among]
    return sorted(pairs, key=lambda pair: -pair[1])[:k]


@pytest.mark.parametrize("k", [1, 5, 200, 1000])
def test_the_nearest_and_their_cosines_are_those_of_numpy(rows: Rows, k: int) -> None:
    vectors = Vectors.build(rows, NUMBERS)
    for row in _unit(np.random.default_rng(2).normal(size=(10, 24)).astype(np.float32)):
        found, wanted = vectors.search(row, k), _oracle(rows, row, k)
        assert [n for n, _ in found] == [n for n, _ in wanted]
        np.testing.assert_allclose([s for _, s in found], [s for _, s in wanted], atol=1e-6)


@pytest.mark.parametrize("size", [1, 10, 150])
def test_a_search_among_some_numbers_is_that_of_numpy_over_them(rows: Rows, size: int) -> None:
    vectors = Vectors.build(rows, NUMBERS)
    rng = np.random.default_rng(3)
    for row in _unit(rng.normal(size=(10, 24)).astype(np.float32)):
        among = rng.choice(NUMBERS, size, replace=False)
        found, wanted = vectors.search(row, 20, among), _oracle(rows, row, 20, set(among.tolist()))
        assert [n for n, _ in found] == [n for n, _ in wanted]
        np.testing.assert_allclose([s for _, s in found], [s for _, s in wanted], atol=1e-6)


def test_nothing_to_find_is_an_empty_list(rows: Rows) -> None:
    vectors = Vectors.build(rows, NUMBERS)
    nothing = np.array([], dtype=np.int64)
    assert vectors.search(rows[0], 5, nothing) == []
    assert vectors.search(rows[0], 0) == []
    assert vectors.search(rows[0], 5, np.array([1, 2], dtype=np.int64)) == []  # numbers that it does not have
    assert Vectors.build(np.zeros((0, 24), dtype=np.float32), nothing).search(rows[0], 5) == []


def test_rows_come_back_as_they_went_in_and_in_the_order_asked(rows: Rows) -> None:
    vectors = Vectors.build(rows, NUMBERS)
    np.testing.assert_array_equal(vectors.rows(NUMBERS[[5, 0, 199]]), rows[[5, 0, 199]])
    assert vectors.rows(NUMBERS[:0]).shape == (0, 24)


def test_a_saved_index_is_the_same_when_loaded(rows: Rows, tmp_path: Path) -> None:
    vectors = Vectors.build(rows, NUMBERS)
    vectors.save(tmp_path / "v.faiss")
    loaded = Vectors.load(tmp_path / "v.faiss")
    assert (loaded.count, loaded.dimension) == (200, 24)
    assert loaded.search(rows[3], 200) == vectors.search(rows[3], 200)
    np.testing.assert_array_equal(loaded.rows(NUMBERS), rows)


@pytest.mark.parametrize("left", [0, 3, 40, 5_000])
def test_a_truncated_file_is_a_users_error(rows: Rows, tmp_path: Path, left: int) -> None:
    path = tmp_path / "v.faiss"
    Vectors.build(rows, NUMBERS).save(path)
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(UserError, match=r"^the vectors file v\.faiss cannot be read; wanted a whole FAISS file\. "):
        Vectors.load(path)


def test_a_missing_file_and_a_folder_that_cannot_be_written(rows: Rows, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^the vectors file v\.faiss cannot be read"):
        Vectors.load(tmp_path / "v.faiss")
    with pytest.raises(OSError, match=r"v\.faiss is not complete"):
        Vectors.build(rows, NUMBERS).save(tmp_path / "nowhere" / "v.faiss")


def test_rows_and_numbers_must_fit(rows: Rows) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Vectors.build(rows, NUMBERS[:3])
