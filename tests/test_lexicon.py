"""Words in texts, questions in other words, and names that documents declare."""

from __future__ import annotations

import json
from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.lexicon import (
    NO_LEXICON,
    NO_WORDS,
    Lexicon,
    Words,
    as_json,
    from_json,
    lexicon_of,
    with_declared,
    wordings,
)

LETTERS = "aab农发行1 "
TEXTS = st.text(LETTERS, max_size=12)
WORDS = st.frozensets(st.text(LETTERS, max_size=4), max_size=8)
PAIRS = st.lists(st.tuples(st.text(LETTERS, min_size=1, max_size=3), st.text(LETTERS, min_size=1)))


def spans(text: str, *words: str) -> list[tuple[int, int]]:
    return list(Words(frozenset(words)).spans(text))


def test_every_place_of_every_word_is_found() -> None:
    assert spans("农发行的农发行", "农发行", "发行", "行的农") == [
        (0, 3), (1, 3), (2, 5), (4, 7), (5, 7)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [("he said ai.", [(8, 10)]), ("用ai写", [(1, 3)]), ("ai2", []), ("said", []),
     ("ai ai", [(0, 2), (3, 5)])],
)  # fmt: skip
def test_a_latin_word_stands_alone(text: str, found: list[tuple[int, int]]) -> None:
    assert spans(text, "ai") == found


@given(TEXTS, WORDS)
def test_spans_equal_brute_force(text: str, words: frozenset[str]) -> None:
    def joined(place: int) -> bool:
        around = text[place - 1 : place + 1] if 0 < place < len(text) else ""
        return len(around) == 2 and all(one.isascii() and one.isalnum() for one in around)

    places = [(start, end) for start in range(len(text)) for end in range(start + 1, len(text) + 1)]
    expected = [
        (start, end)
        for start, end in places
        if text[start:end] in words and not joined(start) and not joined(end)
    ]
    assert list(Words(words).spans(text)) == expected


def test_many_words_cost_little() -> None:
    words = Words(frozenset(chr(0x4E00 + n % 5000) + str(n) for n in range(20_000)))
    text = "甲乙丙丁" * 75
    started = perf_counter()
    for _ in range(100):
        assert not list(words.spans(text))
    assert perf_counter() - started < 2


def test_words_are_equal_where_their_texts_are() -> None:
    assert Words(frozenset({"甲乙"})) == Words(frozenset({"甲乙"})) != NO_WORDS
    assert len({Words(frozenset({"甲乙"})), Words(frozenset({"甲乙"}))}) == 1


def lexicon(*words: str, **synonyms: str) -> Lexicon:
    return lexicon_of(
        words, [(word, other) for word, others in synonyms.items() for other in others.split()]
    )


def test_one_change_comes_before_two_and_every_word_before_a_second_synonym() -> None:
    known = lexicon(农发行="政策银行 农业银行", 贷款="信贷")
    assert wordings("农发行的贷款", known) == [
        "农发行的贷款",
        "政策银行的贷款",
        "农发行的信贷",
        "农业银行的贷款",
        "政策银行的信贷",
        "农业银行的信贷",
    ]
    assert len(wordings("农发行的贷款", known, most=3)) == 3


def test_the_longest_word_counts_and_one_without_synonyms_keeps_its_own() -> None:
    assert wordings("机器学习", lexicon("机器学习", 学习="读书")) == ["机器学习"]
    assert wordings("中国银行业", lexicon(中国="我国", 中国银行="中行")) == ["中国银行业", "中行业"]


def test_a_word_is_replaced_wherever_it_stands() -> None:
    assert wordings("电脑和电脑", lexicon(电脑="计算机"))[1:] == ["计算机和计算机"]


def test_a_latin_synonym_does_not_join_its_neighbours() -> None:
    assert wordings("用人工智能gpt写", lexicon(人工智能="ai"))[1:] == ["用ai gpt写"]
    assert wordings("x人工智能", lexicon(人工智能="ai"))[1:] == ["x ai"]


def test_no_wording_is_longer_than_a_question_may_be() -> None:
    question = "甲" * 995 + "电脑"
    assert wordings(question, lexicon(电脑="电子计算机器 电机")) == [question, "甲" * 995 + "电机"]


@given(TEXTS, PAIRS, st.integers(0, 9))
def test_wordings_are_few_different_and_the_same_each_time(
    question: str, pairs: list[tuple[str, str]], most: int
) -> None:
    known = lexicon_of([], pairs)
    found = wordings(question, known, most)
    assert found == wordings(question, known, most)
    assert found[0] == question
    assert len(found) == len(set(found)) <= max(1, most)


def test_without_synonyms_there_is_one_wording() -> None:
    assert wordings("农发行", NO_LEXICON) == ["农发行"]


def test_declared_names_are_synonyms_both_ways_after_the_users_own() -> None:
    known = lexicon("词语", 农发行="政策银行")
    found = with_declared(known, [("農發行", "中国农业发展银行"), ("WHO", "世界卫生组织")])
    assert found.synonyms == {
        "who": ("世界卫生组织",),
        "世界卫生组织": ("who",),
        "中国农业发展银行": ("农发行",),
        "农发行": ("政策银行", "中国农业发展银行"),
    }
    assert found.words.texts >= {"词语", "who", "世界卫生组织", "农发行", "政策银行"}


def test_a_short_name_of_more_than_three_names_is_left_out() -> None:
    longs = ["东海大学", "东山大学", "东江大学", "东湖大学"]
    three = with_declared(NO_LEXICON, [("东大", long) for long in longs[:3]])
    assert set(three.synonyms["东大"]) == set(longs[:3])
    assert with_declared(NO_LEXICON, [("东大", long) for long in longs]) == NO_LEXICON


def test_a_name_far_rarer_than_the_usual_one_is_a_slip() -> None:
    usual = [("北交所", "北京证券交易所")] * 5
    found = with_declared(NO_LEXICON, [*usual, ("北交所", "赴北京证券交易所")])
    assert found.synonyms == {"北京证券交易所": ("北交所",), "北交所": ("北京证券交易所",)}


def test_names_that_fold_to_the_same_are_no_synonyms() -> None:
    assert with_declared(NO_LEXICON, [("農行", "农行"), ("", "农行")]) == NO_LEXICON


@given(WORDS, PAIRS)
def test_json_gives_back_the_lexicon(words: frozenset[str], pairs: list[tuple[str, str]]) -> None:
    known = lexicon_of(words, pairs)
    assert from_json(as_json(known)) == known
    assert as_json(from_json(as_json(known))) == as_json(known)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "1", "[[[", '{"words": []}', '{"words": [1], "synonyms": {}}'),
        *('{"words": "甲乙", "synonyms": {}}', '{"words": [], "synonyms": {"甲": "乙"}}'),
    ],
)
def test_bad_json_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError), match=r"."):
        from_json(text)


@given(
    st.recursive(
        st.none() | st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part)
    )
)
def test_any_json_is_a_lexicon_or_refused(value: object) -> None:
    with suppress(ValueError, KeyError):
        assert isinstance(from_json(json.dumps(value)), Lexicon)
