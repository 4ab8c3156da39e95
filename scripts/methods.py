"""The rankings that are measured: ours, the plain ones, and ours without each of its parts."""

from __future__ import annotations

from dataclasses import dataclass

from index.fusion import reciprocal_ranks
from index.lexical import Shares
from index.search import RANKING, Ranking

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Method:
    """A ranking, and whether its scores are on the scale that answers and refusals go by."""

    ranking: Ranking
    answers: bool = True


_WORDS_ALONE = Shares(bm25=1, passage=0, document=0)
# Ours comes first: its times are those of a question that nothing is remembered of.
METHODS = {
    OURS: Method(RANKING),
    "BM25": Method(
        Ranking(lambda dense, lexical: lexical, _WORDS_ALONE, elsewhere=1, least=0), answers=False
    ),
    "dense": Method(
        Ranking(lambda dense, lexical: dense, _WORDS_ALONE, elsewhere=1, least=0), answers=False
    ),
    "RRF": Method(Ranking(reciprocal_ranks, _WORDS_ALONE, elsewhere=1, least=0), answers=False),
    "ours, no dense leg": Method(Ranking(lambda dense, lexical: lexical, least=0), answers=False),
    "ours, no lexical leg": Method(Ranking(lambda dense, lexical: dense, least=0), answers=False),
    "ours, no passage share": Method(Ranking(shares=Shares(0.56, 0, 0.44))),
    "ours, no document share": Method(Ranking(shares=Shares(0.7, 0.3, 0))),
    "ours, no places": Method(Ranking(elsewhere=1)),
}
