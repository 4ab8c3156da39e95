"""From where a reader points to the words that are quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.extracting import extract
from index.types import Span

TEXT = (
    "日照市2016年以来累计投入财政专项扶贫资金10.4亿元，惠及3.2万户。"
    "主要产业包括茶叶、蓝莓、桑蚕和乡村旅游，见《日照市扶贫规划》。"
    "因为修了路，产品才运得出去！"
)


def quoted(question: str, words: str, text: str = TEXT) -> str:
    start = text.index(words)
    span, sentence = extract(question, text, start, start + len(words))
    assert sentence.start <= span.start < span.end <= sentence.end
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10.4", "10.4亿元"),
        ("10.4亿", "10.4亿元"),
        ("4亿元", "10.4亿元"),
        ("资金10.4亿元，", "资金10.4亿元"),
        ("3.2", "3.2万户"),
        ("2016", "2016年"),
        ("，惠及3.2万户。", "惠及3.2万户"),
    ],
)
def test_a_figure_is_quoted_whole_with_its_unit(words: str, expected: str) -> None:
    assert quoted("投入了多少？", words) == expected


def test_a_word_is_quoted_whole() -> None:
    assert quoted("靠什么运出去？", "品才") == "产品才"


@pytest.mark.parametrize("words", ["茶叶", "蓝莓", "桑蚕", "蓝莓、桑蚕"])
def test_of_a_list_all_items_are_quoted(words: str) -> None:
    assert quoted("主要产业有哪些？", words) == "茶叶、蓝莓、桑蚕和乡村旅游"


def test_an_item_is_quoted_alone_where_no_list_is_asked_for() -> None:
    assert quoted("哪种产业最早？", "蓝莓") == "蓝莓"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("《日照市扶贫规划", "《日照市扶贫规划》"),
        ("日照市扶贫规划》", "《日照市扶贫规划》"),
        ("日照市扶贫规划", "日照市扶贫规划"),
    ],
)
def test_brackets_are_quoted_in_pairs(words: str, expected: str) -> None:
    assert quoted("见什么文件？", words) == expected


def test_half_a_bracket_whose_other_half_stands_elsewhere_is_left_out() -> None:
    assert quoted("谁？", "（张三", "负责人（张三。另见李四）") == "张三"


@pytest.mark.parametrize("question", ["怎么运出去的？", "如何运出去", "运出去的步骤"])
def test_a_way_is_quoted_as_the_whole_sentence(question: str) -> None:
    assert quoted(question, "修了路") == "因为修了路，产品才运得出去！"


@pytest.mark.parametrize("question", ["为什么运得出去？", "为何运得出去", "这是为什么？", "为什么"])
def test_a_reason_is_quoted_as_the_whole_clause(question: str) -> None:
    assert quoted(question, "修了") == "因为修了路"
    assert quoted(question, "修了路，产品") == "因为修了路，产品才运得出去"


@pytest.mark.parametrize(
    "question",
    [
        "扶贫规划被称为什么？",
        "该文件名为什么",
        "又称为什么规划？",
        "是怎样的文件？",
        "依据的文件为何？",
    ],
)
def test_what_only_looks_like_a_reason_or_a_way_is_quoted_as_it_is(question: str) -> None:
    assert quoted(question, "日照市扶贫规划") == "日照市扶贫规划"


DATED = "张新起于2016年11月17日至20日到访，捐款10至12万元，住户从1.5万—2万户增加。"


@pytest.mark.parametrize(
    ("question", "words", "expected"),
    [
        ("何时到访？", "2016年", "2016年11月17日"),
        ("何时到访？", "2016年11月", "2016年11月17日"),
        ("何时到访？", "11月", "2016年11月17日"),
        ("哪年到访？", "2016", "2016年"),
        ("哪一年到访？", "2016年11", "2016年"),
        ("哪1年到访？", "2016年11月17日", "2016年"),
        ("哪年几月到访？", "2016年11月", "2016年11月17日"),
        ("捐款多少？", "12万", "10至12万元"),
        ("捐款多少？", "10", "10至12万元"),
        ("有多少户？", "2万户", "1.5万—2万户"),
    ],
)
def test_dates_and_ranges_are_quoted_whole(question: str, words: str, expected: str) -> None:
    assert quoted(question, words, DATED) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("苏州的", "苏州"),
        ("苏州的园林", "苏州的园林"),
        ("他是苏州的", "他是苏州的"),
        ("的", "他是苏州的园林。"),
    ],
)
def test_a_particle_that_leads_to_what_is_not_quoted_is_left_out(words: str, expected: str) -> None:
    assert quoted("哪里？", words, "他是苏州的园林。") == expected


def test_words_are_those_of_the_dictionary() -> None:
    # A segmenter that guesses takes 弥尔对 for a name.
    assert quoted("谁写的？", "弥尔", "《论自由》是弥尔对自由的讨论。") == "弥尔"


def test_what_crosses_sentences_is_quoted_with_all_of_them() -> None:
    words = "乡村旅游，见《日照市扶贫规划》。因为修了路"
    assert quoted("怎么样做？", words).startswith("主要产业")


def test_white_space_is_no_answer_but_points_at_the_nearest_sentence() -> None:
    assert extract("多少？", "  0", 0, 1) == (Span(2, 3), Span(2, 3))


def test_only_punctuation_is_no_answer() -> None:
    assert quoted("多少？", "！") == "因为修了路，产品才运得出去！"


@given(st.text(alphabet="日照市10.4亿元《》（），。、\n 甲乙a", min_size=1, max_size=60), st.data())
def test_the_answer_is_never_empty_and_always_in_its_sentence(
    text: str, data: st.DataObject
) -> None:
    if not text.strip():
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    for question in ("多少？", "有哪些？", "为什么？"):
        span, sentence = extract(question, text, start, end)
        assert 0 <= sentence.start <= span.start < span.end <= sentence.end <= len(text)
        assert text[span.start : span.end].strip()
