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

from index.search.fusion import MOST_WORDS, Floats, dense_scores, fuse
from index.search.lexical import LexicalIndex, Shares
from index.search.literal import LiteralIndex
from index.search.question import Question
from index.search.ranking import CANDIDATES, HALF_ASKED, LEAST_SCORE, Legs, Ranked, Ranking, rank
from index.search.vectors import VectorIndex
from tests.fakes import SUBJECTS, SubjectEncoder

# Ten deviations make the whole of the dense scale: a cosine is its own score.
PLAIN = (0.0, 0.1)
# Every candidate is shown, and the figures below hold whatever the defaults are fitted to.
DENSE, WORDS = 0.6, 0.4


def weighted(dense: Floats, lexical: Floats, said: float) -> Floats:
    return np.float32(DENSE) * dense + np.float32(WORDS) * lexical


# The real fusion is worked by hand where it is tested; here a plain one keeps the sums short.
ALL = Ranking(weighted, Shares(bm25=0.45, passage=0.2, document=0.35), elsewhere=0.6, least=0)
ENCODER = SubjectEncoder()
TOKENS = ["钱", "人", "地", "时", "济南"]


def legs(
    texts: Sequence[str],
    tokens: Sequence[Sequence[str]],
    documents: Sequence[int] | None = None,
    *,
    letters: Sequence[str] = (),
    groups: Sequence[int] | None = None,
) -> Legs:
    """All legs over passages given as their subjects, their tokens and, where told, letters."""
    each = range(len(texts))
    return Legs(
        VectorIndex.build(ENCODER.embed_sentences(texts)),
        LexicalIndex.build(tokens, each if documents is None else documents),
        LiteralIndex.build(letters or [""] * len(texts)),
        np.array(each if groups is None else groups, np.int32),
        PLAIN,
    )


def asking(*words: str, place: str = "") -> Question:
    places = (frozenset({place}),) if place else ()
    return Question("".join(words), (dict.fromkeys(words, 1.0),), places)


def found(
    question: Question,
    subjects: str,
    over: Legs,
    k: int = 10,
    allowed: Sequence[int] | None = None,
    ranking: Ranking = ALL,
) -> list[Ranked]:
    rows = None if allowed is None else np.array(allowed, np.int64)
    return rank(question, ENCODER.embed_question(subjects), over, k, rows, ranking)


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
    near = legs(["钱", "钱地"], [["人"], ["人"]])
    for least, rows in ((DENSE * HALF - 1e-3, [0, 1]), (DENSE * HALF + 1e-3, [0])):
        ranked = found(asking("钱"), "钱", near, ranking=replace(ALL, least=least))
        assert [one.row for one in ranked] == rows


def test_what_has_half_of_what_is_asked_for_is_a_hit_whatever_its_score() -> None:
    assert LONG >= HALF_ASKED
    ranked = found(asking("钱"), "钱", FOUR, ranking=replace(ALL, least=0.99))
    assert [one.row for one in ranked] == [0, 1]


def test_equal_scores_are_in_the_order_of_rows() -> None:
    same = legs(["钱"] * 5, [["钱"]] * 5)
    ranked = found(asking("钱"), "钱", same)
    assert [one.row for one in ranked] == [0, 1, 2, 3, 4]
    assert len({one.score for one in ranked}) == 1
    assert [one.row for one in found(asking("钱"), "钱", same, k=2)] == [0, 1]


def test_a_document_that_does_not_name_the_place_keeps_six_tenths() -> None:
    passages = [["钱"], ["济南"], ["钱"], ["钱", "青岛"]]
    many = legs(["钱", "地", "钱", "钱"], passages, documents=[0, 0, 1, 2])
    plain = {one.row: one for one in found(asking("钱"), "钱", many)}
    ranked = found(asking("钱", place="济南"), "钱", many)
    expected = {row: one.score * (1 if row < 2 else 0.6) for row, one in plain.items()}
    assert {one.row: one.score for one in ranked} == pytest.approx(expected)
    assert {one.row: one.scores for one in ranked} == {r: one.scores for r, one in plain.items()}
    assert ranked[0].row == 0


def test_of_two_places_one_named_is_half_of_the_way() -> None:
    many = legs(["钱"] * 3, [["济南", "青岛"], ["济南"], ["威海"]])
    question = Question("", ({},), (frozenset({"济南"}), frozenset({"青岛"})))
    assert told(found(question, "钱", many)) == approx(
        [(0, DENSE, 1, 0), (1, DENSE * 0.8, 1, 0), (2, DENSE * 0.6, 1, 0)]
    )


def test_a_passage_far_away_is_found_by_its_words() -> None:
    crowd = CANDIDATES + 50
    many = legs(["人"] * crowd + ["钱"], [["无"]] * crowd + [["钱"]])
    ranked = found(asking("钱"), "人", replace(many, background=(1.0, 0.1)), k=50)
    assert (ranked[0].row, ranked[0].scores.dense) == (crowd, 0)
    assert [one.scores.lexical for one in ranked[1:]] == [0] * 49


