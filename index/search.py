"""Search as functions of their arguments: a question and both legs in, ranked passages out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.fusion import dense_scores, fuse
from index.lexical import LexicalIndex
from index.question import Question
from index.types import Scores
from index.vectors import Rows, VectorIndex

CANDIDATES = 100
# What is left of a score where the document does not name the place that is asked about.
ELSEWHERE = 0.6


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
) -> list[Ranked]:
    """The best `k` of both legs' candidates, best first; equal scores by row.

    `vector` is the question's, shape (dimensions,). Every candidate is scored on both legs,
    whichever leg found it.
    """
    coverage = lexical.scores(question.weights)
    most = max(k, CANDIDATES)
    near, _ = vectors.nearest(vector, most, allowed)
    rows = np.union1d(near, _best(coverage, most, allowed))
    dense = dense_scores(vectors.similarities(vector, rows), background)
    words = coverage[rows]
    fused = fuse(dense, words) * _place_factor(question, lexical)[rows]
    order = np.lexsort((rows, -fused))[:k]
    return [
        Ranked(int(rows[i]), float(fused[i]), Scores(float(dense[i]), float(words[i])))
        for i in order
    ]


def _place_factor(question: Question, lexical: LexicalIndex) -> NDArray[np.float32]:
    """1 where the document names every place asked about, `ELSEWHERE` where it names none."""
    if not question.places:
        return np.ones(lexical.passages, np.float32)
    named = np.mean([lexical.documents_with(place) for place in question.places], axis=0)
    factor: NDArray[np.float32] = (ELSEWHERE + (1 - ELSEWHERE) * named).astype(np.float32)
    return factor


def _best(coverage: NDArray[np.float32], k: int, allowed: Rows | None) -> Rows:
    """The rows of the `k` highest scores; a score of zero is never a hit."""
    rows = np.flatnonzero(coverage) if allowed is None else allowed[coverage[allowed] > 0]
    if len(rows) <= k:
        return rows
    order = np.argpartition(-coverage[rows], k)[:k]
    return np.sort(rows[order])
