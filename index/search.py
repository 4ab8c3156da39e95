"""Search as functions of their arguments: a question and both legs in, ranked passages out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.fusion import Fusion, dense_scores, fuse
from index.lexical import SHARES, LexicalIndex, Shares
from index.question import Question
from index.types import Scores
from index.vectors import Rows, VectorIndex

CANDIDATES = 100
# A passage below this is as near as any text is to any question: it is no hit.
LEAST_SCORE = 0.2
# What is left of a score where the document does not name the place that is asked about.
ELSEWHERE = 0.4


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a ranking is made of: the defaults are what serves, others are for measuring."""

    fusion: Fusion = fuse
    shares: Shares = SHARES
    elsewhere: float = ELSEWHERE
    least: float = LEAST_SCORE


RANKING = Ranking()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage's row with its fused score and each leg's, all within 0 and 1."""

    row: int
    score: float
    scores: Scores


def rank(
    question: Question,
    vector: NDArray[np.float32],
    vectors: VectorIndex,
    lexical: LexicalIndex,
    background: tuple[float, float],
    k: int,
    allowed: Rows | None = None,
    ranking: Ranking = RANKING,
) -> list[Ranked]:
    """The best `k` of both legs' candidates that are hits, best first; equal scores by row.

    `vector` is the question's, shape (dimensions,). Every candidate is scored on both legs,
    whichever leg found it.
    """
    coverage = lexical.scores(question.weights, ranking.shares)
    most = max(k, CANDIDATES)
    near, _ = vectors.nearest(vector, most, allowed)
    rows = np.union1d(near, _best(coverage, most, allowed))
    dense = dense_scores(vectors.similarities(vector, rows), background)
    words = coverage[rows]
    factor = _place_factor(question, lexical, ranking.elsewhere)
    fused = ranking.fusion(dense, words) * factor[rows]
    order = np.lexsort((rows, -fused))[:k]
    return [
        Ranked(int(rows[i]), float(fused[i]), Scores(float(dense[i]), float(words[i])))
        for i in order
        if fused[i] >= ranking.least
    ]


def _place_factor(
    question: Question, lexical: LexicalIndex, elsewhere: float
) -> NDArray[np.float32]:
    """1 where the document names every place asked about, `elsewhere` where it names none."""
    if not question.places:
        return np.ones(lexical.passages, np.float32)
    named = np.mean([lexical.documents_with(place) for place in question.places], axis=0)
    factor: NDArray[np.float32] = (elsewhere + (1 - elsewhere) * named).astype(np.float32)
    return factor


def _best(coverage: NDArray[np.float32], k: int, allowed: Rows | None) -> Rows:
    """The rows of the `k` highest scores; a score of zero is never a hit."""
    rows = np.flatnonzero(coverage) if allowed is None else allowed[coverage[allowed] > 0]
    if len(rows) <= k:
        return rows
    order = np.argpartition(-coverage[rows], k)[:k]
    return np.sort(rows[order])
