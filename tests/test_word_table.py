"""The word vectors as they lie on the disk, and the name that tells them from others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import save_file

from index.encoding.default_model import ensure_default_model
from index.errors import ModelError
from index.reading.word_table import WORDS, fingerprint, open_words
from tests.packed_models import tiny_packed

TABLE = np.arange(12, dtype=np.float32).reshape(6, 2)
ENTRY: dict[str, Any] = {"dtype": "F32", "shape": [6, 2], "data_offsets": [0, 48]}


def written(folder: Path, header: bytes | dict[str, Any], length: int | None = None) -> Path:
    """A folder with a file of this header and the table's bytes."""
    told = header if isinstance(header, bytes) else json.dumps(header).encode()
    size = len(told) if length is None else length
    data = size.to_bytes(8, "little") + told + TABLE.tobytes()
    (folder / "model.safetensors").write_bytes(data)
    return folder


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_the_table_is_what_was_saved_wherever_it_lies(kind: type, tmp_path: Path) -> None:
    for name in ("a", "z"):
        tensors: dict[str, Any] = {name: np.ones((3, 5), kind), WORDS: TABLE.astype(kind)}
        save_file(tensors, tmp_path / "model.safetensors")
        found = open_words(tmp_path)
        assert found.dtype == kind
        np.testing.assert_array_equal(found, TABLE)


def test_the_default_models_table_is_that_of_its_file(models_dir: Path) -> None:
    folder = ensure_default_model(models_dir)
    with safe_open(folder / "model.safetensors", "np") as weights:
        expected = weights.get_tensor(WORDS)
    found = open_words(folder)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_the_table_is_not_written_to(tmp_path: Path) -> None:
    save_file({WORDS: TABLE}, tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match="read-only"):
        open_words(tmp_path)[0, 0] = 1


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.safetensors 里没有能读的词向量表"):
        open_words(tmp_path)


@pytest.mark.parametrize(
    ("header", "length"),
    [
        ({WORDS: ENTRY}, 10),
        ({WORDS: ENTRY}, 9999),
        ({WORDS: ENTRY}, 2**63),
        (b"", 0),
        (b"\xff\xff", None),
        (b"[]", None),
        ({"other": ENTRY}, None),
        ({WORDS: []}, None),
        ({WORDS: {"dtype": "F32"}}, None),
        ({WORDS: ENTRY | {"dtype": "BF16"}}, None),
        ({WORDS: ENTRY | {"dtype": []}}, None),
        ({WORDS: ENTRY | {"shape": [7, 2]}}, None),
        ({WORDS: ENTRY | {"shape": [-6, -2]}}, None),
        ({WORDS: ENTRY | {"shape": ["6"]}}, None),
        ({WORDS: ENTRY | {"shape": 6}}, None),
        ({WORDS: ENTRY | {"shape": []}}, None),
        ({WORDS: ENTRY | {"shape": [12]}}, None),
        ({WORDS: ENTRY | {"data_offsets": []}}, None),
        ({WORDS: ENTRY | {"data_offsets": [4, 52]}}, None),
        ({WORDS: ENTRY | {"data_offsets": [-9999, 48]}}, None),
    ],
)
def test_a_damaged_file_is_refused_by_name(
    header: bytes | dict[str, Any], length: int | None, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"model\.safetensors 里没有能读的词向量表"):
        open_words(written(tmp_path, header, length))


@given(st.integers(0, 200))
def test_a_file_that_is_cut_off_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, kept: int
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    path = folder / "model.safetensors"
    save_file({WORDS: TABLE}, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: min(kept, len(whole) - 1)])
    with pytest.raises(ModelError, match="里没有能读的词向量表"):
        open_words(folder)


def test_the_fingerprint_is_of_pieces_and_vectors() -> None:
    words = np.arange(200, dtype=np.float32).reshape(100, 2)
    pieces = {"a": 0, "b": 1}
    known = fingerprint(words, pieces)
    assert known == fingerprint(words.astype(np.float16), dict(reversed(pieces.items())))
    assert known != fingerprint(words, {"a": 1, "b": 0})
    assert known != fingerprint(words + 1, pieces)
    assert known != fingerprint(words[:99], pieces)


def test_the_fingerprint_does_not_hang_on_what_else_a_file_holds(tmp_path: Path) -> None:
    names = []
    for layers in (1, 2):
        (tmp_path / f"{layers}.bin").write_bytes(tiny_packed(layers=layers))
        folder = ensure_default_model(tmp_path / "models", tmp_path / f"{layers}.bin")
        names.append(fingerprint(open_words(folder), {"a": 0}))
    (tmp_path / "other.bin").write_bytes(tiny_packed(seed=8))
    other = ensure_default_model(tmp_path / "models", tmp_path / "other.bin")
    assert names[0] == names[1] != fingerprint(open_words(other), {"a": 0})
