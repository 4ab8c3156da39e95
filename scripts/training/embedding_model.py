"""What the reader takes from the embedding model: its word table to look up in, and first weights.

The word table is not part of the reader. The fingerprint tells whether another machine's table is
the one that the reader was trained with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from index.errors import ModelError
from index.reading.inputs import open_vocabulary
from index.reading.word_table import WORDS, fingerprint, open_words
from training.network import Reader, Shape

TOKEN_LIMIT = 384
"""Tokens of one input: the positions beyond are not shipped."""

_HEAD_DEVIATION = 0.02
# Our names of a layer's parts, and those of a BertModel.
_PARTS = {
    "out": "attention.output.dense",
    "out_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "outer_norm": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """The BertModel of a folder; `words` is its word table (vocabulary, hidden)."""

    folder: Path
    shape: Shape
    words: Tensor
    fingerprint: str


def load_embedding_model(folder: Path) -> EmbeddingModel:
    """The sizes and the word table of a sentence-transformers folder; raises ModelError."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        shape = _shape(config)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder} 不是可用来训练阅读器的 BERT 向量模型：{error}") from error
    words, vocabulary = open_words(folder), open_vocabulary(folder, shape.positions)
    name = fingerprint(words, vocabulary.tokenizer.get_vocab())
    return EmbeddingModel(folder, shape, torch.tensor(words), name)


def initial_reader(model: EmbeddingModel, layers: int, dropout: float, seed: int) -> Reader:
    """A reader of so many of the model's layers; its head is new, from the seed."""
    reader = Reader(replace(model.shape, layers=layers), dropout)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        reader.span.weight.normal_(0, _HEAD_DEVIATION, generator=generator)
        reader.span.bias.zero_()
    with safe_open(model.folder / "model.safetensors", "pt") as weights:
        given = {name: weights.get_tensor(name) for name in weights.keys() if name != WORDS}  # noqa: SIM118
    reader.load_state_dict(reader.state_dict() | _renamed(given, model.shape, layers))
    return reader


def kept_layers(available: int, wanted: int) -> list[int]:
    """`wanted` layers, evenly over all and always the last: every second one for a half."""
    return [(place + 1) * available // wanted - 1 for place in range(wanted)]


def _shape(config: dict[str, Any]) -> Shape:
    return Shape(
        hidden=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        intermediate=config["intermediate_size"],
        positions=min(TOKEN_LIMIT, config["max_position_embeddings"]),
        epsilon=config["layer_norm_eps"],
    )


def _renamed(given: dict[str, Tensor], shape: Shape, layers: int) -> dict[str, Tensor]:
    """A BertModel's weights under our names, but for the heads."""
    positions = given["embeddings.position_embeddings.weight"][: shape.positions]
    # Both segments are of one type, so the type is part of the positions.
    found = {"positions": positions + given["embeddings.token_type_embeddings.weight"][0]}
    for kind in ("weight", "bias"):
        found[f"norm.{kind}"] = given[f"embeddings.LayerNorm.{kind}"]
        for place, layer in enumerate(kept_layers(shape.layers, layers)):
            theirs, ours = f"encoder.layer.{layer}", f"layers.{place}"
            three = [f"{theirs}.attention.self.{part}.{kind}" for part in ("query", "key", "value")]
            found[f"{ours}.qkv.{kind}"] = torch.cat([given[name] for name in three])
            for our_part, their_part in _PARTS.items():
                found[f"{ours}.{our_part}.{kind}"] = given[f"{theirs}.{their_part}.{kind}"]
    return found
