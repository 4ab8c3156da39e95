"""Hits as citations: each says something new, and lists every place where the same is printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from index.language.lexicon import Words
from index.passages.repetition import repeats
from index.passages.wording import Wording, wording
from index.reading.reader import Reading
from index.records import Found
from index.search.answering import highlights
from index.search.question import Question
from index.search.ranking import Ranked
from index.types import Citation, Reprint


@dataclass(frozen=True, slots=True)
class Quote:
    """A hit, its passage, the other places of the same words, and its reading where it was read."""

    hit: Ranked
    found: Found
    copies: list[Found]
    reading: Reading | None = None


def distinct(quotes: Iterable[Quote], most: int) -> list[Quote]:
    """The first `most` that say something new; the others are copies of those that they repeat."""
    new: list[Quote] = []
    said: list[Wording] = []
    for quote in quotes:
        words = wording(quote.found.passage.text)
        again = repeats(words, said)
        if again is not None:
            new[again].copies.extend([quote.found, *quote.copies])
        elif len(new) < most:
            said.append(words)
            new.append(Quote(quote.hit, quote.found, [*quote.copies]))
    return new


def citation(question: Question, number: int, quote: Quote, own: Words) -> Citation:
    """A quote as citation `number` (from 1) of an answer; `own` are the user's own words."""
    passage, document = quote.found.passage, quote.found.document
    return Citation(
        rank=number,
        score=quote.hit.score,
        scores=quote.hit.scores,
        document_id=document.id,
        path=document.path,
        metadata=document.metadata,
        headings=passage.headings,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        highlights=highlights(question, passage.text, passage.start, own),
        sha256=document.sha256,
        reprints=_reprints(document.id, quote.copies),
    )


def _reprints(document_id: str, copies: Iterable[Found]) -> tuple[Reprint, ...]:
    """The copies in other documents, the first in each."""
    first: dict[str, Found] = {}
    for copy in copies:
        if copy.document.id != document_id:
            first.setdefault(copy.document.id, copy)
    return tuple(
        Reprint(
            document_id=copy.document.id,
            path=copy.document.path,
            metadata=copy.document.metadata,
            start=copy.passage.start,
            end=copy.passage.end,
            sha256=copy.document.sha256,
        )
        for copy in first.values()
    )
