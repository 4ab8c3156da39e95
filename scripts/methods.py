"""What is measured: ours, its first stage, the plain ones, and the first without each part."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from index.search.fusion import Floats, Fusion, fuse, reciprocal_ranks
from index.search.lexical import SHARES, Shares
from index.search.ranking import RANKING, Ranking

OURS, FIRST_STAGE = "ours", "first stage"


@dataclass(frozen=True, slots=True)
class Method:
    """A first stage, whether its scores are on the scale that answers and refusals go by, and
    whether the best passages are then read.
    """

    ranking: Ranking
    answers: bool = True
    read: bool = False


def _plain(fusion: Fusion) -> Method:
    """A method as the textbooks have it: every word of the question counts, asking or not."""
    bm25 = Shares(bm25=1, passage=0, document=0)
    ranking = Ranking(
        fusion, bm25, elsewhere=1, least=0, literal=False, within=None, all_words=True
    )
    return Method(ranking, answers=False)


def _without_share(name: str) -> Ranking:
    """The first stage without one part of the lexical score, the others in proportion."""
    left = asdict(SHARES) | {name: 0.0}
    return Ranking(
        shares=Shares(**{part: share / sum(left.values()) for part, share in left.items()})
    )


def _words_alone(dense: Floats, lexical: Floats, said: float) -> Floats:
    return lexical


def _meaning_alone(dense: Floats, lexical: Floats, said: float) -> Floats:
    return dense


def _as_if_long(dense: Floats, lexical: Floats, said: float) -> Floats:
    return fuse(dense, lexical)


# Ours comes first: its times are those of a question that nothing is remembered of.
METHODS = {
    OURS: Method(RANKING, read=True),
    FIRST_STAGE: Method(RANKING),
    "BM25": _plain(_words_alone),
    "dense": _plain(_meaning_alone),
    "RRF": _plain(reciprocal_ranks),
    "first stage, no dense leg": Method(Ranking(_words_alone, least=0), answers=False),
    "first stage, no lexical leg": Method(Ranking(_meaning_alone, least=0), answers=False),
    "first stage, one rule for all lengths": Method(Ranking(_as_if_long)),
    "first stage, no BM25 share": Method(_without_share("bm25")),
    "first stage, no passage share": Method(_without_share("passage")),
    "first stage, no document share": Method(_without_share("document")),
    "first stage, no places": Method(Ranking(elsewhere=1)),
    "first stage, no order within documents": Method(Ranking(within=None)),
    "first stage, no phrases": Method(Ranking(literal=False)),
}