def test_without_a_shared_word_the_lexical_leg_finds_nothing() -> None:
    crowd = CANDIDATES + 50
    many = legs(["人"] * crowd + ["钱"], [["无"]] * crowd + [["钱"]])
    ranked = found(asking("有"), "人", many, k=CANDIDATES)
    assert len(ranked) == CANDIDATES
    assert crowd not in {one.row for one in ranked}
    assert {one.scores.lexical for one in ranked} == {0.0}


# Synonyms


def test_a_passage_has_the_score_of_the_wording_that_fits_it_best() -> None:
    wordings = ({"庚": 1.0}, {"钱": 1.0}, {"地": 1.0, "庚": 1.0})
    one, none = math.log(1 + 2.5 / 2.5), math.log(1 + 4.5 / 0.5)
    share = one / (one + none)
    assert told(found(Question("庚", wordings, ()), "时", FOUR)) == approx(
        [
            (0, WORDS * SHORT, 0, SHORT),
            (1, WORDS * LONG, 0, LONG),
            (2, WORDS * SHORT * share, 0, SHORT * share),
            (3, 0, 0, 0),
        ]
    )


def test_a_passage_far_away_is_found_by_a_synonym() -> None:
    crowd = CANDIDATES + 50
    many = legs(["人"] * crowd + ["时"], [["无"]] * crowd + [["钱"]])
    question = Question("庚", ({"庚": 1.0}, {"钱": 1.0}), ())
    assert found(question, "人", replace(many, background=(1.0, 0.1)))[0].row == crowd


# Reprints


def test_of_reprints_the_best_is_a_hit_and_counts_as_one() -> None:
    apart = {one.row: one for one in found(asking("钱"), "地", FOUR)}
    reprinted = replace(FOUR, groups=np.array([0, 0, 2, 2], np.int32))
    assert found(asking("钱"), "地", reprinted) == [apart[1], apart[2]]
    assert found(asking("钱"), "地", reprinted, k=2) == [apart[1], apart[2]]
    assert found(asking("钱"), "地", reprinted, k=1) == [apart[1]]


def test_of_reprints_with_equal_scores_the_first_is_a_hit() -> None:
    same = legs(["钱"] * 4, [["钱"]] * 4, groups=[0, 1, 0, 1])
    assert [one.row for one in found(asking("钱"), "钱", same)] == [0, 1]


def test_a_reprint_is_a_hit_where_the_better_one_is_filtered_out() -> None:
    apart = {one.row: one for one in found(asking("钱"), "钱", FOUR)}
    reprinted = replace(FOUR, groups=np.array([0, 0, 0, 3], np.int32))
    assert found(asking("钱"), "钱", reprinted, allowed=[1, 2, 3]) == [apart[1], apart[3]]


# What stands letter by letter


def spelt(text: str, *words: str) -> Question:
    """A question with a text of its own, as tokens do not have every piece of a text."""
    return Question(text, (dict.fromkeys(words, 1.0),), ())


LETTERS = replace(FOUR, literal=LiteralIndex.build(["甲", "甲乙", "丙", "农业发展，甲乙"]))


def test_passages_with_the_whole_question_come_first_from_one_half_up() -> None:
    assert told(found(spelt("业发展", "钱"), "钱", LETTERS)) == approx(
        [
            (3, 1 / 2, 0, 0),
            (0, (DENSE + WORDS * SHORT) / 2, 1, SHORT),
            (1, (DENSE * HALF + WORDS * LONG) / 2, HALF, LONG),
            (2, 0, 0, 0),
        ]
    )
    assert told(found(spelt("甲乙", "钱"), "钱", LETTERS)) == approx(
        [
            (1, (1 + DENSE * HALF + WORDS * LONG) / 2, HALF, LONG),
            (3, 1 / 2, 0, 0),
            (0, (DENSE + WORDS * SHORT) / 2, 1, SHORT),
            (2, 0, 0, 0),
        ]
    )


def test_what_stands_nowhere_or_is_a_letter_changes_no_score() -> None:
    plain = found(asking("钱"), "钱", FOUR)
    for text in ("业发达", "甲", "农业发展甲乙", "农业发展，" * 3):
        assert found(spelt(text, "钱"), "钱", LETTERS) == plain
    off = replace(ALL, literal=False)
    assert found(spelt("业发展", "钱"), "钱", LETTERS, ranking=off) == plain


def test_what_stands_only_where_the_filters_do_not_look_changes_no_score() -> None:
    plain = {one.row: one for one in found(asking("钱"), "钱", FOUR)}
    assert found(spelt("业发展", "钱"), "钱", LETTERS, allowed=[0, 1]) == [plain[0], plain[1]]
    ranked = found(spelt("业发展", "钱"), "钱", LETTERS, allowed=[0, 3])
    assert [(one.row, one.score) for one in ranked] == [
        (3, 0.5),
        (0, pytest.approx(plain[0].score / 2)),
    ]


