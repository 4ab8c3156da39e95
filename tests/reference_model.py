"""The model's forward pass written out in NumPy, in float64, to hold the encoder against."""

from __future__ import annotations

from math import erf

import numpy as np
from numpy.typing import NDArray

from index.encoding.packed_model import PackedModel
from tests.packed_models import reference_ids

Array = NDArray[np.float64]


def reference_vector(model: PackedModel, text: str) -> Array:
    """Tokenise, embed, run the layers, take the mean over all tokens, scale to length 1."""
    ids = np.array([model.header.bos, *reference_ids(model, text), model.header.eos])
    width = model.header.hidden
    positions = _tensor(model, "emb.pos").reshape(-1, width)[: len(ids)]
    x = _tensor(model, "emb.word", ids).reshape(-1, width) + positions
    x = _layer_norm(model, "emb.ln", x + _tensor(model, "emb.type")[:width])
    for layer in range(model.header.layers):
        attended = _dense(model, f"l{layer}.ao", _attention(model, layer, x))
        x = _layer_norm(model, f"l{layer}.aln", x + attended)
        inner = _gelu(_dense(model, f"l{layer}.fi", x))
        x = _layer_norm(model, f"l{layer}.oln", x + _dense(model, f"l{layer}.fo", inner))
    mean: Array = x.mean(axis=0)
    return mean / np.float64(np.linalg.norm(mean))


def _tensor(model: PackedModel, name: str, rows: NDArray[np.intp] | None = None) -> Array:
    """A tensor in float64, or some rows of it, straight from the packed blocks."""
    entry = model.tensors[name]
    if entry.kind == 0:
        return np.frombuffer(model.data, "<f4", entry.count, entry.start).astype(np.float64)
    raw = np.frombuffer(model.data, np.uint8, entry.size, entry.start)
    if rows is not None:
        raw = raw.reshape(model.header.vocabulary, -1)[rows]
    blocks = raw.reshape(-1, 18)
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float64)
    weights = np.empty((len(blocks), 32))
    weights[:, :16] = blocks[:, 2:] % 16
    weights[:, 16:] = blocks[:, 2:] // 16
    return ((weights - 8) * scales).reshape(-1)


def _dense(model: PackedModel, name: str, x: Array) -> Array:
    weight = _tensor(model, f"{name}.w").reshape(-1, x.shape[1])
    return x @ weight.T + _tensor(model, f"{name}.b")


def _layer_norm(model: PackedModel, name: str, x: Array) -> Array:
    centred = x - x.mean(axis=1, keepdims=True)
    deviation: Array = np.sqrt((centred**2).mean(axis=1, keepdims=True) + model.header.epsilon)
    scaled: Array = centred / deviation
    return scaled * _tensor(model, f"{name}.w") + _tensor(model, f"{name}.b")


def _attention(model: PackedModel, layer: int, x: Array) -> Array:
    heads, size = model.header.heads, model.header.hidden // model.header.heads
    q, k, v = (
        _dense(model, f"l{layer}.{name}", x).reshape(-1, heads, size).transpose(1, 0, 2)
        for name in "qkv"
    )
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(size)
    weights: Array = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    mixed: Array = weights @ v
    return mixed.transpose(1, 0, 2).reshape(x.shape)


def _gelu(x: Array) -> Array:
    inner: Array = np.vectorize(erf)(x / np.sqrt(2))
    return 0.5 * x * (1 + inner)
