"""A reader's logits for a batch, in the place and precision of the run."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from index.reading.inputs import Vocabulary
from index.reading.pointing import LONGEST
from training.batches import Batch
from training.network import Reader


@dataclass(frozen=True, slots=True)
class Kit:
    """What a reader reads with: the word table, on the device that computes, and the pieces."""

    words: Tensor
    vocabulary: Vocabulary
    bfloat16: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """Logits: `rank` (batch,), `spans` (batch, length, length), from a token to another.

    What can be no answer is minus infinity; [0, 0] stands for none.
    """

    rank: Tensor
    spans: Tensor


def score(reader: Reader, kit: Kit, batch: Batch) -> Scores:
    """Logits in float32, whatever the precision of the layers."""
    device = kit.words.device
    # The table may be kept in half precision.
    vectors = functional.embedding(batch.ids.to(device), kit.words).float()
    with torch.autocast(device.type, torch.bfloat16, enabled=kit.bfloat16):
        found: Tensor = reader(vectors, batch.mask.to(device))
    spans = found.masked_fill(~possible(batch.allowed.to(device)), -torch.inf)
    return Scores(odds(spans), spans)


def possible(allowed: Tensor) -> Tensor:
    """Which spans may answer, (batch, length, length): of the text's tokens, or [0, 0] for none.

    `allowed` (batch, length) are the text's tokens, and the first.
    """
    text = allowed.clone()
    text[:, 0] = False
    forwards = torch.ones(text.shape[1], text.shape[1], dtype=torch.bool, device=text.device)
    in_time = forwards.triu() & ~forwards.triu(LONGEST)
    found = text[:, :, None] & text[:, None] & in_time
    found[:, 0, 0] = True
    return found


def odds(spans: Tensor) -> Tensor:
    """How much likelier an answer in the text is than none, in log odds.

    What points also ranks: a head of its own served less well on sets that were not learnt from.
    """
    flat = spans.flatten(1)
    return flat[:, 1:].logsumexp(1) - flat[:, 0]
