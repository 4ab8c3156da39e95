"""Whether another document says the same: what several tell is likelier to be what was asked."""

from __future__ import annotations

from collections.abc import Sequence

from index.search.citing import Quote
from index.search.comparing import agree, letters

# As good as any more.
MOST_SECONDS = 2


def seconded(quotes: Sequence[Quote]) -> list[float]:
    """How many other documents answer what each quote does, at most `MOST_SECONDS`.

    Each counts as much as its passage that answers most surely, 0 to 1. All quotes are read.
    """
    told = [_told(quote) for quote in quotes]
    return [_seconds(quotes, told, i) for i in range(len(quotes))]


def _seconds(quotes: Sequence[Quote], told: Sequence[str], i: int) -> float:
    surest: dict[str, float] = {}
    for quote, words in zip(quotes, told, strict=True):
        document, sure = quote.found.document.id, quote.hit.scores.reader or 0.0
        if document != quotes[i].found.document.id and agree(told[i], words):
            surest[document] = max(sure, surest.get(document, 0.0))
    return sum(sorted(surest.values(), reverse=True)[:MOST_SECONDS])


def _told(quote: Quote) -> str:
    """What the reader points at first in a passage."""
    if quote.reading is None or not quote.reading.answers:
        return ""
    first = quote.reading.answers[0]
    return letters(quote.found.passage.text[first.start : first.end])
