"""The packed file, against a second reading of its layout; every damage to it is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.encoding.packed_file import packaged_file, parse
from index.encoding.packed_model import PackedModel, unpack
from index.errors import ModelError
from tests.packed_models import reference_block, tiny_packed


@pytest.fixture(scope="module")
def packed() -> PackedModel:
    path = packaged_file()
    return parse(path.read_bytes(), path)


def test_header_of_the_real_file(packed: PackedModel) -> None:
    header = packed.header
    assert (header.hidden, header.layers, header.heads, header.positions) == (384, 12, 12, 512)
    assert [packed.pieces[i][0] for i in range(4)] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert packed.pieces[-1][0] == "<mask>"


@pytest.mark.parametrize("name", ["emb.word", "l0.q.w", "l11.fo.w"])
def test_weights_equal_the_blocks_read_one_by_one(packed: PackedModel, name: str) -> None:
    entry, weights = packed.tensors[name], unpack(packed, name)
    assert weights.shape == (entry.count,)
    for block in range(0, entry.count // 32, max(1, entry.count // 32 // 50)):
        at = entry.start + 18 * block
        expected = np.array(reference_block(packed.data[at : at + 18]))
        found = weights[32 * block : 32 * block + 32].astype(np.float64)
        np.testing.assert_allclose(found, expected, rtol=2**-11, atol=2**-25)


def test_plain_tensors_are_kept_as_stored(packed: PackedModel) -> None:
    entry, weights = packed.tensors["emb.ln.w"], unpack(packed, "emb.ln.w")
    assert weights.dtype == np.float32
    assert weights.tobytes() == packed.data[entry.start : entry.start + entry.size]


# --- Damage ----------------------------------------------------------------------------------


def test_every_truncation_of_the_real_file_is_refused() -> None:
    path = packaged_file()
    data = path.read_bytes()
    for kept in (40, 1000, 3_000_000, 4_638_260, len(data) // 2, len(data) - 1):
        with pytest.raises(ModelError, match="已损坏或不完整"):
            parse(data[:kept], path)


def test_unknown_version_is_refused(tmp_path: Path) -> None:
    data = bytearray(tiny_packed())
    data[4] = 2
    with pytest.raises(ModelError, match="version 2"):
        parse(bytes(data), tmp_path)


def test_missing_tensor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"已损坏或不完整.*l0\.q\.w"):
        parse(tiny_packed().replace(b"l0.q.w", b"l9.q.w"), tmp_path)


def test_missing_package_says_what_to_install() -> None:
    with pytest.raises(ModelError, match="pip install no_such_package"):
        packaged_file("no_such_package")
