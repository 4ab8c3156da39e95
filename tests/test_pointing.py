"""From logits to answers: the likeliest spans, worked by hand and by trying them all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.reading.inputs import Input
from index.reading.pointing import LONGEST, answers, odds
from index.reading.reader import Pointed

BEFORE, AFTER = 3, 2
"""Tokens before the text's, and after: padding too."""
WHOLE = st.integers(-4, 4)
"""Logits that are often equal."""


def shown(tokens: int) -> Input:
    """An input whose text has so many tokens, of two characters each."""
    offsets = [(2 * place, 2 * place + 2) for place in range(tokens)]
    return Input([7] * (BEFORE + tokens + 1), BEFORE, offsets)


def whole(text: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    """The whole input's logits: what is not the text's would be the likeliest by far."""
    size = BEFORE + len(text) + AFTER
    made = np.full((size, size), 99, np.float32)
    made[BEFORE : BEFORE + len(text), BEFORE : BEFORE + len(text)] = np.array(
        text, np.float32
    ).reshape(len(text), len(text))
    return made


def apart(start: Sequence[float], end: Sequence[float]) -> list[list[float]]:
    """Of ends that stand for themselves."""
    return [[one + other for other in end] for one in start]


def pointed(text: Sequence[Sequence[float]], most: int) -> list[Pointed]:
    return list(answers(shown(len(text)), whole(text), most))


def tried(text: Sequence[Sequence[float]], most: int) -> Iterator[Pointed]:
    """Every span, from the best on, unless one that is told already has a token of it."""
    spans = [
        (float(text[first][last]), first, last)
        for first in range(len(text))
        for last in range(first, min(first + LONGEST, len(text)))
    ]
    taken: set[int] = set()
    for score, first, last in sorted(spans, key=lambda span: (-span[0], span[1:])):
        own = set(range(first, last + 1))
        if most and not own & taken:
            taken |= own
            most -= 1
            yield Pointed(2 * first, 2 * last + 2, score)


def test_odds_by_hand() -> None:
    logits = whole([[math.log(3), math.log(4)], [9, math.log(5)]])
    logits[0, 0] = math.log(2)
    # The text's second token as the first and its first as the last is no span.
    assert odds(shown(2), logits) == pytest.approx(math.log((3 + 4 + 5) / 2))
    assert odds(shown(1), logits) == pytest.approx(math.log(3 / 2))
    assert odds(shown(0), logits) == -math.inf


def test_answers_by_hand() -> None:
    found = pointed(apart([1, 5, 0, 2, 0], [4, 2, 6, 0, 1]), 3)
    assert found == [Pointed(2, 6, 11), Pointed(0, 2, 5), Pointed(6, 10, 3)]
    assert pointed(apart([1, 5, 0, 2, 0], [4, 2, 6, 0, 1]), 1) == found[:1]


def test_ends_that_belong_together_are_an_answer() -> None:
    # Two mentions: each end of one would do with the other's, were it not for what they are worth
    # together.
    mentions: list[list[float]] = [[5, 0, 4], [-9, 0, 0], [-9, -9, 4.5]]
    assert pointed(mentions, 1) == [Pointed(0, 2, 5)]


def test_an_answer_does_not_end_before_it_begins() -> None:
    assert pointed(apart([0, 9], [9, 0]), 1) == [Pointed(0, 2, 9)]


def test_of_equal_answers_the_first_in_the_text_is_told_first() -> None:
    equal = [Pointed(0, 2, 2), Pointed(2, 4, 2), Pointed(4, 6, 2)]
    assert pointed([[2, 1, 1], [1, 2, 1], [1, 1, 2]], 9) == equal


@pytest.mark.parametrize(("last", "score"), [(LONGEST - 1, 8), (LONGEST, 4)])
def test_an_answer_has_an_end(last: int, score: float) -> None:
    start, end = [0.0] * (LONGEST + 5), [0.0] * (LONGEST + 5)
    start[0], end[last] = 4, 4
    (found,) = pointed(apart(start, end), 1)
    assert found.score == score
    assert found.end - found.start <= 2 * LONGEST


def test_without_tokens_there_is_no_answer() -> None:
    assert pointed([], 3) == []
    assert pointed([[2]], 0) == []


def test_no_more_are_told_than_there_is_room_for() -> None:
    assert pointed(apart([5, 0, 0], [0, 0, 5]), 3) == [Pointed(0, 6, 10)]


def test_the_text_of_several_tokens_for_one_character_is_that_character() -> None:
    one = Input([0, 5, 6, 7, 2], 1, [(0, 1), (0, 1), (1, 2)])
    logits = np.zeros((5, 5), np.float32)
    logits[2, 2] = 6
    assert answers(one, logits, 1) == (Pointed(0, 1, 6),)


@given(st.integers(0, 9), st.data())
def test_they_are_the_best_of_all_spans_that_share_no_token(
    tokens: int, data: st.DataObject
) -> None:
    row = st.lists(WHOLE, min_size=tokens, max_size=tokens)
    text = data.draw(st.lists(row, min_size=tokens, max_size=tokens))
    most = data.draw(st.integers(0, 4))
    assert pointed(text, most) == list(tried(text, most))


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_also_where_the_text_is_longer_than_any_answer(chance: Random) -> None:
    start, end = ([chance.randint(-40, 40) for _ in range(LONGEST + 20)] for _ in range(2))
    text = apart(start, end)
    assert pointed(text, 3) == list(tried(text, 3))
