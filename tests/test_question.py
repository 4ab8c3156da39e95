"""What a question asks for: its content, not its asking words; its places; its limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import BadQuestion
from index.language.lexicon import lexicon_of
from index.language.places import place_spans
from index.language.tokens import tokenize
from index.search.question import MAX_CHARS, PAIR_WEIGHT, understand

QUESTIONS = st.text(
    alphabet="日照济南内蒙古市几何多少哪年什么是的谁请问扶贫资金２０aＢ㎡😀？，\u3000\n",
    max_size=40,
)


def weights(question: str) -> dict[str, float]:
    """The tokens of a question that is asked in one way only, each with its weight."""
    (only,) = understand(question).wordings
    return only


def test_content_counts_and_asking_words_do_not() -> None:
    assert weights("日照市2020年投入多少扶贫资金？") == {
        **dict.fromkeys(["日照", "日照市", "2020", "年", "投入", "扶贫", "资金"], 1.0),
        **dict.fromkeys(["照市", "年投", "贫资"], PAIR_WEIGHT),
        **dict.fromkeys(["入多", "多少", "少扶"], 0.0),
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
    assert understand(question).content == expected


def test_a_token_counts_where_it_is_content_at_least_once() -> None:
    assert understand("多少人问多少").content == understand("多少人问").content


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
    (weighed,) = question.wordings
    assert weighed.keys() == {token.text for token in tokenize(text)}
    assert set(weighed.values()) <= {0.0, PAIR_WEIGHT, 1.0}
    assert question.content == {token for token, weight in weighed.items() if weight}
    assert all(place and place <= weighed.keys() for place in question.places)


@pytest.mark.parametrize("text", ["", " ", "\u3000\t\r\n"])
def test_an_empty_question_is_refused(text: str) -> None:
    with pytest.raises(BadQuestion, match="问题不能为空") as caught:
        understand(text)
    assert caught.value.field == "question"


def test_a_question_may_have_a_thousand_characters_and_not_one_more() -> None:
    assert weights("钱" * MAX_CHARS)
    assert weights("😀" * MAX_CHARS) == {}
    with pytest.raises(BadQuestion, match="最长 1000 个字，现在有 1001 个字"):
        understand("钱" * 1001)


@pytest.mark.parametrize("text", ["？", "……！！", "😀👨‍👩‍👧", "()[]*?\\", "\u200b"])
def test_punctuation_alone_asks_for_nothing(text: str) -> None:
    question = understand(text)
    assert (question.wordings, question.places) == (({},), ())


def test_bytes_that_are_no_text_are_refused_before_a_model_sees_them() -> None:
    with pytest.raises(BadQuestion, match="请检查它的编码"):
        understand("钱\udcff")


def test_a_question_in_traditional_characters_is_the_same_question() -> None:
    simplified, traditional = (
        understand("重庆投入了多少扶贫资金？"),
        understand("重慶投入了多少扶貧資金？"),
    )
    assert traditional.wordings == simplified.wordings
    assert traditional.places == simplified.places
    assert traditional.words == simplified.text
    assert traditional.text == "重慶投入了多少扶貧資金？"


LEXICON = lexicon_of(["红桥坊"], [("低保", "最低生活保障"), ("最低生活保障", "低保")])


def test_a_question_with_a_synonym_is_asked_in_both_wordings() -> None:
    as_asked, other = understand("低保有多少？", LEXICON).wordings
    assert as_asked == {"低保": 1.0, "保有": 0.0, "有": 0.0, "有多": 0.0, "多少": 0.0}
    assert other == {
        **dict.fromkeys(["最低", "生活", "保障", "最低生活保障"], 1.0),
        **dict.fromkeys(["低生", "活保"], PAIR_WEIGHT),
        **dict.fromkeys(["障有", "有", "有多", "多少"], 0.0),
    }


def test_what_counts_is_what_counts_in_any_wording() -> None:
    question = understand("低保有多少？", LEXICON)
    assert question.content == {"低保", *tokens_of("最低生活保障")}
    assert understand("低保有多少？").content == {"低保"}


def tokens_of(text: str) -> set[str]:
    return {token.text for token in tokenize(text, LEXICON.words)}


def test_a_word_of_the_users_own_is_one_token() -> None:
    assert "红桥坊" not in understand("红桥坊在哪里").content
    question = understand("红桥坊在哪里", LEXICON)
    assert question.content == {"红桥", "桥坊", "坊", "红桥坊"}
    assert len(question.wordings) == 1


def test_a_synonym_is_known_in_traditional_characters_and_in_any_width() -> None:
    lexicon = lexicon_of([], [("gdp", "生产总值")])
    assert understand("ＧＤＰ增长", lexicon).content >= {"gdp", "总值"}
    assert understand("生產總值", lexicon_of([], [("生产总值", "gdp")])).content >= {"gdp"}


@pytest.mark.parametrize("question", ["三千万", "3000万", "30,000,000"])
def test_of_a_figure_the_unit_alone_is_not_asked_about(question: str) -> None:
    assert weights(question) == {"3000": 1.0, "3000万": 1.0, "万": 0.0}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三千万", "30,000,000"),
        ("国办发[2024]3号", "国办发〔2024〕3号"),
        ("第12条", "第十二条"),
        ("80%", "百分之八十"),
    ],
)
def test_a_figure_is_the_same_question_in_whatever_form(one: str, other: str) -> None:
    assert understand(one).wordings == understand(other).wordings
    assert understand(one).words == understand(other).words
