"""The FAISS rows against plain numpy."""

from __future__ import annotations

from pathlib import Path

import faiss
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


NUMBERS: Numbers = np.arange(200, dtype=np.int64)
KINDS = pytest.mark.parametrize("flat_up_to", [200, 199])


def _oracle(rows: Rows, row: Rows, k: int, among: set[int] | None = None) -> list[tuple[int, float]]:
    scores = rows.astype(np.float64) @ row.astype(np.float64)
    pairs = [(int(n), float(s)) for n, s in zip(NUMBERS, scores, strict=True) if among is None or int(n) in among]
    return sorted(pairs, key=lambda pair: -pair[1])[:k]


@KINDS
@pytest.mark.parametrize("k", [1, 5, 200, 1000])
def test_the_nearest_and_their_cosines_are_those_of_numpy(flat_up_to: int, rows: Rows, k: int) -> None:
    vectors = Vectors.build(rows, flat_up_to)
    for row in _unit(np.random.default_rng(2).normal(size=(10, 24)).astype(np.float32)):
        found, wanted = vectors.search(row, k), _oracle(rows, row, k)
        assert [n for n, _ in found] == [n for n, _ in wanted]
        np.testing.assert_allclose([s for _, s in found], [s for _, s in wanted], atol=1e-6)


@KINDS
@pytest.mark.parametrize("size", [1, 10, 150])
def test_a_search_among_some_numbers_is_that_of_numpy_over_them(flat_up_to: int, rows: Rows, size: int) -> None:
    vectors = Vectors.build(rows, flat_up_to)
    rng = np.random.default_rng(3)
    for row in _unit(rng.normal(size=(10, 24)).astype(np.float32)):
        among = rng.choice(NUMBERS, size, replace=False)
        found, wanted = vectors.search(row, 20, among), _oracle(rows, row, 20, set(among.tolist()))
        assert [n for n, _ in found] == [n for n, _ in wanted]
        np.testing.assert_allclose([s for _, s in found], [s for _, s in wanted], atol=1e-6)


@KINDS
def test_nothing_to_find_is_an_empty_list(flat_up_to: int, rows: Rows) -> None:
    vectors = Vectors.build(rows, flat_up_to)
    nothing = np.array([], dtype=np.int64)
    assert vectors.search(rows[0], 5, nothing) == []
    assert vectors.search(rows[0], 0) == []
    assert vectors.search(rows[0], 5, np.array([200, 999], dtype=np.int64)) == []  # numbers that it does not have
    assert Vectors.build(rows[:0], flat_up_to).search(rows[0], 5) == []


@KINDS
def test_rows_come_back_as_they_went_in_and_in_the_order_asked(flat_up_to: int, rows: Rows) -> None:
    vectors = Vectors.build(rows, flat_up_to)
    np.testing.assert_array_equal(vectors.rows(NUMBERS[[5, 0, 199]]), rows[[5, 0, 199]])
    assert vectors.rows(NUMBERS[:0]).shape == (0, 24)


@KINDS
def test_a_saved_index_is_the_same_when_loaded(flat_up_to: int, rows: Rows, tmp_path: Path) -> None:
    vectors = Vectors.build(rows, flat_up_to)
    vectors.save(tmp_path)
    loaded = Vectors.load(tmp_path)
    assert (loaded.count, loaded.dimension, loaded.kind) == (200, 24, vectors.kind)
    assert loaded.search(rows[3], 200) == vectors.search(rows[3], 200)
    np.testing.assert_array_equal(loaded.rows(NUMBERS), rows)


def test_the_kind_goes_by_the_size(rows: Rows, tmp_path: Path) -> None:
    assert [Vectors.build(rows[:n], 199).kind for n in (0, 199, 200)] == ["Flat", "Flat", "SQ8"]
    Vectors.build(rows, 200).save(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"vectors.faiss"}
    Vectors.build(rows, 199).save(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"vectors.faiss", "rows.npy"}


def test_just_above_the_boundary_nothing_of_the_fifty_nearest_is_missed() -> None:
    """Rows as near to each other as an encoder's are, and a question farther from all of them."""
    rng = np.random.default_rng(5)
    rows = _unit((rng.normal(size=(3_001, 64)) * 0.05 + rng.normal(size=64) * 0.1).astype(np.float32))
    exact, near = Vectors.build(rows, 3_001), Vectors.build(rows, 3_000)
    assert (exact.kind, near.kind) == ("Flat", "SQ8")
    for row in _unit(rows[:40] + rng.normal(size=(40, 64)).astype(np.float32) * 0.1):
        wanted = exact.search(row, 50)
        found = near.search(row, 50)
        assert [n for n, _ in found] == [n for n, _ in wanted]
        np.testing.assert_allclose([s for _, s in found], [s for _, s in wanted], atol=1e-6)


def test_an_index_of_an_earlier_version_is_read(rows: Rows, tmp_path: Path) -> None:
    earlier = faiss.index_factory(24, "IDMap2,Flat", faiss.METRIC_INNER_PRODUCT)
    earlier.add_with_ids(rows, NUMBERS)
    faiss.write_index(earlier, str(tmp_path / "vectors.faiss"))
    loaded = Vectors.load(tmp_path)
    np.testing.assert_array_equal(loaded.rows(NUMBERS), rows)
    assert loaded.search(rows[3], 20) == Vectors.build(rows).search(rows[3], 20)


@KINDS
@pytest.mark.parametrize("left", [0, 3, 40, 4_000])
def test_a_truncated_file_is_a_users_error(flat_up_to: int, rows: Rows, tmp_path: Path, left: int) -> None:
    Vectors.build(rows, flat_up_to).save(tmp_path)
    for path in tmp_path.iterdir():
        whole = path.read_bytes()
        path.write_bytes(whole[:left])
        with pytest.raises(UserError, match=r"^the vectors file vectors\.faiss cannot be read; wanted a whole FAISS"):
            Vectors.load(tmp_path)
        path.write_bytes(whole)


def test_a_missing_file_and_a_folder_that_cannot_be_written(rows: Rows, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^the vectors file vectors\.faiss cannot be read"):
        Vectors.load(tmp_path)
    with pytest.raises(OSError, match=r"vectors\.faiss is not complete"):
        Vectors.build(rows).save(tmp_path / "nowhere")


def test_rows_must_be_a_table(rows: Rows) -> None:
    with pytest.raises(ValueError, match="are no table"):
        Vectors.build(rows[0])
