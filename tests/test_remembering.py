"""What was read is known: nothing is read twice while it is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.reader import Page, Pointed, Reading
from index.reading.remembering import RememberingReader

A, B, C, D = (Page("题", text) for text in "甲乙丙丁")
CALLS = st.lists(
    st.tuples(st.sampled_from("问答"), st.lists(st.sampled_from([A, B, C, D]), max_size=5)),
    max_size=12,
)


class Asked:
    """Its logit is the place of the text's character among all; it remembers what was asked."""

    fingerprint = "asked"

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[Page]]] = []

    def read(self, question: str, pages: Sequence[Page]) -> list[Reading]:
        self.calls.append((question, list(pages)))
        score = float(ord(question))
        return [Reading(float(ord(page.text)), (Pointed(0, 1, score),)) for page in pages]


def read(question: str, *pages: Page) -> list[Reading]:
    """What the reader itself gives."""
    return Asked().read(question, pages)


def test_what_was_read_is_not_read_again() -> None:
    asked = Asked()
    reader = RememberingReader(asked)
    assert reader.read("问", [A, B]) == read("问", A, B)
    assert reader.read("问", [C, B, A]) == read("问", C, B, A)
    assert reader.read("问", [B, C]) == read("问", B, C)
    assert asked.calls == [("问", [A, B]), ("问", [C])]


def test_a_page_is_read_for_each_question_by_itself() -> None:
    asked = Asked()
    reader = RememberingReader(asked)
    assert [reader.read(question, [A]) for question in "问答问"] == [
        read("问", A), read("答", A), read("问", A)
    ]  # fmt: skip
    assert asked.calls == [("问", [A]), ("答", [A])]


def test_the_same_text_under_another_title_is_another_page() -> None:
    asked = Asked()
    other = Page("另题", A.text)
    RememberingReader(asked).read("问", [A, other])
    assert asked.calls == [("问", [A, other])]


def test_a_page_that_is_asked_for_twice_at_once_is_read_once() -> None:
    asked = Asked()
    assert RememberingReader(asked).read("问", [B, A, B]) == read("问", B, A, B)
    assert asked.calls == [("问", [B, A])]


def test_of_no_pages_nothing_is_asked() -> None:
    asked = Asked()
    assert RememberingReader(asked).read("问", []) == []
    assert asked.calls == []


def test_what_was_not_asked_for_the_longest_is_forgotten() -> None:
    asked = Asked()
    reader = RememberingReader(asked, most=2)
    for page in (A, B, A, C, A, B):
        reader.read("问", [page])
    # B was asked for before A was again, so C took its place.
    assert [pages for _, pages in asked.calls] == [[A], [B], [C], [B]]


@pytest.mark.parametrize("most", [0, 1, 2])
def test_more_than_is_kept_can_be_read_at_once(most: int) -> None:
    asked = Asked()
    reader = RememberingReader(asked, most=most)
    for _ in range(2):
        assert reader.read("问", [A, B, C]) == read("问", A, B, C)
    # The last ones of a call are kept.
    assert asked.calls[1:] == [("问", [A, B, C][: 3 - most])]


@given(CALLS, st.integers(0, 6))
def test_it_reads_as_the_reader_does(calls: list[tuple[str, list[Page]]], most: int) -> None:
    asked = Asked()
    reader = RememberingReader(asked, most)
    for question, pages in calls:
        assert reader.read(question, pages) == read(question, *pages)
    assert all(pages and len(set(pages)) == len(pages) for _, pages in asked.calls)


@given(CALLS)
def test_with_room_for_all_each_is_read_once(calls: list[tuple[str, list[Page]]]) -> None:
    asked = Asked()
    reader = RememberingReader(asked)
    for question, pages in calls:
        reader.read(question, pages)
    told = [(question, page) for question, pages in asked.calls for page in pages]
    assert len(told) == len(set(told))
    assert set(told) == {(question, page) for question, pages in calls for page in pages}


def test_its_readings_are_those_of_the_readers_fingerprint() -> None:
    assert RememberingReader(Asked()).fingerprint == "asked"


def test_threads_may_share_it() -> None:
    together = Barrier(8)
    reader = RememberingReader(Asked(), most=3)

    def ask(first: int) -> list[list[Reading]]:
        together.wait()
        pages = [A, B, C, D] * 2
        return [reader.read("问", pages[place : place + 3]) for place in [first % 4] * 50]

    pages = [A, B, C, D] * 2
    with ThreadPoolExecutor(8) as pool:
        for first, found in enumerate(pool.map(ask, range(8))):
            start = first % 4
            assert found == [read("问", *pages[start : start + 3])] * 50
