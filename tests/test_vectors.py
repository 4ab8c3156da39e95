"""FAISS against brute force in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.search.vectors import VectorIndex

SEEDS = st.integers(0, 2**32 - 1)


def unit_vectors(seed: int, rows: int, dimensions: int = 8) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimensions)).astype(np.float32)
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@given(SEEDS, st.integers(1, 50), st.integers(1, 60))
def test_nearest_is_brute_force(seed: int, rows: int, k: int) -> None:
    vectors, query = unit_vectors(seed, rows), unit_vectors(seed + 1, 1)[0]
    found, cosines = VectorIndex.build(vectors).nearest(query, k)
    expected = np.argsort(-(vectors @ query), kind="stable")[:k]
    assert found.tolist() == expected.tolist()
    assert np.allclose(cosines, (vectors @ query)[expected], atol=1e-6)


@given(SEEDS, st.sets(st.integers(0, 29), min_size=1))
def test_only_allowed_rows_are_found(seed: int, allowed: set[int]) -> None:
    vectors, query = unit_vectors(seed, 30), unit_vectors(seed + 1, 1)[0]
    rows = np.array(sorted(allowed), np.int64)
    found, _ = VectorIndex.build(vectors).nearest(query, 30, rows)
    expected = rows[np.argsort(-(vectors[rows] @ query), kind="stable")]
    assert found.tolist() == expected.tolist()


def test_similarities_are_in_the_order_asked_for() -> None:
    vectors, query = unit_vectors(1, 5), unit_vectors(2, 1)[0]
    index = VectorIndex.build(vectors)
    rows = np.array([3, 0, 3], np.int64)
    assert np.allclose(index.similarities(query, rows), vectors[rows] @ query, atol=1e-6)
    assert index.similarities(query, rows[:0]).shape == (0,)


def test_saved_and_loaded(tmp_path: Path) -> None:
    vectors = unit_vectors(1, 5)
    VectorIndex.build(vectors).save(tmp_path / "v")
    loaded = VectorIndex.load(tmp_path / "v")
    assert (loaded.rows, loaded.dimensions) == (5, 8)


def test_a_damaged_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "vectors.faiss").write_bytes(b"no index")
    with pytest.raises(IndexDamaged, match=r"vectors\.faiss"):
        VectorIndex.load(tmp_path / "vectors.faiss")
