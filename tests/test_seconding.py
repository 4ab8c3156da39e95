"""Whether another document says the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from index.reading.reader import Page, Pointed, Reading
from index.search import seconding
from index.search.citing import Quote
from index.search.rereading import reread
from tests.fakes import MarkReader
from tests.test_citing import quote

EVEN = 0.5
"""What the reader's logit of 0 is as a probability."""


def seconded(quotes: Sequence[Quote]) -> list[float]:
    """How much each of these quotes, which are read, is seconded."""
    return seconding.seconded(quotes, [one.reading for one in quotes if one.reading])


def read(*quotes: Quote, **marks: float) -> list[Quote]:
    """The quotes, read in their order."""
    reader = MarkReader({mark.strip("_"): logit for mark, logit in marks.items()})
    found = reread("石桥有多长？", list(quotes), reader, len(quotes))
    return sorted(found, key=lambda one: one.found.document.id)


def test_another_document_that_says_the_same_seconds_it() -> None:
    both = read(quote("a", "石桥长420米。"), quote("b", "新桥有420米长。"), _420米=0.0)
    assert seconded(both) == [EVEN, EVEN]


def test_what_says_something_else_does_not() -> None:
    both = read(quote("a", "石桥长420米。"), quote("b", "石桥长480米。"), _420米=0.0, _480米=0.0)
    assert seconded(both) == [0, 0]


def test_a_document_does_not_second_itself() -> None:
    assert seconded(read(quote("a", "长420米。"), quote("a", "共420米。"), _420米=0.0)) == [0, 0]


class Listed:
    """Reads the pages with the logits that it is given, and points at `420米` in each."""

    fingerprint = "listed"

    def __init__(self, *logits: float) -> None:
        self._logits = logits

    def read(self, question: str, pages: Sequence[Page]) -> list[Reading]:
        return [Reading(logit, (Pointed(1, 5, 1.0),)) for logit in self._logits]


def listed(names: str, *logits: float) -> dict[str, float]:
    """How much each document is seconded, each name's passage being read with its logit."""
    quotes = reread("？", [quote(name, "长420米。") for name in names], Listed(*logits), 9)
    return dict(zip((one.found.document.id for one in quotes), seconded(quotes), strict=True))


def sure(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def test_each_other_document_counts_as_much_as_it_is_sure() -> None:
    expected = {"a": sure(2) + sure(-1), "b": sure(0) + sure(-1), "c": sure(0) + sure(2)}
    assert listed("abc", 0, 2, -1) == pytest.approx(expected)


def test_no_more_than_the_two_surest_count() -> None:
    assert listed("abcd", 0, -1, 2, 1)["a"] == pytest.approx(sure(2) + sure(1))


def test_a_document_counts_once_with_its_surest_passage() -> None:
    assert listed("abbb", 0, 1, 2, 0)["a"] == pytest.approx(sure(2))


def test_a_text_that_nothing_is_pointed_at_in_is_not_seconded() -> None:
    class Reader:
        fingerprint = "nothing"

        def read(self, question: str, pages: Sequence[Page]) -> list[Reading]:
            return [Reading(0.0, ()) for _ in pages]

    assert seconded(reread("？", [quote("a", "甲乙"), quote("b", "甲乙")], Reader(), 2)) == [0, 0]


def test_what_is_seconded_goes_before_what_is_not() -> None:
    quotes = [
        quote("a", "石桥长480米。", score=0.51),
        quote("b", "石桥长420米。", score=0.5),
        quote("c", "新桥有420米长。", score=0.3),
    ]
    found = reread("石桥有多长？", quotes, MarkReader({"420米": 1.0, "480米": 1.0}), 3)
    assert found[0].found.document.id == "b"
    alone = reread("石桥有多长？", quotes[:2], MarkReader({"420米": 1.0, "480米": 1.0}), 3)
    assert [one.found.document.id for one in alone] == ["a", "b"]
