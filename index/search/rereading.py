"""The second stage: the first passages are read, and put in the order in which they answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.passages.chunking import context_of
from index.reading.reader import Page, Reader, Reading
from index.search.answering import confidence
from index.search.citing import Quote


@dataclass(frozen=True, slots=True)
class Weights:
    """What a reading's logit, the first stage's fused score and its dense leg's add to log odds."""

    logit: float
    score: float
    dense: float
    bias: float

    def probability(self, logit: float, score: float, dense: float) -> float:
        """How likely (0 to 1) a passage answers."""
        return _sigmoid(self.logit * logit + self.score * score + self.dense * dense + self.bias)


# Both fitted on several sets at once. Meaning counts once more: a reader looks for words, and what
# a search box asks in few is told from other subjects by what it means.
ANYWHERE = Weights(logit=0.63, score=3.8, dense=1.25, bias=-2.35)
# All of one document is about what is asked: its passages' first scores say little more.
WITHIN_ONE = Weights(logit=0.96, score=0.0, dense=1.45, bias=-0.55)


def reread(
    question: str, quotes: Sequence[Quote], reader: Reader, most: int, weights: Weights = ANYWHERE
) -> list[Quote]:
    """The quotes, the first `most` of them read: these by their probability, then the others.

    All scores are then probabilities; of a passage that was not read, no more than of those read.
    """
    first, others = quotes[:most], quotes[most:]
    readings = reader.read(question, [_page(quote) for quote in first])
    read = [_read(quote, reading, weights) for quote, reading in zip(first, readings, strict=True)]
    read.sort(key=lambda quote: -quote.hit.score)
    floor = read[-1].hit.score if read else 1.0
    return [*read, *(_unread(quote, floor) for quote in others)]


def _page(quote: Quote) -> Page:
    passage, document = quote.found.passage, quote.found.document
    return Page(context_of(document.metadata.title, document.path, passage.headings), passage.text)


def _read(quote: Quote, reading: Reading, weights: Weights) -> Quote:
    hit = quote.hit
    scores = replace(hit.scores, reader=_sigmoid(reading.logit))
    likely = weights.probability(reading.logit, hit.score, hit.scores.dense)
    read = replace(hit, score=likely, scores=scores)
    return replace(quote, hit=read, reading=reading)


def _unread(quote: Quote, most: float) -> Quote:
    hit = quote.hit
    return replace(quote, hit=replace(hit, score=min(most, confidence(hit.score))))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
