"""BM25 against an independent implementation, and the bounds of the score."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from index.errors import IndexDamaged
from index.search.lexical import (
    K1,
    SHARES,
    B,
    LexicalIndex,
    Shares,
)

WORDS = st.lists(st.sampled_from("甲乙丙丁戊己"), min_size=1, max_size=8)
PASSAGES = st.lists(WORDS, min_size=1, max_size=8)


def index_of(passages: list[list[str]]) -> LexicalIndex:
    """Each passage in a document of its own."""
    return LexicalIndex.build(passages, range(len(passages)))


@given(PASSAGES, st.sets(st.sampled_from("甲乙丙丁戊己庚"), min_size=1))
def test_scores_are_those_of_an_independent_bm25(
    passages: list[list[str]], asked: set[str]
) -> None:
    lexical = index_of(passages)
    oracle = BM25Okapi(passages, k1=K1, b=B)
    # The reference's idf can be negative; ours is Lucene's. Its term frequency part is the same,
    # but for the factor k1 + 1.
    oracle.idf = {word: lexical.idf(word) / (K1 + 1) for word in oracle.idf}
    most = sum(lexical.idf(word) for word in asked)
    bm25 = oracle.get_scores(sorted(asked)) / most
    weights = dict.fromkeys(asked, 1.0)
    assert np.allclose(lexical.scores(weights, Shares(1, 0, 0)), bm25, atol=1e-5)
    # With a document a passage, what the passage has and what its document has are the same.
    present = [sum(map(lexical.idf, asked & set(passage))) / most for passage in passages]
    expected = SHARES.bm25 * bm25 + (SHARES.passage + SHARES.document) * np.array(present)
    assert np.allclose(lexical.scores(weights), expected, atol=1e-5)


@given(
    PASSAGES, st.dictionaries(st.sampled_from("甲乙丙丁戊己庚"), st.sampled_from([0.0, 0.5, 1.0]))
)
def test_scores_are_bounded_and_zero_without_a_shared_token(
    passages: list[list[str]], weights: dict[str, float]
) -> None:
    scores = index_of(passages).scores(weights)
    assert scores.shape == (len(passages),)
    assert ((scores >= 0) & (scores <= 1)).all()
    for passage, score in zip(passages, scores, strict=True):
        asked = {token for token, weight in weights.items() if weight > 0}
        assert (score > 0) == bool(asked & set(passage))


def test_a_score_by_hand() -> None:
    # Two passages of two tokens: every length is the mean, so the part of tf is 1 / (1 + 1.2).
    lexical = index_of([["甲", "乙"], ["乙", "丙"]])
    idf_one, idf_two, idf_none = (math.log(1 + (2 - n + 0.5) / (n + 0.5)) for n in (1, 2, 0))
    tf = 1 / (1 + 1.2)
    shares = Shares(bm25=0.45, passage=0.2, document=0.35)
    scores = lexical.scores({"甲": 1.0, "乙": 1.0, "庚": 1.0}, shares)
    most = idf_one + idf_two + idf_none
    worth = 0.45 * tf + 0.2 + 0.35
    assert scores == pytest.approx([(idf_one + idf_two) * worth / most, idf_two * worth / most])


def test_a_passage_gains_by_what_its_document_says_elsewhere() -> None:
    passages = [["济南", "概况"], ["收入", "增长"], ["收入", "增长"], ["日照", "概况"]]
    lexical = LexicalIndex.build(passages, [0, 0, 1, 1])
    _, jinan, rizhao, _ = lexical.scores({"济南": 1.0, "收入": 1.0})
    assert jinan > rizhao > 0
    assert lexical.documents_with(["济南", "收入"]).tolist() == [True, True, False, False]


def test_a_token_that_no_passage_has_lowers_every_score() -> None:
    lexical = index_of([["甲"], ["乙"]])
    assert lexical.scores({"甲": 1.0, "庚": 1.0})[0] < lexical.scores({"甲": 1.0})[0]


def test_no_tokens_no_scores() -> None:
    assert index_of([["甲"], ["乙"]]).scores({}).tolist() == [0, 0]


def test_saved_and_loaded_it_scores_the_same(tmp_path: Path) -> None:
    lexical = index_of([["甲", "乙", "乙"], ["丙"]])
    lexical.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    weights = {"乙": 1.0, "丙": 0.5}
    assert loaded.scores(weights).tolist() == lexical.scores(weights).tolist()


def test_a_damaged_file_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "lexical"
    index_of([["甲"]]).save(folder)
    (folder / "params.index.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexDamaged, match="lexical"):
        LexicalIndex.load(folder)
