"""What a question asks for: its content, not its asking words; its places; its limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import BadQuestion
from index.places import place_spans
from index.question import MAX_CHARS, understand
from index.tokens import tokenize

QUESTIONS = st.text(
    alphabet="日照济南内蒙古市几何多少哪年什么是的谁请问扶贫资金２０aＢ㎡😀？，\u3000\n",
    max_size=40,
)


def content(question: str) -> set[str]:
    """The tokens that count."""
    return {token for token, weight in understand(question).weights.items() if weight > 0}


def test_content_counts_and_asking_words_do_not() -> None:
    weights = understand("日照市2020年投入多少扶贫资金？").weights
    assert weights == {
        **dict.fromkeys(["日照", "日照市", "照市", "2020", "年", "年投", "投入"], 1.0),
        **dict.fromkeys(["入多", "多少", "少扶"], 0.0),
        **dict.fromkeys(["扶贫", "贫资", "资金"], 1.0),
    }


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("请问扶贫资金有多少？", {"扶贫", "贫资", "资金"}),
        ("谁是校长", {"校长"}),
        ("几何是什么", {"几何"}),
        ("什么时候？", set()),
        ("是多少", set()),
        ("ＧＤＰ是多少", {"gdp"}),
    ],
)
def test_only_what_is_asked_about_counts(question: str, expected: set[str]) -> None:
    assert content(question) == expected


def test_a_token_counts_where_it_is_content_at_least_once() -> None:
    assert content("多少人问多少") == content("多少人问")


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("日照的收入是多少？", ["日照"]),
        ("济南和青岛的收入", ["济南", "青岛"]),
        ("内蒙古的草原", ["内蒙古"]),
        ("上海南京路", ["上海", "南京"]),
        ("收入是多少？", []),
        ("白银和安康是日常词", []),
        ("", []),
    ],
)
def test_places_are_found_from_the_left_longest_first(question: str, places: list[str]) -> None:
    assert [question[start:end] for start, end in place_spans(question)] == places


def test_a_place_is_all_the_tokens_of_its_name() -> None:
    assert understand("济南和内蒙古").places == (
        frozenset({"济南"}),
        frozenset({"内蒙", "蒙古", "内蒙古"}),
    )


@given(QUESTIONS.filter(str.strip))
def test_every_token_has_a_weight_and_every_place_has_tokens(text: str) -> None:
    question = understand(text)
    assert question.text == text
    assert question.weights.keys() == {token.text for token in tokenize(text)}
    assert set(question.weights.values()) <= {0.0, 1.0}
    assert all(place and place <= question.weights.keys() for place in question.places)


@pytest.mark.parametrize("text", ["", " ", "\u3000\t\r\n"])
def test_an_empty_question_is_refused(text: str) -> None:
    with pytest.raises(BadQuestion, match="问题不能为空") as caught:
        understand(text)
    assert caught.value.field == "question"


def test_a_question_may_have_a_thousand_characters_and_not_one_more() -> None:
    assert understand("钱" * MAX_CHARS).weights
    assert understand("😀" * MAX_CHARS).weights == {}
    with pytest.raises(BadQuestion, match="最长 1000 个字，现在有 1001 个字"):
        understand("钱" * 1001)


@pytest.mark.parametrize("text", ["？", "……！！", "😀👨‍👩‍👧", "()[]*?\\", "\u200b"])
def test_punctuation_alone_asks_for_nothing(text: str) -> None:
    question = understand(text)
    assert (question.weights, question.places) == ({}, ())


def test_bytes_that_are_no_text_are_refused_before_a_model_sees_them() -> None:
    with pytest.raises(BadQuestion, match="请检查它的编码"):
        understand("钱\udcff")


def test_a_question_in_traditional_characters_is_the_same_question() -> None:
    simplified, traditional = (
        understand("重庆投入了多少扶贫资金？"),
        understand("重慶投入了多少扶貧資金？"),
    )
    assert traditional.weights == simplified.weights
    assert traditional.places == simplified.places
    assert traditional.words == simplified.text
    assert traditional.text == "重慶投入了多少扶貧資金？"
