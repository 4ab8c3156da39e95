"""A reader's logits for a batch, in the place and precision of the run."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from index.reading.inputs import Vocabulary
from training.batches import Batch
from training.network import Logits, Reader


@dataclass(frozen=True, slots=True)
class Kit:
    """What a reader reads with: the word table, on the device that computes, and the pieces."""

    words: Tensor
    vocabulary: Vocabulary
    bfloat16: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """Logits: `rank` (batch,), `start` and `end` (batch, length)."""

    rank: Tensor
    start: Tensor
    end: Tensor


def score(reader: Reader, kit: Kit, batch: Batch) -> Scores:
    """Logits in float32, whatever the precision of the layers."""
    device = kit.words.device
    # The table may be kept in half precision.
    vectors = functional.embedding(batch.ids.to(device), kit.words).float()
    with torch.autocast(device.type, torch.bfloat16, enabled=kit.bfloat16):
        found: Logits = reader(vectors, batch.mask.to(device))
    return Scores(odds(found, batch.allowed.to(device)), found.start, found.end)


def odds(found: Logits, allowed: Tensor) -> Tensor:
    """How much likelier an answer in the text is than none, in log odds: of both edges the mean.

    The first token stands for no answer; of the others those that are `allowed` are the text's.
    What points also ranks: a head of its own served less well on sets that were not learnt from.
    """
    text = allowed.clone()
    text[:, 0] = False
    edges = [
        edge.masked_fill(~text, -torch.inf).logsumexp(1) - edge[:, 0]
        for edge in (found.start, found.end)
    ]
    return torch.stack(edges).mean(0)
