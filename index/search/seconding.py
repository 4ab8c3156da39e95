"""Whether another document says the same: what several tell is likelier to be what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.reading.reader import Reading
from index.search.citing import Quote
from index.search.comparing import agree, letters

# As good as any more.
MOST_SECONDS = 2


@dataclass(frozen=True, slots=True)
class _Told:
    """The letters that a passage of a document answers, and how likely it does."""

    document: str
    letters: str
    likely: float


def seconded(quotes: Sequence[Quote], readings: Sequence[Reading]) -> list[float]:
    """How many other documents answer what each quote does, at most `MOST_SECONDS`.

    Each counts as much as its passage that answers most likely, 0 to 1.
    """
    told = [_told(quote, reading) for quote, reading in zip(quotes, readings, strict=True)]
    return [_seconds(one, told) for one in told]


def _told(quote: Quote, reading: Reading) -> _Told:
    text = quote.found.passage.text
    first = [text[one.start : one.end] for one in reading.answers[:1]]
    return _Told(quote.found.document.id, letters("".join(first)), reading.probability)


def _seconds(one: _Told, told: Sequence[_Told]) -> float:
    likeliest: dict[str, float] = {}
    for other in told:
        if other.document != one.document and agree(one.letters, other.letters):
            known = likeliest.get(other.document, 0.0)
            likeliest[other.document] = max(known, other.likely)
    return sum(sorted(likeliest.values(), reverse=True)[:MOST_SECONDS])
