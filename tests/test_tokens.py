from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.folding import fold
from index.language.lexicon import Words
from index.language.tokens import Token, terms, tokenize, word_over_seam

TEXTS = st.text(alphabet="日照农业发展银行健康ＡＢab１2㎡①ﬁ😀 ，。\u3000é\u0301", max_size=60)


def test_words_and_pairs_each_once_with_their_places() -> None:
    assert tokenize("农业发展银行") == [
        Token("农业", 0, 2),
        Token("农业发展银行", 0, 6),
        Token("业发", 1, 3, whole=False),
        Token("发展", 2, 4),
        Token("展银", 3, 5, whole=False),
        Token("银行", 4, 6),
    ]


def test_a_repeated_word_counts_as_often_as_it_stands() -> None:
    assert sorted(terms("扶贫，扶贫")) == ["扶贫", "扶贫"]


def test_width_and_case_are_folded_and_places_are_of_the_original() -> None:
    gdp, *_, metres = tokenize("ＧＤＰ增㎡")
    assert (gdp, metres) == (Token("gdp", 0, 3), Token("m2", 4, 5))


def test_punctuation_and_emoji_give_no_tokens() -> None:
    assert tokenize("？！，。 \u3000😀…") == []


@given(TEXTS)
def test_a_token_stands_in_the_folded_text_at_its_place(text: str) -> None:
    folded = fold(text)
    for token in tokenize(text):
        assert 0 <= token.start < token.end <= len(text)
        size = len(token.text)
        assert any(
            (folded.starts[at], folded.ends[at + size - 1]) == (token.start, token.end)
            for at in range(len(folded.text) - size + 1)
            if folded.text.startswith(token.text, at)
        )


@given(TEXTS)
def test_terms_are_the_tokens_texts(text: str) -> None:
    assert sorted(terms(text)) == sorted(token.text for token in tokenize(text))


@given(st.text(alphabet="日照农业发展银行健康", min_size=2, max_size=12), st.data())
def test_any_part_of_two_characters_is_a_token(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    assert text[start : start + 2] in terms(text)


def test_a_word_over_a_seam() -> None:
    assert word_over_seam("转移就", "业脱贫")
    assert not word_over_seam("扶贫资金", "全市投入")


def test_traditional_and_simplified_give_the_same_tokens_at_the_same_places() -> None:
    assert tokenize("臺灣的農業發展") == tokenize("台湾的农业发展")
    assert tokenize("農業")[0] == Token("农业", 0, 2)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("投入三千萬元", {"3000万"}),
        ("约30,000,000人", {"3000万"}),
        ("增长百分之八十", {"80%"}),
        ("下降3.5‰", {"3.5‰"}),
        ("二〇二四年三月五日", {"2024年3月", "3月5日"}),
        ("2024-03-05发布", {"2024年3月", "3月5日"}),
        ("第十二条规定", {"第12条"}),
        ("第三季度", {"第3季度"}),
        ("国办发（2024）3号", {"〔2024〕3号", "办发〔2024〕3号"}),
        ("[2024]第3号", {"〔2024〕3号"}),
    ],
)
def test_whole_terms_whatever_way_they_are_written(text: str, whole: set[str]) -> None:
    assert whole <= set(terms(text))


def test_a_whole_term_knows_its_place() -> None:
    tokens = {
        token.text: (token.start, token.end) for token in tokenize("于二〇二四年03月五号,印发")
    }
    assert tokens["2024年3月"] == (1, 9)
    assert tokens["3月5日"] == (6, 11)


def test_the_users_words_are_found_wherever_they_stand() -> None:
    words = Words(frozenset({"健康管", "日照农"}))
    assert "健康管" in terms("亚健康管理", words)
    assert Token("日照农", 1, 4) in tokenize("在日照農業", words)
    assert "健康管" not in terms("亚健康管理")
