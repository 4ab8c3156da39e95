"""A reader's logits for a batch, in the place and precision of the run."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from index.reading.inputs import Vocabulary
from training.batches import Batch
from training.network import Reader, Scores


@dataclass(frozen=True, slots=True)
class Kit:
    """What a reader reads with: the word table, on the device that computes, and the pieces."""

    words: Tensor
    vocabulary: Vocabulary
    bfloat16: bool = False


def score(reader: Reader, kit: Kit, batch: Batch) -> Scores:
    """Logits in float32, whatever the precision of the layers."""
    device = kit.words.device
    # The table may be kept in half precision.
    vectors = functional.embedding(batch.ids.to(device), kit.words).float()
    with torch.autocast(device.type, torch.bfloat16, enabled=kit.bfloat16):
        found: Scores = reader(vectors, batch.mask.to(device))
    return found
