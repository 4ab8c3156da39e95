"""What the reader is shown of a passage: its words, without the spaces that tell nothing apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.examples import Read
from training.reads import unspaced

CHINESE = [("\u3000", "\u303f"), ("\u3400", "\u9fff"), ("\uff00", "\uffef")]
TEXTS = st.text("桥长 420m，a \n\u3000（b", min_size=1, max_size=30)


def is_chinese(character: str) -> bool:
    return any(first <= character <= last for first, last in CHINESE)


def is_needless(text: str, place: int) -> bool:
    """Whether a space is one of a row of them with a Chinese character at either end."""
    before, after = text[:place].rstrip(" "), text[place:].lstrip(" ")
    return text[place] == " " and any(map(is_chinese, before[-1:] + after[:1]))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("桥 长 420 米。", "桥长420米。"),
        ("  桥  ", "桥"),
        ("桥 a b， c", "桥a b，c"),
        ("New  York\n 桥", "New  York\n桥"),
        ("（ a ）", "（a）"),
        ("a\n b", "a\n b"),
        ("", ""),
    ],
)
def test_spaces_beside_chinese_characters_and_marks_are_left_out(text: str, kept: str) -> None:
    assert unspaced(Read(" 甲 乙", text, ())) == Read(" 甲 乙", kept, ())


def test_answers_move_along() -> None:
    read = Read("", "桥 长 420 米 。", ((4, 9), (3, 10), (0, 3), (4, 7)))
    moved = unspaced(read)
    assert [moved.text[slice(*one)] for one in moved.answers] == ["420米", "420米", "桥长", "420"]


@given(TEXTS, st.data())
def test_the_words_of_an_answer_stay_the_same(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    kept = [place for place in range(len(text)) if not is_needless(text, place)]
    words = "".join(text[place] for place in kept if start <= place < end)
    if not words:
        return
    moved = unspaced(Read("", text, ((start, end),)))
    assert moved.text == "".join(text[place] for place in kept)
    ((first, last),) = moved.answers
    assert moved.text[first:last] == words


@given(TEXTS)
def test_once_is_enough(text: str) -> None:
    once = unspaced(Read("", text, ()))
    assert unspaced(once) == once
