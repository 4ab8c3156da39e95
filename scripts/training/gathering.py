"""From question sets to examples: each question with passages that our own first stage returns.

A set becomes an index through the real pipeline, in the folders and with the vectors that
measuring uses, so that the reader learns from what it will be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from asking import Memory, RememberingEncoder, build_set, ids_by_path
from question_set import Question, QuestionSet, folders_of, read_set, sample

from index import SearchIndex
from index.documents.front_matter import read_front_matter
from index.encoding.encoder import Encoder
from index.search.ranking import RANKING
from index.types import Citation, Filters
from service.settings import Settings
from training.alterations import altered, pool_of
from training.annotations import marked_places
from training.examples import Example, Read
from training.reads import answering, as_read, holds, near_misses
from training.shortening import shortened

HITS = 20
MOST_OF_A_DOCUMENT = 50
# Also what is no hit by itself: each question is to have as many passages as it can.
_EVERYTHING = replace(RANKING, least=0.0)


@dataclass(frozen=True, slots=True)
class Shares:
    """How often, 0 to 1, a question also gives an example of another kind.

    `foreign` is how many questions of the other sets are asked, as a share of the set's own.
    """

    altered: float = 0.5
    shortened: float = 0.5
    foreign: float = 0.25


SHARES = Shares()


def gather(
    sets: Sequence[str],
    settings: Settings,
    encoder: Encoder,
    *,
    negatives: int = 7,
    limit: int | None = None,
    seed: int = 0,
    shares: Shares = SHARES,
) -> Iterator[Example]:
    """The examples of each set (a folder, or several joined by `+`), the same for the same seed.

    `limit` samples each set's questions; each has at most `negatives` passages that do not answer.
    Raises YoujuError.
    """
    whole = [read_set(folders_of(argument)) for argument in sets]
    for one in whole:
        with _index(one, settings, encoder) as index:
            asked = _Asked(one, index, negatives, seed)
            own = sample(one.given or one.questions, limit)
            fitting = _fitting(shares, own)
            for question in own:
                yield from _examples(asked, question, fitting)
            yield from _foreign(asked, whole, round(shares.foreign * len(own)))


def _fitting(shares: Shares, questions: Iterable[Question]) -> Shares:
    """Nothing is altered where a set asks what it does not answer: those are harder."""
    told = all(question.answers for question in questions)
    return shares if told else replace(shares, altered=0.0)


class _Asked:
    """A set whose index is open, as questions are put to it."""

    def __init__(self, one: QuestionSet, index: SearchIndex, negatives: int, seed: int) -> None:
        self.set = one
        self.negatives = negatives
        self.pool = pool_of(_texts(one), _titles(one.documents))
        self.places = marked_places(one)
        self._index = index
        self._seed = seed
        self._ids = ids_by_path(index)

    def rng(self, what: str) -> Random:
        """Chance that depends on what it is for alone, not on what was drawn before."""
        return Random(f"{self._seed} {self.set.name} {what}")  # noqa: S311

    def within(self, question: str, documents: Iterable[str]) -> tuple[Citation, ...]:
        """The passages of the documents with these paths, best first."""
        ids = frozenset(self._ids[path] for path in documents)
        if not ids:
            return ()
        filters = Filters(document_ids=ids)
        return self._index.search(question, top_k=MOST_OF_A_DOCUMENT, filters=filters).citations

    def everywhere(self, question: str) -> tuple[Citation, ...]:
        """The first stage's passages, best first."""
        return self._index.search(question, top_k=HITS).citations


def _index(one: QuestionSet, settings: Settings, encoder: Encoder) -> SearchIndex:
    place = build_set(one, settings, encoder)
    # A question is put to all documents and to its own: its vector is made once.
    remembering = RememberingEncoder(encoder, Memory(), recalls=True)
    return SearchIndex.open(place, remembering, reader=None, ranking=_EVERYTHING)


def _texts(one: QuestionSet) -> list[str]:
    return [question.text for question in (*one.questions, *one.given)]


def _titles(documents: Mapping[str, str]) -> list[str]:
    stated = (read_front_matter(content).fields.get("title") for content in documents.values())
    return [title for title in stated if title]


def _examples(asked: _Asked, question: Question, shares: Shares) -> Iterator[Example]:
    """What one question of the set gives: nothing where its answer stands in no single passage.

    One that is judged within a passage is read with that document alone: what this does not
    answer, another may.
    """
    text, answers, alone = question.text, question.answers, question.within
    home = sorted(question.documents if alone is None else {alone})
    own = asked.within(text, home)
    hits = asked.everywhere(text) if alone is None else own
    if not answers:
        yield from _unanswered(asked, text, hits, asked.set.name, "asked")
        return
    found = answering(own, {path: asked.places.get((text, path), ()) for path in home}, answers)
    if found is None:
        return
    siblings = [one for one in own if one.document_id == found.citation.document_id]
    misses = near_misses(hits, siblings, answers, asked.negatives)
    example = Example(text, (found.read, *map(as_read, misses)), asked.set.name, "asked")
    yield example
    yield from _changed(asked, example, shares)


def _changed(asked: _Asked, example: Example, shares: Shares) -> Iterator[Example]:
    """An answered question said shorter, and altered so that its passage does not answer it."""
    first, *others = example.reads
    rng = asked.rng(example.question)
    if rng.random() < shares.shortened and (short := shortened(example.question, rng)):
        yield replace(example, question=short, kind="shortened")
    told = _told(first)
    if rng.random() < shares.altered and (
        change := altered(example.question, told, rng, asked.pool)
    ):
        # A passage with what was put in may answer.
        far = [one for one in others if not holds(_told(one), [change.new])]
        reads = (replace(first, answers=()), *far)
        yield replace(example, question=change.question, reads=reads, kind="altered")


def _foreign(asked: _Asked, whole: Iterable[QuestionSet], most: int) -> Iterator[Example]:
    """Questions of other sets, which this one's documents do not answer."""
    known, folders = set(_texts(asked.set)), set(asked.set.folders)
    strange = [
        (other.name, question)
        for other in whole
        if not folders & set(other.folders)
        for question in other.questions
        if question.text not in known
    ]
    for name, question in asked.rng("foreign").sample(strange, min(most, len(strange))):
        hits = [
            one for one in asked.everywhere(question.text) if not holds(one.text, question.answers)
        ]
        source = f"{asked.set.name} +foreign {name}"
        yield from _unanswered(asked, question.text, hits, source, "foreign")


def _unanswered(
    asked: _Asked, question: str, passages: Sequence[Citation], source: str, kind: str
) -> Iterator[Example]:
    if passages:
        reads = tuple(map(as_read, passages[: asked.negatives + 1]))
        yield Example(question, reads, source, kind)


def _told(read: Read) -> str:
    return f"{read.context}\n{read.text}"
