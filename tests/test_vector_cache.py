"""What was embedded once is not embedded again, and a damaged cache is only a slower build."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.encoding.vector_cache import BATCH, VectorCache
from tests.fakes import SubjectEncoder

TEXTS = ["钱钱地", "人", "钱钱地", "时地"]
BY_HAND = [
    [2 / 5**0.5, 0.0, 1 / 5**0.5, 0.0],
    [0.0, 1.0, 0.0, 0.0],
    [2 / 5**0.5, 0.0, 1 / 5**0.5, 0.0],
    [0.0, 0.0, 0.5**0.5, 0.5**0.5],
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vectors.sqlite"


def embed(
    path: Path, texts: Sequence[str], encoder: SubjectEncoder
) -> tuple[NDArray[np.float32], int]:
    cache = VectorCache(path)
    try:
        return cache.embed(encoder, texts)
    finally:
        cache.close()


def test_vectors_are_in_the_order_of_the_texts_and_a_repeated_text_is_embedded_once(
    path: Path,
) -> None:
    encoder = SubjectEncoder()
    vectors, embedded = embed(path, TEXTS, encoder)
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, np.array(BY_HAND))
    assert embedded == 3
    assert encoder.embedded == ["人", "时地", "钱钱地"]


def test_a_second_time_nothing_is_embedded_and_the_vectors_are_the_same_bits(path: Path) -> None:
    first, _ = embed(path, TEXTS, SubjectEncoder())
    again = SubjectEncoder()
    second, embedded = embed(path, TEXTS[::-1], again)
    assert (second[::-1] == first).all()
    assert (embedded, again.embedded) == (0, [])


def test_only_what_is_new_is_embedded(path: Path) -> None:
    embed(path, TEXTS, SubjectEncoder())
    encoder = SubjectEncoder()
    _, embedded = embed(path, [*TEXTS, "人地"], encoder)
    assert (embedded, encoder.embedded) == (1, ["人地"])


@pytest.mark.parametrize(
    "other", [SubjectEncoder(fingerprint="another"), SubjectEncoder(dimensions=5)]
)
def test_vectors_of_another_model_or_length_are_not_taken(
    path: Path, other: SubjectEncoder
) -> None:
    embed(path, TEXTS, SubjectEncoder())
    vectors, embedded = embed(path, TEXTS, other)
    assert embedded == 3
    assert vectors.shape == (4, other.dimensions)


def test_no_texts_no_vectors(path: Path) -> None:
    vectors, embedded = embed(path, [], SubjectEncoder())
    assert (vectors.shape, embedded) == ((0, 4), 0)
    assert vectors.dtype == np.float32


def test_progress_ends_at_the_number_of_texts(path: Path) -> None:
    heard: list[int] = []
    texts = ["钱" * (number + 1) for number in range(BATCH + 10)] + ["钱", "钱"]
    cache = VectorCache(path)
    cache.embed(SubjectEncoder(max_tokens=10_000), texts, heard.append)
    cache.close()
    assert heard == [BATCH + 2, BATCH + 12]


class FailingEncoder(SubjectEncoder):
    """Fails on the second batch."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.embedded:
            raise RuntimeError("the model fell over")
        return super().embed_passages(texts)


def test_what_was_embedded_before_a_failure_is_kept(path: Path) -> None:
    texts = [f"第{number:04}人" for number in range(BATCH + 10)]
    with pytest.raises(RuntimeError, match="fell over"):
        embed(path, texts, FailingEncoder())
    encoder = SubjectEncoder()
    _, embedded = embed(path, texts, encoder)
    assert (embedded, encoder.embedded) == (10, texts[BATCH:])


def damage_start(content: bytes) -> bytes:
    return b"no database" + content[11:]


def damage_pages(content: bytes) -> bytes:
    return content[:4096] + b"\xff" * (len(content) - 4096)


def damage_by_truncation(content: bytes) -> bytes:
    return content[: len(content) // 2]


def empty(content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [damage_start, damage_pages, damage_by_truncation, empty])
def test_a_damaged_file_is_made_anew(path: Path, damage: Callable[[bytes], bytes]) -> None:
    first, _ = embed(path, TEXTS, SubjectEncoder())
    path.write_bytes(damage(path.read_bytes()))
    second, embedded = embed(path, TEXTS, SubjectEncoder())
    assert embedded == 3
    assert (second == first).all()
    assert embed(path, TEXTS, SubjectEncoder())[1] == 0


def test_a_vector_with_a_flipped_bit_is_embedded_anew(path: Path) -> None:
    first, _ = embed(path, TEXTS, SubjectEncoder())
    content = bytearray(path.read_bytes())
    content[content.index(first[0].tobytes()) + 1] ^= 0x40
    path.write_bytes(content)
    encoder = SubjectEncoder()
    second, _ = embed(path, TEXTS, encoder)
    assert encoder.embedded == ["钱钱地"]
    assert (second == first).all()
