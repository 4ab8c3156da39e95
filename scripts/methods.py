"""The rankings that are measured: ours, the plain ones, and ours without each of its parts."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from index.search.fusion import Floats, Fusion, fuse, reciprocal_ranks
from index.search.lexical import SHARES, Shares
from index.search.ranking import RANKING, Ranking

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Method:
    """A ranking, and whether its scores are on the scale that answers and refusals go by."""

    ranking: Ranking
    answers: bool = True


def _plain(fusion: Fusion) -> Method:
    """A method as the textbooks have it: every word of the question counts, asking or not."""
    bm25 = Shares(bm25=1, passage=0, document=0)
    ranking = Ranking(
        fusion, bm25, elsewhere=1, least=0, literal=False, within=None, all_words=True
    )
    return Method(ranking, answers=False)


def _without_share(name: str) -> Ranking:
    """Ours without one part of the lexical score, the others in proportion."""
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
    OURS: Method(RANKING),
    "BM25": _plain(_words_alone),
    "dense": _plain(_meaning_alone),
    "RRF": _plain(reciprocal_ranks),
    "ours, no dense leg": Method(Ranking(_words_alone, least=0), answers=False),
    "ours, no lexical leg": Method(Ranking(_meaning_alone, least=0), answers=False),
    "ours, one rule for all lengths": Method(Ranking(_as_if_long)),
    "ours, no BM25 share": Method(_without_share("bm25")),
    "ours, no passage share": Method(_without_share("passage")),
    "ours, no document share": Method(_without_share("document")),
    "ours, no places": Method(Ranking(elsewhere=1)),
    "ours, no order within documents": Method(Ranking(within=None)),
    "ours, no phrases": Method(Ranking(literal=False)),
}
