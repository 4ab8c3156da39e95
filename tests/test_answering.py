"""The sentence that answers, and highlights that stand where they say."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.folding import fold
from index.language.lexicon import NO_WORDS, Words, lexicon_of
from index.language.tokens import tokenize
from index.search.answering import (
    EVEN_SCORE,
    Sentence,
    best_sentence,
    confidence,
    highlights,
    is_confident,
)
from index.search.fusion import MOST_WORDS
from index.search.lexical import LexicalIndex
from index.search.question import Question, understand
from index.types import Span
from tests.fakes import SubjectEncoder

PLAIN = (0.0, 0.1)
LEXICAL = LexicalIndex.build([["钱"], ["地"]], [0, 1])
TEXTS = st.text(
    alphabet="日照市扶贫资金投入10.4亿元ＧＤＰgdp㎡m2①ﬁ钱人地时，。！\n😀𠮷", max_size=60
)


def best(question: Question, subjects: str, text: str, max_tokens: int = 200) -> tuple[str, float]:
    encoder = SubjectEncoder(max_tokens=max_tokens)
    vector = encoder.embed_question(subjects)
    found = best_sentence(question, vector, text, encoder, LEXICAL, PLAIN, NO_WORDS)
    assert isinstance(found, Sentence)
    return text[found.span.start : found.span.end], found.score


def test_the_sentence_nearest_in_meaning_and_words_by_hand() -> None:
    # Of the two passages one has 钱: its idf is ln 2, that of a word in none ln 6.
    question = Question("钱庚", ({"钱": 1.0, "庚": 1.0},), ())
    share = math.log(2) / (math.log(2) + math.log(6))
    text = "地很多。钱很多！人很多。"
    sentence, score = best(question, "钱", text)
    assert sentence == "钱很多！"
    assert score == pytest.approx((1 - MOST_WORDS) + MOST_WORDS * share)
    assert best(question, "人", text)[0] == "人很多。"


def test_of_equal_sentences_the_first_answers() -> None:
    assert best(Question("", ({},), ()), "钱", "钱甲。钱乙。")[0] == "钱甲。"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("多少", "钱有10.4亿元。"), ("哪一年", "钱很多。"), ("哪年", "钱有10.4亿元。")],
)
def test_a_question_for_a_number_prefers_a_sentence_with_one(asked: str, answer: str) -> None:
    assert best(Question(asked, ({},), ()), "钱", "钱很多。钱有10.4亿元。")[0] == answer


def test_sentences_across_lines_are_quoted_as_they_stand() -> None:
    text = "地。\n\n贫困人口通过转移就\n业，有钱有钱。\n地。"
    assert best(Question("", ({},), ()), "钱人", text)[0] == "贫困人口通过转移就\n业，有钱有钱。"


def test_a_sentence_longer_than_the_model_reads_is_judged_by_its_beginning() -> None:
    text = "地。" + "钱" * 30 + "**" * 30 + "。"
    answer, score = best(Question("", ({},), ()), "钱", text, max_tokens=40)
    assert answer == text[2:]
    assert score == pytest.approx(1 - MOST_WORDS)


@given(TEXTS, TEXTS.filter(str.strip), st.integers(0, 1000))
def test_highlights_are_slices_that_fold_to_the_questions_words(
    text: str, asked: str, offset: int
) -> None:
    question = understand(asked)
    wanted = set(question.content)
    spans = highlights(question, text, offset, NO_WORDS)
    assert all(one.end < other.start for one, other in pairwise(spans))
    found = set()
    for span in spans:
        start, end = span.start - offset, span.end - offset
        assert 0 <= start < end <= len(text)
        found |= set(range(start, end))
        folded = fold(text[start:end]).text
        assert any(word in folded for word in wanted)
    # A word that is part of a rewritten figure stands for all of it: 1 marks 01亿.
    tokens = [token for token in tokenize(text) if token.text in wanted]
    assert found == {place for token in tokens for place in range(token.start, token.end)}


def marked(
    question: Question, text: str, offset: int = 0, own: Words = NO_WORDS
) -> tuple[Span, ...]:
    return highlights(question, text, offset, own)


def test_highlights_by_hand() -> None:
    question = understand("扶贫资金有多少？")
    # Touching words are one span; width is folded; 多少 only asks.
    assert marked(question, "扶贫资金多少，资金。", 100) == (Span(100, 104), Span(107, 109))
    assert marked(understand("gdp多少"), "ＧＤＰ增长") == (Span(0, 3),)
    assert marked(understand("多少？"), "多少？") == ()


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        ("三千万", "投入3000万元", ["3000万"]),
        ("3000万元", "共投入30,000,000元。", ["30,000,000元"]),
        ("第12条", "依照第十二条办理", ["第十二条"]),
        ("80%", "达到百分之八十。", ["百分之八十"]),
        ("国办发[2024]3号", "见国办发〔2024〕3号。", ["国办发〔2024〕3号"]),
        ("貧困", "脱贫，贫困人口", ["贫困"]),
        ("２０２０年5月", "截至二〇二〇年五月底", ["二〇二〇年五月"]),
    ],
)
def test_highlights_lie_on_the_figures_as_they_are_written(
    asked: str, text: str, expected: list[str]
) -> None:
    spans = marked(understand(asked), text)
    assert [text[span.start : span.end] for span in spans] == expected


def test_synonyms_and_words_of_the_users_own_are_highlighted() -> None:
    lexicon = lexicon_of(["红桥镇"], [("农发行", "中国农业发展银行")])
    question = understand("农发行在红桥镇有吗", lexicon)
    text = "中国农业发展银行到了红桥镇"
    spans = marked(question, text, own=lexicon.words)
    assert [text[span.start : span.end] for span in spans] == ["中国农业发展银行", "红桥镇"]


def test_a_sentence_is_scored_by_the_wording_that_fits_it_best() -> None:
    # As 地 all of the question stands in the second sentence, as 庚 nothing of it.
    question = Question("庚", ({"庚": 1.0}, {"地": 1.0}), ())
    sentence, score = best(question, "钱", "人多。地大。")
    assert sentence == "地大。"
    assert score == pytest.approx(MOST_WORDS)


@given(st.floats(0, 1), st.floats(0, 1))
def test_confidence_rises_with_the_score_and_stays_between_0_and_1(one: float, two: float) -> None:
    low, high = sorted([one, two])
    assert 0 < confidence(low) <= confidence(high) < 1


def test_from_the_even_score_on_a_passage_is_answered_from() -> None:
    assert is_confident(EVEN_SCORE)
    assert not is_confident(EVEN_SCORE - 1e-6)


@given(TEXTS.filter(lambda text: any(letter.isalnum() for letter in text)), TEXTS)
def test_the_best_sentence_is_a_piece_of_the_text(text: str, subjects: str) -> None:
    encoder = SubjectEncoder()
    vector = encoder.embed_question(subjects)
    found = best_sentence(Question("", ({},), ()), vector, text, encoder, LEXICAL, PLAIN, NO_WORDS)
    sentence = text[found.span.start : found.span.end]
    assert sentence
    assert sentence == sentence.strip()
    assert np.isfinite(found.score)
