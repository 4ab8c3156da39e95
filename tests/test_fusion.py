"""Scores of two legs on one scale, and dealt out within documents; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.fusion import (
    DENSE_SPAN,
    HIGHEST_POWER,
    LEAST_WORDS,
    LITTLE,
    MOST_WORDS,
    MUCH,
    dense_scores,
    fuse,
    reciprocal_ranks,
    said,
    within_documents,
)

SCORES = st.floats(0, 1, width=32)


def floats(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


def test_a_cosine_is_measured_from_that_of_unrelated_pairs() -> None:
    background = (0.5, 0.1 / DENSE_SPAN)
    found = dense_scores(floats(0.4, 0.5, 0.55, 0.6, 0.9), background)
    np.testing.assert_allclose(found, [0, 0, 0.5, 1, 1], atol=1e-6)


def test_the_legs_are_weighed() -> None:
    found = fuse(floats(1, 0, 1), floats(0, 1, 1))
    np.testing.assert_allclose(found, [1 - MOST_WORDS, MOST_WORDS, 1], rtol=1e-6)


def test_the_words_of_a_question_that_says_little_count_where_nearly_all_stand() -> None:
    found = fuse(floats(1, 0, 0, 1), floats(0, 1, 0.25, 1), 0.0)
    little = LEAST_WORDS * 0.25**HIGHEST_POWER
    np.testing.assert_allclose(found, [1 - LEAST_WORDS, LEAST_WORDS, little, 1], rtol=1e-6)


def test_how_much_a_question_says_grows_with_its_letters() -> None:
    assert [said(letters) for letters in (0, LITTLE, MUCH, 99)] == [0, 0, 1, 1]
    assert said(LITTLE + 1) == pytest.approx(1 / (MUCH - LITTLE))


def test_ranks_are_blind_to_scores() -> None:
    found = reciprocal_ranks(floats(0.9, 0.1, 0.8), floats(0.3, 0.2, 0.1), 0.5)
    np.testing.assert_allclose(found, [2 / 60, 1 / 62 + 1 / 61, 1 / 61 + 1 / 62], rtol=1e-6)


def test_passages_of_one_document_trade_places_and_keep_the_documents_scores() -> None:
    fused, own = floats(0.9, 0.5, 0.7, 0.3), floats(0.1, 0.8, 0.2, 0.4)
    found = within_documents(fused, own, np.array([0, 0, 1, 1], np.int32))
    np.testing.assert_array_equal(found, floats(0.5, 0.9, 0.3, 0.7))


@given(st.lists(st.tuples(SCORES, SCORES, st.integers(0, 3)), max_size=12))
def test_each_document_keeps_its_scores_and_gives_them_in_the_order_of_own(
    passages: list[tuple[float, float, int]],
) -> None:
    fused, own = (floats(*(one[leg] for one in passages)) for leg in (0, 1))
    documents = np.array([one[2] for one in passages], np.int32)
    found = within_documents(fused, own, documents)
    for document in set(documents.tolist()):
        mine = documents == document
        assert sorted(found[mine]) == sorted(fused[mine])
        ranked = found[mine][np.argsort(-own[mine], kind="stable")]
        assert list(ranked) == sorted(ranked, reverse=True)
