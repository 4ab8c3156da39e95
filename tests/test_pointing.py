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
from index.reading.pointing import LONGER, LONGEST, answers, odds
from index.reading.reader import Pointed

BEFORE, AFTER = 3, 2
"""Tokens before the text's, and after: padding too."""
WHOLE = st.integers(-4, 4)
"""Logits whose sums are exact, and often equal."""


COSTS = LONGER * np.log(np.arange(1, LONGEST + 1), dtype=np.float32)
"""Of an answer of 1, 2, 3… tokens."""


def shown(tokens: int) -> Input:
    """An input whose text has so many tokens, of two characters each."""
    offsets = [(2 * place, 2 * place + 2) for place in range(tokens)]
    return Input([7] * (BEFORE + tokens + 1), BEFORE, offsets)


def logits(text: Sequence[float]) -> NDArray[np.float32]:
    """Those of the whole input: what is not the text's would be the likeliest by far."""
    return np.array([99] * BEFORE + [*text] + [99] * AFTER, np.float32)


def pointed(start: Sequence[float], end: Sequence[float], most: int) -> list[Pointed]:
    return list(answers(shown(len(start)), logits(start), logits(end), most))


def tried(start: Sequence[float], end: Sequence[float], most: int) -> Iterator[Pointed]:
    """Every span, from the best on, unless one that is told already has a token of it."""
    spans = [
        (float(np.float32(start[first] + end[last]) - COSTS[last - first]), first, last)
        for first in range(len(start))
        for last in range(first, min(first + LONGEST, len(start)))
    ]
    taken: set[int] = set()
    for score, first, last in sorted(spans, key=lambda span: (-span[0], span[1:])):
        own = set(range(first, last + 1))
        if most and not own & taken:
            taken |= own
            most -= 1
            yield Pointed(2 * first, 2 * last + 2, score)


def test_odds_by_hand() -> None:
    start, end = logits([math.log(3), math.log(5)]), logits([0, math.log(2)])
    start[0], end[0] = math.log(4), 0
    assert odds(shown(2), start, end) == pytest.approx((math.log(8 / 4) + math.log(3)) / 2)
    assert odds(shown(1), start, end) == pytest.approx((math.log(3 / 4) + 0) / 2)
    assert odds(shown(0), start, end) == -math.inf


def test_answers_by_hand() -> None:
    start, end = [1, 5, 0, 2, 0], [4, 2, 6, 0, 1]
    found = pointed(start, end, 3)
    assert [(one.start, one.end) for one in found] == [(2, 6), (0, 2), (6, 10)]
    two = LONGER * math.log(2)
    assert [one.score for one in found] == pytest.approx([11 - two, 5, 3 - two])
    assert pointed(start, end, 1) == found[:1]


def test_of_spans_nearly_as_likely_the_shorter_is_the_answer() -> None:
    # The end after the next token is a little likelier than that of the first alone.
    assert pointed([9, 0], [0, LONGER * math.log(2) - 0.01], 1) == [Pointed(0, 2, 9)]
    (longer,) = pointed([9, 0], [0, LONGER * math.log(2) + 0.01], 1)
    assert (longer.start, longer.end) == (0, 4)


def test_an_answer_does_not_end_before_it_begins() -> None:
    assert pointed([0, 9], [9, 0], 1) == [Pointed(0, 2, 9)]


def test_of_equal_answers_the_first_in_the_text_is_told_first() -> None:
    equal = [Pointed(0, 2, 2), Pointed(2, 4, 2), Pointed(4, 6, 2)]
    assert pointed([1, 1, 1], [1, 1, 1], 9) == equal


@pytest.mark.parametrize(("last", "score"), [(LONGEST - 1, 8), (LONGEST, 4)])
def test_an_answer_has_an_end(last: int, score: float) -> None:
    start, end = [0.0] * (LONGEST + 5), [0.0] * (LONGEST + 5)
    start[0], end[last] = 4, 4
    (found,) = pointed(start, end, 1)
    assert found.score == pytest.approx(score - LONGER * math.log(found.end // 2), abs=1e-5)
    assert found.end - found.start <= 2 * LONGEST


def test_without_tokens_there_is_no_answer() -> None:
    assert pointed([], [], 3) == []
    assert pointed([1], [1], 0) == []


def test_no_more_are_told_than_there_is_room_for() -> None:
    (whole,) = pointed([5, 0, 0], [0, 0, 5], 3)
    assert (whole.start, whole.end) == (0, 6)


def test_the_text_of_several_tokens_for_one_character_is_that_character() -> None:
    one = Input([0, 5, 6, 7, 2], 1, [(0, 1), (0, 1), (1, 2)])
    point = np.array([0, 0, 3, 0, 0], np.float32)
    assert answers(one, point, point, 1) == (Pointed(0, 1, 6),)


@given(st.lists(st.tuples(WHOLE, WHOLE), max_size=12), st.integers(0, 4))
def test_they_are_the_best_of_all_spans_that_share_no_token(
    both: list[tuple[int, int]], most: int
) -> None:
    start, end = [one for one, _ in both], [other for _, other in both]
    assert pointed(start, end, most) == list(tried(start, end, most))


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_also_where_the_text_is_longer_than_any_answer(chance: Random) -> None:
    start, end = ([chance.randint(-40, 40) for _ in range(LONGEST + 20)] for _ in range(2))
    assert pointed(start, end, 3) == list(tried(start, end, 3))
