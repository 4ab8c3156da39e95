"""The second stage: the first passages are read, and put in the order in which they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.passages.chunking import context_of
from index.reading.reader import Page, Reader, Reading, probability
from index.search.answering import confidence
from index.search.citing import Quote
from index.search.seconding import seconded


@dataclass(frozen=True, slots=True)
class Weights:
    """What adds to the log odds that a passage answers.

    A reading's logit, the first stage's fused score, its dense leg's, and how many other documents
    say the same.
    """

    logit: float
    score: float
    dense: float
    seconded: float
    bias: float

    def probability(self, logit: float, score: float, dense: float, seconded: float = 0.0) -> float:
        """How likely (0 to 1) a passage answers."""
        stages = self.logit * logit + self.score * score + self.dense * dense
        return probability(stages + self.seconded * seconded + self.bias)


# Both fitted on several sets at once. Meaning counts once more: a reader looks for words, and what
# a search box asks in few is told from other subjects by what it means.
ANYWHERE = Weights(logit=0.58, score=3.46, dense=1.15, seconded=0.87, bias=-2.2)
# All of one document is about what is asked: its passages' first scores say little more, and there
# is no other document.
WITHIN_ONE = Weights(logit=0.96, score=0.0, dense=1.45, seconded=0.0, bias=-0.55)


def reread(
    question: str, quotes: Sequence[Quote], reader: Reader, most: int, weights: Weights = ANYWHERE
) -> list[Quote]:
    """The quotes, the first `most` of them read: these by their probability, then the others.

    All scores are then probabilities; of a passage that was not read, no more than of those read.
    """
    first, others = quotes[:most], quotes[most:]
    readings = reader.read(question, [_page(quote) for quote in first])
    seconds = seconded(first, readings)
    read = [_read(*one, weights) for one in zip(first, readings, seconds, strict=True)]
    read.sort(key=lambda quote: -quote.hit.score)
    floor = read[-1].hit.score if read else 1.0
    return [*read, *(_unread(quote, floor) for quote in others)]


def _page(quote: Quote) -> Page:
    passage, document = quote.found.passage, quote.found.document
    return Page(context_of(document.metadata.title, document.path, passage.headings), passage.text)


def _read(quote: Quote, reading: Reading, seconds: float, weights: Weights) -> Quote:
    hit = quote.hit
    scores = replace(hit.scores, reader=reading.probability)
    likely = weights.probability(reading.logit, hit.score, hit.scores.dense, seconds)
    read = replace(hit, score=likely, scores=scores)
    return replace(quote, hit=read, reading=reading)


def _unread(quote: Quote, most: float) -> Quote:
    hit = quote.hit
    return replace(quote, hit=replace(hit, score=min(most, confidence(hit.score))))
