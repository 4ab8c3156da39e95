"""What the reader is taught by, of its logits for one batch.

Ranking: the passage that answers, among those of its question. Answering: whether a passage
answers at all, so that logits of different questions compare. Pointing: the answer's first and
last token, or the first token of all where there is no answer.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from training.batches import Batch
from training.recipe import Recipe
from training.scoring import Scores


def total_loss(scores: Scores, batch: Batch, recipe: Recipe) -> Tensor:
    """The sum of the three, weighted as in the recipe."""
    return (
        ranking_loss(scores.rank, batch)
        + recipe.answering * answering_loss(scores.rank, batch.positive, recipe.smoothing)
        + recipe.pointing * pointing_loss(scores, batch)
    )


def ranking_loss(rank: Tensor, batch: Batch) -> Tensor:
    """Cross entropy of the first read among its example's, where it answers; 0 without such."""
    lists = pad_sequence(_lists(rank, batch), batch_first=True, padding_value=-torch.inf)
    answered = torch.stack([reads[0] for reads in _lists(batch.positive, batch)])
    if not answered.any():
        return rank.new_zeros(())
    return -lists[answered].log_softmax(1)[:, 0].mean()


def answering_loss(rank: Tensor, positive: Tensor, smoothing: float) -> Tensor:
    """Binary cross entropy of each read."""
    labels = positive.float() * (1 - 2 * smoothing) + smoothing
    return functional.binary_cross_entropy_with_logits(rank, labels)


def pointing_loss(scores: Scores, batch: Batch) -> Tensor:
    """Cross entropy of the likeliest gold span among all; reads without one are left out.

    Reads that answer and those that do not count alike as a whole: there are several times as many
    of the latter.
    """
    rows = (batch.golds[:, 0, 0] >= 0).nonzero().squeeze(1)
    if not len(rows):
        return scores.rank.new_zeros(())
    golds, length = batch.golds[rows], scores.spans.shape[-1]
    places = (golds[..., 0] * length + golds[..., 1]).clamp(min=0)
    found = scores.spans[rows].flatten(1).log_softmax(1).gather(1, places)
    losses = -found.masked_fill(golds[..., 0] < 0, -torch.inf).amax(1)
    parts = [losses[side] for side in (golds[:, 0, 0] > 0, golds[:, 0, 0] == 0)]
    return torch.stack([part.mean() for part in parts if len(part)]).mean()


def _lists(values: Tensor, batch: Batch) -> list[Tensor]:
    """The rows of each example."""
    return list(torch.split(values, list(batch.sizes)))
