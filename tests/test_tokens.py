from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.folding import fold
from index.tokens import Token, terms, tokenize, word_over_seam

TEXTS = st.text(alphabet="日照农业发展银行健康ＡＢab１2㎡①ﬁ😀 ，。\u3000é\u0301", max_size=60)


def test_words_and_pairs_each_once_with_their_places() -> None:
    assert tokenize("农业发展银行") == [
        Token("农业", 0, 2),
        Token("农业发展银行", 0, 6),
        Token("业发", 1, 3),
        Token("发展", 2, 4),
        Token("展银", 3, 5),
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
def test_a_token_folds_to_what_stands_at_its_place(text: str) -> None:
    for token in tokenize(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.text in fold(text[token.start : token.end]).text


@given(TEXTS)
def test_folding_keeps_every_place(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert folded.starts == sorted(folded.starts)
    assert all(end == start + 1 for start, end in zip(folded.starts, folded.ends, strict=True))


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
