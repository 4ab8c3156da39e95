"""The sentence that answers, and highlights that stand where they say."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.answering import EVEN_SCORE, Sentence, best_sentence, confidence, highlights
from index.folding import fold
from index.fusion import DENSE_WEIGHT
from index.lexical import LexicalIndex
from index.question import Question, understand
from index.tokens import tokenize
from index.types import Span
from tests.fakes import SubjectEncoder

PLAIN = (0.0, 0.1)
NO_WORDS = LexicalIndex.build([["钱"], ["地"]], [0, 1])
TEXTS = st.text(
    alphabet="日照市扶贫资金投入10.4亿元ＧＤＰgdp㎡m2①ﬁ钱人地时，。！\n😀𠮷", max_size=60
)


def best(question: Question, subjects: str, text: str, max_tokens: int = 200) -> tuple[str, float]:
    encoder = SubjectEncoder(max_tokens=max_tokens)
    vector = encoder.embed_question(subjects)
    found = best_sentence(question, vector, text, encoder, NO_WORDS, PLAIN)
    assert isinstance(found, Sentence)
    return text[found.span.start : found.span.end], found.score


def test_the_sentence_nearest_in_meaning_and_words_by_hand() -> None:
    # Of the two passages one has 钱: its idf is ln 2, that of a word in none ln 6.
    question = Question("钱庚", {"钱": 1.0, "庚": 1.0}, ())
    share = math.log(2) / (math.log(2) + math.log(6))
    text = "地很多。钱很多！人很多。"
    sentence, score = best(question, "钱", text)
    assert sentence == "钱很多！"
    assert score == pytest.approx(DENSE_WEIGHT + (1 - DENSE_WEIGHT) * share)
    assert best(question, "人", text)[0] == "人很多。"


def test_of_equal_sentences_the_first_answers() -> None:
    assert best(Question("", {}, ()), "钱", "钱甲。钱乙。")[0] == "钱甲。"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("多少", "钱有10.4亿元。"), ("哪一年", "钱很多。"), ("哪年", "钱有10.4亿元。")],
)
def test_a_question_for_a_number_prefers_a_sentence_with_one(asked: str, answer: str) -> None:
    assert best(Question(asked, {}, ()), "钱", "钱很多。钱有10.4亿元。")[0] == answer


def test_sentences_across_lines_are_quoted_as_they_stand() -> None:
    text = "地。\n\n贫困人口通过转移就\n业，有钱有钱。\n地。"
    assert best(Question("", {}, ()), "钱人", text)[0] == "贫困人口通过转移就\n业，有钱有钱。"


def test_a_sentence_longer_than_the_model_reads_is_judged_by_its_beginning() -> None:
    text = "地。" + "钱" * 30 + "**" * 30 + "。"
    answer, score = best(Question("", {}, ()), "钱", text, max_tokens=40)
    assert answer == text[2:]
    assert score == pytest.approx(DENSE_WEIGHT)


@given(TEXTS, TEXTS.filter(str.strip), st.integers(0, 1000))
def test_highlights_are_slices_that_fold_to_the_questions_words(
    text: str, asked: str, offset: int
) -> None:
    question = understand(asked)
    wanted = {token for token, weight in question.weights.items() if weight > 0}
    spans = highlights(question, text, offset)
    assert all(one.end < other.start for one, other in pairwise(spans))
    marked = set()
    for span in spans:
        start, end = span.start - offset, span.end - offset
        assert 0 <= start < end <= len(text)
        marked |= set(range(start, end))
        folded = fold(text[start:end]).text
        assert any(word in folded for word in wanted)
        assert covered(folded, wanted)
    for token in tokenize(text):
        if token.text in wanted:
            assert marked.issuperset(range(token.start, token.end))


def covered(folded: str, words: set[str]) -> bool:
    """Whether every letter of a text belongs to one of the words."""
    places = {
        place
        for word in words
        for start in range(len(folded))
        if folded.startswith(word, start)
        for place in range(start, start + len(word))
    }
    return all(place in places for place, letter in enumerate(folded) if letter.isalnum())


def test_highlights_by_hand() -> None:
    question = understand("扶贫资金有多少？")
    # Touching words are one span; width is folded; 多少 only asks.
    assert highlights(question, "扶贫资金多少，资金。", 100) == (Span(100, 104), Span(107, 109))
    assert highlights(understand("gdp多少"), "ＧＤＰ增长", 0) == (Span(0, 3),)
    assert highlights(understand("多少？"), "多少？", 0) == ()


@given(st.floats(0, 1), st.floats(0, 1))
def test_confidence_rises_with_the_score_and_stays_between_0_and_1(one: float, two: float) -> None:
    low, high = sorted([one, two])
    assert 0 < confidence(low) <= confidence(high) < 1


def test_confidence_is_a_half_at_the_even_score() -> None:
    assert confidence(EVEN_SCORE) == 0.5


@given(TEXTS.filter(lambda text: any(letter.isalnum() for letter in text)), TEXTS)
def test_the_best_sentence_is_a_piece_of_the_text(text: str, subjects: str) -> None:
    encoder = SubjectEncoder()
    vector = encoder.embed_question(subjects)
    found = best_sentence(Question("", {}, ()), vector, text, encoder, NO_WORDS, PLAIN)
    sentence = text[found.span.start : found.span.end]
    assert sentence
    assert sentence == sentence.strip()
    assert np.isfinite(found.score)
