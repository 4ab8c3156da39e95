"""Our measures by hand and against scikit-learn."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from metrics import (
    Bin,
    auc,
    calibration_error,
    character_f1,
    exact_match,
    ndcg,
    recall_at,
    reciprocal_rank,
    reliability,
)
from sklearn.metrics import ndcg_score, roc_auc_score

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9]), min_size=1, max_size=12)


def test_ranks_by_hand() -> None:
    found = [False, False, True, False, True]
    assert (recall_at(found, 2), recall_at(found, 3)) == (0, 1)
    assert reciprocal_rank(found) == pytest.approx(1 / 3)
    assert ndcg([False, True], known=1) == pytest.approx(1 / math.log2(3))


@given(st.lists(st.booleans(), min_size=2, max_size=10))
def test_ndcg_is_that_of_scikit_learn(found: list[bool]) -> None:
    expected = ndcg_score([[float(hit) for hit in found]], [list(range(len(found), 0, -1))], k=10)
    assert ndcg(found, known=sum(found)) == pytest.approx(expected)


@given(SCORES, SCORES)
def test_auc_is_that_of_scikit_learn(positives: list[float], negatives: list[float]) -> None:
    labels = [1] * len(positives) + [0] * len(negatives)
    assert auc(positives, negatives) == pytest.approx(roc_auc_score(labels, positives + negatives))


def test_without_both_kinds_there_is_no_auc() -> None:
    assert math.isnan(auc([1.0], []))


@pytest.mark.parametrize(
    ("given_answer", "match", "f1"),
    [
        ("10.4亿元", 1, 1),
        ("10.4億元", 1, 1),
        ("１０．４ 亿元。", 1, 1),
        ("10.4亿", 0, 2 * 4 / (4 + 5)),
        ("无", 0, 0),
    ],
)
def test_answers_by_hand(given_answer: str, match: float, f1: float) -> None:
    assert exact_match(given_answer, ["10.4亿元"]) == match
    assert character_f1(given_answer, ["10.4亿元"]) == pytest.approx(f1)


def test_calibration_by_hand() -> None:
    # Two at .95 of which one is right (gap .45), two at .05 of which none is right (gap .05).
    bins = reliability([0.95, 0.95, 0.05, 0.05], [True, False, False, False])
    assert bins == [Bin(2, 0.05, 0), Bin(2, 0.95, 0.5)]
    assert calibration_error(bins) == pytest.approx((2 * 0.45 + 2 * 0.05) / 4)
    assert math.isnan(calibration_error(reliability([], [])))


def test_full_confidence_is_in_the_last_bin() -> None:
    assert reliability([1.0, 0.0], [True, True]) == [Bin(1, 0.0, 1.0), Bin(1, 1.0, 1.0)]
