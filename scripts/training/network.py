"""The reader's network: an encoder, with a head that points at the answer.

It is shown word vectors, not token ids: the word table is most of the embedding model, which every
machine that searches already has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

JOINT = 64
"""The size of the vectors by which an answer's first and last token are told to belong together."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder; `positions` is the longest input in tokens."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    positions: int
    epsilon: float


class Layer(nn.Module):
    """One layer of a BERT encoder; query, key and value are one product."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        wide, inner = shape.hidden, shape.intermediate
        self.heads, self.dropout = shape.heads, dropout
        self.qkv = nn.Linear(wide, 3 * wide)
        self.out = nn.Linear(wide, wide)
        self.out_norm = nn.LayerNorm(wide, eps=shape.epsilon)
        self.inner = nn.Linear(wide, inner)
        self.outer = nn.Linear(inner, wide)
        self.outer_norm = nn.LayerNorm(wide, eps=shape.epsilon)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """(batch, length, hidden) to the same; `mask` is (batch, 1, 1, length)."""
        batch, length, wide = states.shape
        parts = self.qkv(states).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        # Without dropout of its own: that would take twice the time and the memory of a step.
        found = functional.scaled_dot_product_attention(query, key, value, mask)
        found = self._drop(self.out(found.transpose(1, 2).reshape(batch, length, wide)))
        states = self.out_norm(states + found)
        found = self._drop(self.outer(functional.gelu(self.inner(states))))
        normed: Tensor = self.outer_norm(states + found)
        return normed

    def _drop(self, states: Tensor) -> Tensor:
        return functional.dropout(states, self.dropout, self.training)


class Reader(nn.Module):
    """Word vectors of question and passage to a logit of each span, (batch, length, length)."""

    def __init__(self, shape: Shape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape, self.dropout = shape, dropout
        self.positions = nn.Parameter(torch.zeros(shape.positions, shape.hidden))
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.span = nn.Linear(shape.hidden, 2)
        self.pair = nn.Linear(shape.hidden, 2 * JOINT)
        # Until it has learnt, each end stands for itself.
        nn.init.zeros_(self.pair.weight[JOINT:])
        nn.init.zeros_(self.pair.bias)

    def forward(self, embeddings: Tensor, attention_mask: Tensor) -> Tensor:
        """`embeddings` (batch, length, hidden); `attention_mask` (batch, length), true for tokens.

        The logit of the span from token i to token j stands at [i, j]: the sum of what i is worth
        as the first, j as the last, and both together. Which spans may answer, the caller knows.
        """
        states = self.norm(embeddings + self.positions[: embeddings.shape[1]])
        states = functional.dropout(states, self.dropout, self.training)
        mask = attention_mask.bool()[:, None, None, :]
        for layer in self.layers:
            states = layer(states, mask)
        states = functional.dropout(states, self.dropout, self.training)
        start, end = self.span(states).float().unbind(-1)
        first, last = self.pair(states).float().split(JOINT, -1)
        with torch.autocast(states.device.type, enabled=False):
            together = first @ last.transpose(1, 2) / math.sqrt(JOINT)
        spans: Tensor = start[:, :, None] + end[:, None] + together
        return spans


def freeze(reader: Reader, layers: int) -> None:
    """Keep the lowest `layers` as they are, and with them all that is below; 0 for nothing."""
    if layers:
        for part in (reader.norm, *reader.layers[:layers]):
            part.requires_grad_(False)
        reader.positions.requires_grad_(False)
