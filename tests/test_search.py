"""Ranking, worked by hand: whole ordered results with their scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.fusion import DENSE_WEIGHT, dense_scores, fuse
from index.lexical import LexicalIndex, Shares
from index.question import Question
from index.search import CANDIDATES, Ranked, Ranking, rank
from index.vectors import VectorIndex
from tests.fakes import SUBJECTS, SubjectEncoder

# Ten deviations make the whole of the dense scale: a cosine is its own score.
PLAIN = (0.0, 0.1)
# Every candidate is shown, and the figures below hold whatever the defaults are fitted to.
ALL = Ranking(shares=Shares(bm25=0.45, passage=0.2, document=0.35), elsewhere=0.6, least=0)
DENSE, WORDS = DENSE_WEIGHT, 1 - DENSE_WEIGHT
ENCODER = SubjectEncoder()
TOKENS = ["钱", "人", "地", "时", "济南"]


def legs(
    texts: Sequence[str], tokens: Sequence[Sequence[str]], documents: Sequence[int] | None = None
) -> tuple[VectorIndex, LexicalIndex]:
    """Both legs over passages given as their subjects and their tokens."""
    numbers = range(len(texts)) if documents is None else documents
    vectors = ENCODER.embed_sentences(texts)
    return VectorIndex.build(vectors), LexicalIndex.build(tokens, numbers)


def asking(*words: str, place: str = "") -> Question:
    places = (frozenset({place}),) if place else ()
    return Question("".join(words), dict.fromkeys(words, 1.0), places)


def found(
    question: Question,
    subjects: str,
    both: tuple[VectorIndex, LexicalIndex],
    k: int = 10,
    allowed: Sequence[int] | None = None,
    background: tuple[float, float] = PLAIN,
    ranking: Ranking = ALL,
) -> list[Ranked]:
    rows = None if allowed is None else np.array(allowed, np.int64)
    return rank(question, ENCODER.embed_question(subjects), *both, background, k, rows, ranking)


def told(ranked: Sequence[Ranked]) -> list[tuple[int, float, float, float]]:
    return [(one.row, one.score, one.scores.dense, one.scores.lexical) for one in ranked]


def approx(rows: list[tuple[int, float, float, float]]) -> list[object]:
    return [pytest.approx(row, abs=1e-6) for row in rows]


FOUR = legs(["钱", "钱地", "地", "人"], [["钱"], ["钱", "地"], ["地"], ["人"]])
# BM25 of one occurrence in a passage of 1 and of 2 tokens, the mean being 1.25: 1/(1 + k1·(…)).
SHORT = 0.45 / (1 + 1.2 * (0.25 + 0.75 * 1 / 1.25)) + 0.2 + 0.35
LONG = 0.45 / (1 + 1.2 * (0.25 + 0.75 * 2 / 1.25)) + 0.2 + 0.35
HALF = 0.5**0.5


def test_a_whole_ranking_by_hand() -> None:
    assert told(found(asking("钱"), "钱", FOUR)) == approx(
        [
            (0, DENSE * 1 + WORDS * SHORT, 1, SHORT),
            (1, DENSE * HALF + WORDS * LONG, HALF, LONG),
            (2, 0, 0, 0),
            (3, 0, 0, 0),
        ]
    )


def test_both_legs_score_what_either_found() -> None:
    # The vector asks for 地, the words for 钱.
    assert told(found(asking("钱"), "地", FOUR, k=3)) == approx(
        [
            (1, DENSE * HALF + WORDS * LONG, HALF, LONG),
            (2, DENSE, 1, 0),
            (0, WORDS * SHORT, 0, SHORT),
        ]
    )


def test_a_token_that_no_passage_has_takes_its_share() -> None:
    one, none = math.log(1 + 2.5 / 2.5), math.log(1 + 4.5 / 0.5)
    (best,) = found(asking("钱", "庚"), "时", FOUR, k=1)
    assert told([best]) == approx(
        [(0, WORDS * SHORT * one / (one + none), 0, SHORT * one / (one + none))]
    )


def test_only_allowed_rows_are_ranked_with_the_scores_they_always_have() -> None:
    everything = {one.row: one for one in found(asking("钱"), "钱", FOUR)}
    assert found(asking("钱"), "钱", FOUR, allowed=[1, 3]) == [everything[1], everything[3]]
    assert found(asking("钱"), "钱", FOUR, allowed=[]) == []


def test_what_is_as_near_as_any_text_is_no_hit() -> None:
    least = DENSE * HALF + WORDS * LONG - 1e-3
    ranked = found(asking("钱"), "钱", FOUR, ranking=replace(ALL, least=least))
    assert [one.row for one in ranked] == [0, 1]
    least += 2e-3
    ranked = found(asking("钱"), "钱", FOUR, ranking=replace(ALL, least=least))
    assert [one.row for one in ranked] == [0]


def test_equal_scores_are_in_the_order_of_rows() -> None:
    same = legs(["钱"] * 5, [["钱"]] * 5)
    ranked = found(asking("钱"), "钱", same)
    assert [one.row for one in ranked] == [0, 1, 2, 3, 4]
    assert len({one.score for one in ranked}) == 1
    assert [one.row for one in found(asking("钱"), "钱", same, k=2)] == [0, 1]


def test_a_document_that_does_not_name_the_place_keeps_six_tenths() -> None:
    passages = [["钱"], ["济南"], ["钱"], ["钱", "青岛"]]
    both = legs(["钱", "地", "钱", "钱"], passages, documents=[0, 0, 1, 2])
    plain = {one.row: one for one in found(asking("钱"), "钱", both)}
    ranked = found(asking("钱", place="济南"), "钱", both)
    expected = {row: one.score * (1 if row < 2 else 0.6) for row, one in plain.items()}
    assert {one.row: one.score for one in ranked} == pytest.approx(expected)
    assert {one.row: one.scores for one in ranked} == {r: one.scores for r, one in plain.items()}
    assert ranked[0].row == 0


def test_of_two_places_one_named_is_half_of_the_way() -> None:
    both = legs(["钱"] * 3, [["济南", "青岛"], ["济南"], ["威海"]])
    question = Question("", {}, (frozenset({"济南"}), frozenset({"青岛"})))
    assert told(found(question, "钱", both)) == approx(
        [(0, DENSE, 1, 0), (1, DENSE * 0.8, 1, 0), (2, DENSE * 0.6, 1, 0)]
    )


def test_a_passage_far_away_is_found_by_its_words() -> None:
    crowd = CANDIDATES + 50
    both = legs(["人"] * crowd + ["钱"], [["无"]] * crowd + [["钱"]])
    ranked = found(asking("钱"), "人", both, k=50, background=(1.0, 0.1))
    assert (ranked[0].row, ranked[0].scores.dense) == (crowd, 0)
    assert [one.scores.lexical for one in ranked[1:]] == [0] * 49


def test_without_a_shared_word_the_lexical_leg_finds_nothing() -> None:
    crowd = CANDIDATES + 50
    both = legs(["人"] * crowd + ["钱"], [["无"]] * crowd + [["钱"]])
    ranked = found(asking("有"), "人", both, k=CANDIDATES)
    assert len(ranked) == CANDIDATES
    assert crowd not in {one.row for one in ranked}
    assert {one.scores.lexical for one in ranked} == {0.0}


PASSAGES = st.lists(
    st.tuples(
        st.text(alphabet=SUBJECTS, max_size=4),
        st.lists(st.sampled_from(TOKENS), min_size=1, max_size=4),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=12,
)


@given(
    PASSAGES,
    st.text(alphabet=SUBJECTS, max_size=4),
    st.dictionaries(st.sampled_from([*TOKENS, "庚"]), st.sampled_from([0.0, 1.0])),
    st.sampled_from([(), ("济南",), ("庚",)]),
    st.tuples(st.floats(-1, 1), st.floats(1e-3, 1)),
    st.integers(1, 15),
    st.none() | st.sets(st.integers(0, 11)),
)
def test_scores_are_bounded_and_the_order_is_total(
    passages: list[tuple[str, list[str], int]],
    subjects: str,
    weights: dict[str, float],
    place: tuple[str, ...],
    background: tuple[float, float],
    k: int,
    chosen: set[int] | None,
) -> None:
    texts, tokens, documents = zip(*passages, strict=True)
    both = legs(texts, tokens, documents)
    rows = set(range(len(passages)))
    allowed = None if chosen is None else sorted(chosen & rows)
    question = Question("", weights, (frozenset(place),) if place else ())
    ranked = found(question, subjects, both, k, allowed, background)
    assert len(ranked) == min(k, len(rows if allowed is None else allowed))
    assert ranked == sorted(ranked, key=lambda one: (-one.score, one.row))
    assert {one.row for one in ranked} <= (rows if allowed is None else set(allowed))
    for one in ranked:
        assert 0 <= one.score <= 1
        assert 0 <= one.scores.dense <= 1
        assert 0 <= one.scores.lexical <= 1
        shared = {token for token, weight in weights.items() if weight} & set(tokens[one.row])
        assert (one.scores.lexical > 0) == bool(shared)


UNITS = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=9)


@given(UNITS, UNITS)
def test_fusion_is_the_weighted_mean_and_stays_within_its_legs(
    dense: list[float], lexical: list[float]
) -> None:
    size = min(len(dense), len(lexical))
    one, other = floats(dense[:size]), floats(lexical[:size])
    fused = fuse(one, other)
    assert fused == pytest.approx(DENSE * one + WORDS * other, abs=1e-6)
    assert ((fused >= 0) & (fused <= 1)).all()


def test_cosines_are_counted_from_the_background_in_its_deviations() -> None:
    scores = dense_scores(floats([0.1, 0.3, 0.4, 0.8, 1.0]), (0.3, 0.05))
    assert scores.tolist() == pytest.approx([0, 0, 0.2, 1, 1])


def floats(values: Sequence[float]) -> NDArray[np.float32]:
    return np.array(values, np.float32)
