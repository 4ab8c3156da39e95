"""A packed BERT in memory: the network's shape, the vocabulary, and weights of four bits.

The weights stay packed until a tensor is asked for: unpacked they take more than three times the
room, and whoever writes them out needs one tensor at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Q4 = 1
"""The kind of a tensor in blocks of 4-bit weights; any other kind is float32."""

BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
WEIGHTS_PER_BLOCK = 32
_BLOCKS_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Header:
    """The shape of the network and the ids of the special tokens."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """Where one tensor lies in the file: `start` and `size` in bytes, `count` in weights."""

    kind: int
    count: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class PackedModel:
    """The parsed file; the tensors are still packed. `replacements` maps one character each."""

    header: Header
    pieces: tuple[tuple[str, float], ...]
    replacements: dict[str, str]
    tensors: dict[str, TensorEntry]
    data: bytes


def weight_layout(header: Header) -> dict[str, tuple[str, tuple[int, ...]]]:
    """For each weight of a BertModel: the tensor's name in the file, and its shape."""
    wide, inner = header.hidden, header.intermediate
    found: dict[str, tuple[str, tuple[int, ...]]] = {
        "embeddings.word_embeddings.weight": ("emb.word", (header.vocabulary, wide)),
        "embeddings.position_embeddings.weight": ("emb.pos", (header.positions, wide)),
        "embeddings.token_type_embeddings.weight": ("emb.type", (header.types, wide)),
        "embeddings.LayerNorm.weight": ("emb.ln.w", (wide,)),
        "embeddings.LayerNorm.bias": ("emb.ln.b", (wide,)),
    }
    parts: dict[str, tuple[str, tuple[int, ...]]] = {
        "attention.self.query": ("q", (wide, wide)),
        "attention.self.key": ("k", (wide, wide)),
        "attention.self.value": ("v", (wide, wide)),
        "attention.output.dense": ("ao", (wide, wide)),
        "attention.output.LayerNorm": ("aln", (wide,)),
        "intermediate.dense": ("fi", (inner, wide)),
        "output.dense": ("fo", (wide, inner)),
        "output.LayerNorm": ("oln", (wide,)),
    }
    for layer in range(header.layers):
        for part, (name, shape) in parts.items():
            target, stored = f"encoder.layer.{layer}.{part}", f"l{layer}.{name}"
            found[f"{target}.weight"] = (f"{stored}.w", shape)
            found[f"{target}.bias"] = (f"{stored}.b", shape[:1])
    return found


def unpack(model: PackedModel, name: str) -> NDArray[Any]:
    """One tensor as a flat array: float16 where it was packed, else float32 as stored.

    A packed weight is a 4-bit integer times a float16 scale; rounding that to float16 moves it
    by at most 2^-11 of itself, far below what the 4 bits lost, and halves the folder.
    """
    entry = model.tensors[name]
    if entry.kind != Q4:
        return np.frombuffer(model.data, "<f4", entry.count, entry.start)
    blocks = np.frombuffer(model.data, BLOCK, entry.count // WEIGHTS_PER_BLOCK, entry.start)
    weights = np.empty((len(blocks), WEIGHTS_PER_BLOCK), np.float16)
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        part = slice(start, start + _BLOCKS_AT_ONCE)
        weights[part] = _unpack_blocks(blocks[part])
    return weights.reshape(-1)


def _unpack_blocks(blocks: NDArray[Any]) -> NDArray[np.float32]:
    nibbles = blocks["nibbles"]
    levels = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return levels * blocks["scale"].astype(np.float32)[:, None]
