"""A question and a page as tokens: what is where, what is cut, and where it stands in the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ModelError
from index.language.folding import simplify
from index.reading.inputs import (
    PART_LIMIT,
    QUESTION_PROMPT,
    Input,
    Vocabulary,
    inputs,
    open_vocabulary,
)
from index.reading.reader import Page

LONG = "甲乙" * 60
TEXTS = (
    st.text("日照港1986年 \n\t，。㎡Ａ①é投入10.4億元扶貧資金𠮷👍\u3000", max_size=60) | st.text()
)


def shown(vocabulary: Vocabulary, question: str, text: str, context: str = "") -> Input:
    (one,) = inputs(question, [Page(context, text)], vocabulary)
    return one


def pieces(vocabulary: Vocabulary, ids: list[int]) -> list[str]:
    return [str(vocabulary.tokenizer.id_to_token(one)) for one in ids]


def asked(vocabulary: Vocabulary, question: str) -> list[int]:
    """The question's own tokens, with the prompt's."""
    encoded = vocabulary.tokenizer.encode(QUESTION_PROMPT + question, add_special_tokens=False)
    return list(encoded.ids)


def test_prompt_question_context_and_text_stand_in_their_order(
    tiny_vocabulary: Vocabulary,
) -> None:
    one = shown(tiny_vocabulary, "ab", "甲b", context="cd")
    prompt = len(asked(tiny_vocabulary, ""))
    found = pieces(tiny_vocabulary, one.ids)
    assert found[0] == "<s>"
    assert found[1 + prompt :] == [*"▁ab", *["</s>"] * 2, *"▁cd", *"▁甲b", "</s>"]
    assert found[one.first : -1] == ["▁", "甲", "b"]
    assert one.offsets == [(0, 1), (0, 1), (1, 2)]


def test_the_whole_is_what_the_tokenizer_makes_of_the_pair(vocabulary: Vocabulary) -> None:
    one = shown(vocabulary, "哪一年？", "日照港1986年建成开港，吞吐量为215万吨。", "日照港")
    pair = vocabulary.tokenizer.encode(
        "query: 哪一年？", "日照港\n日照港1986年建成开港，吞吐量为215万吨。"
    )
    assert one.ids == pair.ids


def test_pages_are_shown_in_their_order_each_as_if_alone(vocabulary: Vocabulary) -> None:
    pages = [Page("港口", "日照港1986年开港。"), Page("", ""), Page("桥", "桥长420米。" * 99)]
    together = list(inputs("哪一年？", pages, vocabulary))
    assert together == [shown(vocabulary, "哪一年？", one.text, one.context) for one in pages]
    assert list(inputs("哪一年？", [], vocabulary)) == []


def test_nothing_to_read_has_no_places(vocabulary: Vocabulary) -> None:
    one = shown(vocabulary, "哪一年？", "")
    assert one.offsets == []
    assert one.ids[one.first :] == [vocabulary.eos]


def test_text_is_cut_from_its_end(tiny_vocabulary: Vocabulary) -> None:
    one = shown(tiny_vocabulary, "a", LONG)
    assert len(one.ids) == 64
    assert pieces(tiny_vocabulary, one.ids)[-1] == "</s>"
    read = 64 - one.first - len(["▁", "</s>"])
    assert one.offsets == [(0, 1), *((place, place + 1) for place in range(read))]


def test_long_questions_and_titles_leave_room_for_the_text(tiny_vocabulary: Vocabulary) -> None:
    one = shown(tiny_vocabulary, LONG, LONG, context=LONG)
    assert one.first == 1 + 16 + 2 + 16
    assert len(one.ids) == 64


def test_questions_and_titles_are_cut_where_longer_than_a_part(vocabulary: Vocabulary) -> None:
    question, title = "日照港哪年开港？" * 40, "日照港志" * 60
    one = shown(vocabulary, question, "港" * 999, title)
    title_ids = vocabulary.tokenizer.encode(title, add_special_tokens=False).ids
    assert one.ids[1 : 1 + PART_LIMIT] == asked(vocabulary, question)[:PART_LIMIT]
    assert one.ids[3 + PART_LIMIT : one.first] == title_ids[:PART_LIMIT]
    assert one.first == 1 + PART_LIMIT + 2 + PART_LIMIT
    assert len(one.ids) == 384


def test_a_question_under_the_limit_is_whole(vocabulary: Vocabulary) -> None:
    question = "日照港在哪一年建成开港，第一任港长是谁，当年的吞吐量是多少万吨？"
    own = asked(vocabulary, question)
    assert len(own) < PART_LIMIT
    assert shown(vocabulary, question, "日照港" * 300, "港口").ids[1 : 1 + len(own)] == own


def test_traditional_characters_are_read_as_simplified_ones_where_they_stand(
    vocabulary: Vocabulary,
) -> None:
    simple = shown(vocabulary, "扶贫资金", "投入扶贫资金", "资金")
    text = "投入扶貧資金"
    traditional = shown(vocabulary, "扶貧資金", text, "資金")
    assert traditional == simple
    words = dict(
        zip(
            pieces(vocabulary, traditional.ids[traditional.first :]),
            (text[start:end] for start, end in traditional.offsets),
            strict=False,
        )
    )
    assert words["扶贫"] == "扶貧"


@given(TEXTS)
def test_both_scripts_give_the_same_tokens_in_the_same_places(
    vocabulary: Vocabulary, text: str
) -> None:
    assert shown(vocabulary, text, text, text) == shown(vocabulary, *[simplify(text)] * 3)


@given(TEXTS, TEXTS, TEXTS)
def test_tokens_stand_in_the_text_and_never_go_back(
    vocabulary: Vocabulary, question: str, context: str, text: str
) -> None:
    one = shown(vocabulary, question, text, context)
    assert len(one.ids) == one.first + len(one.offsets) + 1 <= vocabulary.limit
    starts, ends = [start for start, _ in one.offsets], [end for _, end in one.offsets]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start < end <= len(text) for start, end in one.offsets)


@given(st.text("日照港1986年，。投入10.4億元扶貧資金", min_size=1, max_size=60))
def test_plain_text_is_covered_without_gaps(vocabulary: Vocabulary, text: str) -> None:
    spans = shown(vocabulary, "问", text).offsets
    assert (spans[0][0], spans[-1][1]) == (0, len(text))
    assert all(start <= end for (_, end), (start, _) in zip(spans[1:], spans, strict=False))


@pytest.mark.parametrize("content", [None, b"", b"{", b"{}", b"\xff"])
def test_a_broken_tokenizer_is_refused_by_name(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "tokenizer.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"tokenizer\.json 不是可用的词表"):
        open_vocabulary(tmp_path, 64)
