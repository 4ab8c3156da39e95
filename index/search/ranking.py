"""Search as functions of their arguments: a question and the legs in, ranked passages out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from index.search.fusion import Fusion, dense_scores, fuse, said, within_documents
from index.search.lexical import SHARES, LexicalIndex, Shares
from index.search.literal import LiteralIndex
from index.search.question import Question
from index.search.vectors import Rows, VectorIndex
from index.types import Scores

CANDIDATES = 100
# A passage below this is as near as any text is to any question: it is no hit.
LEAST_SCORE = 0.2
# Below it too, what has this much of what is asked for in it.
HALF_ASKED = 0.5
# What is left of a score where the document does not name the place that is asked about.
ELSEWHERE = 0.85
# The dense leg's weight where passages of one document are compared with each other.
DENSE_WITHIN = 0.4
NO_ROWS = np.array([], np.int64)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a ranking is made of: the defaults are what serves, others are for measuring.

    With `all_words` every token of the question counts alike, those that ask too; with a `least`
    of 0 every candidate is a hit.
    """

    fusion: Fusion = fuse
    shares: Shares = SHARES
    elsewhere: float = ELSEWHERE
    least: float = LEAST_SCORE
    literal: bool = True
    within: float | None = DENSE_WITHIN
    all_words: bool = False


RANKING = Ranking()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage's row with its fused score and each leg's, all within 0 and 1."""

    row: int
    score: float
    scores: Scores


@dataclass(frozen=True, slots=True)
class Legs:
    """What a generation is searched by. `groups` has each passage's group of reprints."""

    vectors: VectorIndex
    lexical: LexicalIndex
    literal: LiteralIndex
    groups: NDArray[np.int32]
    background: tuple[float, float]


def rank(
    question: Question,
    vector: NDArray[np.float32],
    legs: Legs,
    k: int,
    allowed: Rows | None = None,
    ranking: Ranking = RANKING,
) -> list[Ranked]:
    """The best `k` of all legs' candidates that are hits, best first; equal scores by row.

    `vector` is the question's, shape (dimensions,). Every candidate is scored on both legs,
    whichever found it. Of passages that are reprints of one another the best is a hit.
    """
    coverage = _coverage(question, legs.lexical, ranking)
    literal = legs.literal.rows(question.text) if ranking.literal else NO_ROWS
    literal = literal if allowed is None else np.intersect1d(literal, allowed)
    most = max(k, CANDIDATES)
    near, _ = legs.vectors.nearest(vector, most, allowed)
    of_phrase = literal[np.argsort(-coverage[literal], kind="stable")[:most]]
    rows = reduce(np.union1d, (near, _best(coverage, most, allowed), of_phrase))
    dense = dense_scores(legs.vectors.similarities(vector, rows), legs.background)
    words = coverage[rows]
    factor = _place_factor(question, legs.lexical, ranking.elsewhere)
    letters = sum(map(str.isalnum, question.text))
    fused = ranking.fusion(dense, words, said(letters)) * factor[rows]
    if ranking.within is not None:
        own = ranking.within * dense + (1 - ranking.within) * words
        fused = within_documents(fused, own, legs.lexical.documents[rows])
    has_phrase = np.isin(rows, literal)
    hit = has_phrase
    if question.content or not ranking.least:
        hit = has_phrase | (fused >= ranking.least) | (words >= HALF_ASKED)
    if len(literal):
        fused = _with_literal(fused, has_phrase, question)
    order = np.lexsort((rows, -fused))
    _, first = np.unique(legs.groups[rows[order]], return_index=True)
    return [
        Ranked(int(rows[i]), float(fused[i]), Scores(float(dense[i]), float(words[i])))
        for i in order[np.sort(first)][:k]
        if hit[i]
    ]


def _coverage(question: Question, lexical: LexicalIndex, ranking: Ranking) -> NDArray[np.float32]:
    """Every passage's lexical score: that of the wording which fits it best."""
    wordings = question.wordings
    if ranking.all_words:
        wordings = (dict.fromkeys(wordings[0], 1.0),)
    scores = (lexical.scores(wording, ranking.shares) for wording in wordings)
    best: NDArray[np.float32] = reduce(np.maximum, scores)
    return best


def _with_literal(
    fused: NDArray[np.float32], literal: NDArray[np.bool_], question: Question
) -> NDArray[np.float32]:
    """Passages that have the whole question in them come first, by at least one half.

    A question without content (你好) is found only so, and that is no reason to be sure of an
    answer.
    """
    scale = 0.5 if question.content else LEAST_SCORE
    return (scale * np.where(literal, 1 + fused, fused)).astype(np.float32)


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
