"""Whether a question is answered, and what each passage answers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from index.reading.reader import Pointed, Reading
from index.search.answering import confidence, is_confident
from index.search.citing import Quote
from index.search.comparing import same
from index.search.expected import fits
from index.search.extracting import extract
from index.search.question import Question
from index.types import Answer, Span

# A question is answered where its first passage answers at least so likely.
LEAST_SURE = 0.43
# What is this much less likely than the likeliest, in logits, may be meant where that is not of the
# kind asked for.
STILL_LIKELY = 4.0
# What is nearly as likely as the answer, in logits, and as near to it, in characters, is quoted
# with it: it may be the rest of it, or what was meant. Fitted on several sets at once.
AS_LIKELY = 0.7
BESIDE = 15
# An alternative is told where the reader wavers no more than this.
LEAST_DECIDED = 0.7
# Another passage's other answer is told where it is as likely as this, and not much less than
# the first.
LEAST_ALTERNATIVE = 0.75
NOT_MUCH_LESS = 0.9
MOST_ALTERNATIVES = 2


def is_sure(quote: Quote) -> bool:
    """Whether a question whose best passage this is, is answered at all."""
    if quote.reading is None:
        return is_confident(quote.hit.score)
    return quote.hit.score >= LEAST_SURE


def answers(question: Question, quotes: Sequence[Quote]) -> list[Answer]:
    """What the first passage answers, and what others do that say something else.

    The quotes are read, and a reply's citations in their order.
    """
    told: list[Answer] = []
    least = max(LEAST_ALTERNATIVE, NOT_MUCH_LESS * quotes[0].hit.score)
    for number, quote in enumerate(quotes, 1):
        if len(told) > MOST_ALTERNATIVES or (told and quote.hit.score < least):
            break
        found = _answer(question, number, quote)
        if found and (not told or _says_else(question, quote, found, told)):
            told.append(found)
    return told


def _says_else(question: Question, quote: Quote, found: Answer, told: Sequence[Answer]) -> bool:
    """Whether a further answer is a clear one, of the kind asked for, that was not told."""
    return (
        quote.reading is not None
        and _decided(quote.reading) >= LEAST_DECIDED
        and fits(question.words, found.text)
        and not any(same(found.text, other.text) for other in told)
    )


def answer_of(quote: Quote, number: int, words: Span, sentence: Span) -> Answer:
    """The answer that stands at `words`, within a `sentence`, of citation `number`'s passage."""
    passage = quote.found.passage
    sure = confidence(quote.hit.score) if quote.reading is None else quote.hit.score
    return Answer(
        text=passage.text[words.start : words.end],
        sentence=passage.text[sentence.start : sentence.end],
        confidence=sure,
        citation=number,
        start=passage.start + words.start,
        end=passage.start + words.end,
    )


def _answer(question: Question, number: int, quote: Quote) -> Answer | None:
    if quote.reading is None:
        return None
    text = quote.found.passage.text
    # A text of characters that the reader does not know has no tokens to point at.
    pointed = quote.reading.answers or (Pointed(0, len(text), 0.0),)
    return answer_of(quote, number, *quoted(question.words, text, pointed))


def quoted(question: str, text: str, pointed: Sequence[Pointed]) -> tuple[Span, Span]:
    """The answer's words and their sentence, of what a text is pointed at for, best first.

    The first that can be meant, else the first of all; with those nearly as likely beside it.
    """
    likely = [one for one in pointed if one.score >= pointed[0].score - STILL_LIKELY]
    found = [(one.score, *extract(question, text, one.start, one.end)) for one in likely]
    meant = [one for one in found if fits(question, text[one[1].start : one[1].end])]
    (best, words, sentence), *others = meant or found[:1]
    for score, other, _ in others:
        apart = max(other.start - words.end, words.start - other.end)
        if score >= best - AS_LIKELY and apart <= BESIDE and _within(other, sentence):
            words = Span(min(words.start, other.start), max(words.end, other.end))
    return words, sentence


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _decided(reading: Reading) -> float:
    """How much likelier (0 to 1) the first answer pointed at is than all others together."""
    best = reading.answers[0].score if reading.answers else 0.0
    return 1 / max(1.0, sum(math.exp(one.score - best) for one in reading.answers))
