"""Two legs, one scale: pure arithmetic, no I/O.

Each leg is brought to 0–1 by something that does not depend on the question or on the corpus's
size, so that a fused score means the same for every question.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Fusion = Callable[[Floats, Floats, float], Floats]
"""Both legs' scores of the same candidates, dense and lexical, and how much the question says."""

# Chosen over several public sets at once; `scripts/evaluate --ablate` shows each part's worth.
DENSE_SPAN = 10.0
# What the lexical leg weighs, and to what power its scores are taken, for a question that says
# little and for one that says much; how many letters that is.
LEAST_WORDS, MOST_WORDS = 0.35, 0.5
HIGHEST_POWER = 2.5
LITTLE, MUCH = 8, 15


def dense_scores(cosines: Floats, background: tuple[float, float]) -> Floats:
    """Cosines as 0–1: 0 as similar as an unrelated pair, 1 that plus `DENSE_SPAN` deviations."""
    mean, deviation = background
    scaled: Floats = np.clip((cosines - mean) / np.float32(DENSE_SPAN * deviation), 0, 1)
    return scaled


def said(letters: int) -> float:
    """How much a question of so many letters says, 0 to 1."""
    return min(max((letters - LITTLE) / (MUCH - LITTLE), 0.0), 1.0)


def fuse(dense: Floats, lexical: Floats, said: float = 1.0) -> Floats:
    """The weighted mean of the two legs' scores, each and the result within 0 and 1.

    A sentence says by its words which text it is about. Of the few words of a search box (婴儿咳嗽)
    one or another stands in many texts on other things: they count where nearly all of them stand.
    """
    weight = np.float32(LEAST_WORDS + (MOST_WORDS - LEAST_WORDS) * said)
    power = np.float32(HIGHEST_POWER + (1 - HIGHEST_POWER) * said)
    return (1 - weight) * dense + weight * lexical**power


def within_documents(fused: Floats, own: Floats, documents: NDArray[np.int32]) -> Floats:
    """The fused scores of each document's passages, given to them in the order of `own`.

    Titles stand in front of all passages of a document, so that their vectors are alike: which
    document is known better than which of its passages. No document's best score changes.
    """
    dealt = np.empty_like(fused)
    dealt[np.lexsort((-own, documents))] = fused[np.lexsort((-fused, documents))]
    return dealt


def reciprocal_ranks(dense: Floats, lexical: Floats, said: float) -> Floats:
    """Reciprocal rank fusion, the usual way, to measure against: blind to how near a hit is."""
    ranks = [np.argsort(np.argsort(-leg, kind="stable")) for leg in (dense, lexical)]
    fused: Floats = np.sum([1 / (60 + rank) for rank in ranks], axis=0, dtype=np.float32)
    return fused