def test_a_question_without_content_is_found_and_is_no_reason_to_be_sure() -> None:
    serving = replace(ALL, least=LEAST_SCORE)
    question = Question("业发展", ({"业发展": 0.0},), ())
    assert told(found(question, "时", LETTERS, ranking=serving)) == approx([(3, LEAST_SCORE, 0, 0)])
    # However near its meaning is to a passage, nothing has been asked.
    assert told(found(question, "钱", LETTERS, ranking=serving)) == approx([(3, LEAST_SCORE, 0, 0)])


def test_a_phrase_is_found_in_a_passage_that_both_other_legs_miss() -> None:
    crowd = CANDIDATES + 50
    many = legs(
        ["人"] * crowd + ["钱"], [["无"]] * (crowd + 1), letters=["无"] * crowd + ["甲乙丙"]
    )
    (best,) = found(spelt("甲乙", "庚"), "人", replace(many, background=(1.0, 0.1)), k=1)
    assert told([best]) == approx([(crowd, 0.5, 0, 0)])


def test_of_many_passages_with_the_phrase_those_with_the_best_words_are_found() -> None:
    crowd = CANDIDATES + 50
    many = legs(["人"] * crowd, [["无"]] * (crowd - 2) + [["钱"]] * 2, letters=["甲乙"] * crowd)
    ranked = found(spelt("甲乙", "钱"), "时", many, k=3)
    assert [one.row for one in ranked] == [crowd - 2, crowd - 1, 0]


PASSAGES = st.lists(
    st.tuples(
        st.text(alphabet=SUBJECTS, max_size=4),
        st.lists(st.sampled_from(TOKENS), min_size=1, max_size=4),
        st.integers(0, 3),
        st.integers(0, 11),
    ),
    min_size=1,
    max_size=12,
)
WEIGHTS = st.dictionaries(st.sampled_from([*TOKENS, "庚"]), st.sampled_from([0.0, 1.0]))


@given(
    PASSAGES,
    st.text(alphabet=SUBJECTS, max_size=4),
    st.sampled_from(["", "钱人", "济南", "庚庚"]),
    st.lists(WEIGHTS, min_size=1, max_size=3),
    st.sampled_from([(), ("济南",), ("庚",)]),
    st.tuples(st.floats(-1, 1), st.floats(1e-3, 1)),
    st.integers(1, 15),
    st.none() | st.sets(st.integers(0, 11)),
)
def test_scores_are_bounded_and_the_order_is_total(
    passages: list[tuple[str, list[str], int, int]],
    subjects: str,
    text: str,
    weights: list[dict[str, float]],
    place: tuple[str, ...],
    background: tuple[float, float],
    k: int,
    chosen: set[int] | None,
) -> None:
    texts, tokens, documents, kinds = zip(*passages, strict=True)
    letters = ["".join(some) for some in tokens]
    groups = [kinds.index(kind) for kind in kinds]
    all_legs = legs(texts, tokens, documents, letters=letters, groups=groups)
    rows = set(range(len(passages)))
    allowed = sorted(rows if chosen is None else chosen & rows)
    question = Question(text, tuple(weights), (frozenset(place),) if place else ())
    ranked = found(
        question,
        subjects,
        replace(all_legs, background=background),
        k,
        None if chosen is None else allowed,
    )
    assert len(ranked) == min(k, len({groups[row] for row in allowed}))
    assert len({groups[one.row] for one in ranked}) == len(ranked)
    assert ranked == sorted(ranked, key=lambda one: (-one.score, one.row))
    assert {one.row for one in ranked} <= set(allowed)
    for one in ranked:
        assert 0 <= one.score <= 1
        assert 0 <= one.scores.dense <= 1
        assert 0 <= one.scores.lexical <= 1
        assert (one.scores.lexical > 0) == bool(question.content & set(tokens[one.row]))
        if text and text in letters[one.row]:
            assert one.score >= (0.5 if question.content else np.float32(LEAST_SCORE))


UNITS = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=9)


@given(UNITS, UNITS)
def test_fusion_is_the_weighted_mean_and_stays_within_its_legs(
    dense: list[float], lexical: list[float]
) -> None:
    size = min(len(dense), len(lexical))
    one, other = floats(dense[:size]), floats(lexical[:size])
    fused = fuse(one, other)
    assert fused == pytest.approx((1 - MOST_WORDS) * one + MOST_WORDS * other, abs=1e-6)
    assert ((fused >= 0) & (fused <= 1)).all()


def test_cosines_are_counted_from_the_background_in_its_deviations() -> None:
    scores = dense_scores(floats([0.1, 0.3, 0.4, 0.8, 1.0]), (0.3, 0.05))
    assert scores.tolist() == pytest.approx([0, 0, 0.2, 1, 1])


def floats(values: Sequence[float]) -> NDArray[np.float32]:
    return np.array(values, np.float32)
