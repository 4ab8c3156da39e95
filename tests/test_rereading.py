"""Passages in the order in which they answer, once they are read."""

from __future__ import annotations

import math

import pytest

from index.reading.reader import Page
from index.search.answering import EVEN_SCORE, SUREST, confidence
from index.search.answers import LEAST_SURE, answers, is_sure
from index.search.question import understand
from index.search.rereading import ANYWHERE, WITHIN_ONE, Weights, reread
from tests.fakes import MarkReader
from tests.test_citing import quote

OLD = "这座石桥长420米。"
NEW = "这座石桥长480米。"
DENSE = 0.25
"""The dense score of each `quote`."""
BOAT = "渡船每天两班。"
SAME = "桥长420米，宽8米。"
LENGTH = understand("石桥有多长？")


def read(*texts: str, most: int = 9, marks: dict[str, float] | None = None) -> list[str]:
    """The texts in the order in which they answer; the first stage has them in their order."""
    quotes = [quote(f"{n}", text, score=0.6 - n / 20) for n, text in enumerate(texts)]
    reader = MarkReader({"420米": 6.0, "480米": 5.0} if marks is None else marks)
    return [one.found.passage.text for one in reread("石桥有多长？", quotes, reader, most)]


def test_the_probability_is_the_logistic_of_both_stages() -> None:
    weights = Weights(logit=0.5, score=4.0, dense=2.0, seconded=3.0, bias=-3.0)
    # Half of 2, four times a half, twice a half, less 3; once more with 3 times a third.
    assert weights.probability(2.0, 0.5, 0.5) == pytest.approx(1 / (1 + math.exp(-1)))
    assert weights.probability(2.0, 0.5, 0.5, 1 / 3) == pytest.approx(1 / (1 + math.exp(-2)))


@pytest.mark.parametrize(
    "more", [(3, 0.4, 0.3, 0.2), (2, 0.5, 0.3, 0.2), (2, 0.4, 0.4, 0.2), (2, 0.4, 0.3, 0.5)]
)
def test_either_stage_makes_it_likelier_and_so_does_who_says_the_same(
    more: tuple[float, float, float, float],
) -> None:
    assert ANYWHERE.probability(*more) > ANYWHERE.probability(2, 0.4, 0.3, 0.2)


def test_within_one_document_the_first_stage_says_less() -> None:
    def gain(weights: Weights) -> float:
        low, high = (weights.probability(0, score, 0.3) for score in (0.4, 0.6))
        return high - low

    assert 0 <= gain(WITHIN_ONE) < gain(ANYWHERE)
    quotes = [quote("a", OLD, score=0.9), quote("b", BOAT, score=0.1)]
    reader = MarkReader({"渡船": 1.0, "420": 0.0})
    orders = [reread("？", quotes, reader, 9, one) for one in (ANYWHERE, WITHIN_ONE)]
    assert [[one.found.passage.text for one in order] for order in orders] == [
        [OLD, BOAT],
        [BOAT, OLD],
    ]


def test_no_reading_overflows() -> None:
    assert ANYWHERE.probability(1e6, 1, 1) == pytest.approx(1)
    assert 0 <= ANYWHERE.probability(-1e6, 0, 0) < 1e-6


def test_what_answers_comes_first() -> None:
    assert read(BOAT, OLD) == [OLD, BOAT]


def test_equal_ones_stay_in_the_order_of_the_first_stage() -> None:
    assert read(OLD, BOAT, SAME, marks={"米": 5.0})[0] == OLD


def test_what_is_not_read_follows_what_is() -> None:
    assert read(BOAT, OLD, NEW, most=2) == [OLD, BOAT, NEW]


def test_scores_fall_and_only_what_was_read_has_the_readers() -> None:
    quotes = [quote(f"{n}", text, score=0.6) for n, text in enumerate((BOAT, OLD, NEW))]
    found = reread("石桥有多长？", quotes, MarkReader({"420米": 6.0}), 2)
    scores = [one.hit.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == ANYWHERE.probability(6.0, 0.6, DENSE)
    assert found[0].hit.scores.reader == pytest.approx(1 / (1 + math.exp(-6)))
    assert found[2].hit.scores.reader is None
    assert found[2].hit.score <= min(confidence(0.6), scores[1])
    assert [one.reading is None for one in found] == [False, False, True]


def test_a_passage_is_read_under_its_title_and_headings() -> None:
    reader = MarkReader({})
    reread("石桥有多长？", [quote("a", OLD)], reader, 5)
    (page,) = reader.pages
    assert page.text == OLD
    assert "题a" in page.context
    assert "章" in page.context
    assert page != Page("", OLD)


def test_nothing_is_read_where_nothing_was_found() -> None:
    assert reread("石桥有多长？", [], MarkReader({}), 5) == []


# What is answered


def told(*texts: str, marks: dict[str, float]) -> list[tuple[str, int]]:
    """The answers of passages in their order, and the citations that they are of."""
    quotes = [quote(f"{n}", text, score=0.6) for n, text in enumerate(texts)]
    read = reread("石桥有多长？", quotes, MarkReader(marks), 9)
    return [(one.text, one.citation) for one in answers(LENGTH, read)]


def test_two_passages_that_differ_are_both_told() -> None:
    assert told(OLD, NEW, marks={"420": 9.0, "480": 9.0}) == [("420米", 1), ("480米", 2)]


def test_the_same_answer_is_told_once() -> None:
    assert told(OLD, SAME, marks={"420": 9.0}) == [("420米", 1)]


def test_what_is_unlikely_is_no_alternative() -> None:
    assert told(OLD, NEW, BOAT, marks={"420": 9.0}) == [("420米", 1)]


def test_what_cannot_be_meant_is_no_alternative() -> None:
    assert told(OLD, BOAT, marks={"420": 9.0, "渡船": 9.0}) == [("420米", 1)]


def test_answers_are_proven_by_their_places() -> None:
    quotes = [quote("a", OLD, start=7, score=0.6)]
    (answer,) = answers(LENGTH, reread("石桥有多长？", quotes, MarkReader({"420": 9.0}), 9))
    assert (answer.text, answer.sentence) == ("420米", OLD)
    assert (answer.start, answer.end) == (7 + OLD.index("420"), 7 + OLD.index("。"))
    assert answer.confidence == ANYWHERE.probability(9.0, 0.6, DENSE)


def test_a_text_that_nothing_was_pointed_at_in_is_quoted_as_a_sentence() -> None:
    assert told("\u200b\u200b。", marks={"\u200b": 9.0})


@pytest.mark.parametrize("score", [0.0, EVEN_SCORE - 0.01, EVEN_SCORE + 0.01, 0.9])
def test_without_a_reading_the_first_stage_says_whether_to_answer(score: float) -> None:
    assert is_sure(quote("a", OLD, score=score)) == (score >= EVEN_SCORE)
    assert confidence(score) <= SUREST


@pytest.mark.parametrize("logit", [-9.0, -3.0, 0.0, 3.0, 9.0])
def test_with_a_reading_the_probability_does(logit: float) -> None:
    (read,) = reread("？", [quote("a", OLD, score=0.5)], MarkReader({"420": logit}), 1)
    assert is_sure(read) == (ANYWHERE.probability(logit, 0.5, DENSE) >= LEAST_SURE)
