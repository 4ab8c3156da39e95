"""What is asked of a question set: each list of questions makes rows of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from methods import METHODS, OURS, Method
from question_set import Question, QuestionSet, sample, simplified, strangers


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted besides ours on the sets' own questions; `limit` samples each list."""

    limit: int | None = None
    ablate: bool = False
    simplified: bool = False
    foreign: QuestionSet | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A list of questions under the name of its rows, and the methods that it is put to."""

    name: str
    questions: tuple[Question, ...]
    methods: dict[str, Method]


def plans(one: QuestionSet, wanted: Wanted) -> Iterator[Plan]:
    """The set's questions of the whole corpus, those in other characters, those of one passage."""
    ours = {OURS: METHODS[OURS]}
    methods = METHODS if wanted.ablate else ours
    own = sample(one.questions, wanted.limit)
    name, questions = one.name, own
    # A set's own questions do have answers in it.
    if wanted.foreign and not set(wanted.foreign.folders) & set(one.folders):
        name += f" +foreign {wanted.foreign.name}"
        questions += sample(strangers(wanted.foreign.questions, one.questions), wanted.limit)
    if questions:
        yield Plan(name, questions, methods)
    if wanted.simplified and simplified(own) != own:
        yield Plan(f"{name} (simplified)", simplified(questions), methods)
    if one.given:
        # Within a passage there is next to nothing to rank: only ours is of interest.
        yield Plan(f"{one.name} (given its passage)", sample(one.given, wanted.limit), ours)
