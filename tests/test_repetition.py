"""A text cut at another place is a repetition; another text in the same words is not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages.repetition import SHARED_SHARE, repeats
from index.passages.wording import Wording, wording

BEFORE = "村民们等了很久。"
TEXT = (
    "新建的石桥昨天通车，桥长420米，两岸的果农从此能在半小时内把梨子送进城里的集市，"
    "运费省下三成，老人看病也方便多了。"
)
AFTER = "不少人带着孩子来看。"


def repeated(text: str, *kept: str) -> int | None:
    return repeats(wording(text), [wording(one) for one in kept])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (TEXT, TEXT),
        (TEXT, TEXT.replace("，", " ")),
        (TEXT, BEFORE + TEXT + AFTER),
        (BEFORE + TEXT, TEXT),
        (TEXT + AFTER, TEXT),
        (BEFORE + TEXT, TEXT + AFTER),
        (TEXT + AFTER, BEFORE + TEXT),
    ],
)
def test_another_cut_of_the_same_text_is_a_repetition(text: str, kept: str) -> None:
    assert repeated(text, kept) == 0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (BEFORE + TEXT + AFTER, TEXT[:45]),
        (TEXT, TEXT[12:]),
        (TEXT + "全桥共花费900万元。", TEXT),
        (TEXT.replace("420", "480"), TEXT),
        (TEXT.replace("石桥", "公路"), TEXT),
        ("青石镇" + TEXT, "白沙乡" + TEXT),
        (TEXT + "记者王小明", TEXT + "记者李华"),
        ("新桥通车。", "新桥通车。"),
    ],
)
def test_what_says_more_or_other_things_is_none(text: str, kept: str) -> None:
    assert repeated(text, kept) is None


def test_the_first_kept_passage_that_says_it_is_named() -> None:
    assert repeated(TEXT, AFTER * 9, TEXT + AFTER, TEXT) == 1
    assert repeated(TEXT) is None


@given(
    st.integers(0, 300), st.integers(30, 250), st.integers(0, 300), st.integers(30, 250), st.data()
)
def test_two_cuts_repeat_where_comparing_every_shift_says_so(
    start: int, length: int, other_start: int, other_length: int, data: st.DataObject
) -> None:
    letters = _letters()
    mine = letters[start : start + length]
    theirs = letters[other_start : other_start + other_length]
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(theirs) - 1))
        theirs = f"{theirs[:place]}换{theirs[place + 1 :]}"
    one, other = Wording(mine, ()), Wording(theirs, ())
    assert (repeats(one, [other]) == 0) == _at_some_shift(mine, theirs)


def _letters() -> str:
    rng = random.Random(7)
    return "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(550))


def _at_some_shift(mine: str, theirs: str) -> bool:
    for shift in range(-len(mine), len(theirs) + 1):
        pairs = [
            (letter, theirs[place + shift])
            for place, letter in enumerate(mine)
            if 0 <= place + shift < len(theirs)
        ]
        if len(pairs) >= SHARED_SHARE * len(mine) and all(a == b for a, b in pairs):
            return True
    return False
