"""Whether two answers say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.comparing import agree, letters, same


@pytest.mark.parametrize(
    ("one", "other"),
    [("10.4亿元", "10.4亿元"), ("10.4亿元", "１０.４亿元。"), ("10.4亿元", "资金10.4亿元")],
)
def test_answers_with_the_same_letters_say_the_same(one: str, other: str) -> None:
    assert same(one, other)
    assert same(other, one)


def test_other_figures_say_something_else() -> None:
    assert not same("10.4亿元", "9.8亿元")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2017年5月11日", "5月11日", True),
        ("2017年7月7日", "2017年7月8日", False),
        ("巴西", "巴西境内", True),
        # Part of a long sentence by chance.
        ("巴西", "主要流经巴西、秘鲁、哥伦比亚等国", False),
        # One letter stands in many a text.
        ("5", "15", False),
        ("是", "是", False),
        ("", "", False),
        ("１２周", "12週", True),
        ("《渡口》", "渡口", True),
    ],
)
def test_which_answers_agree(one: str, other: str, expected: bool) -> None:
    assert agree(letters(one), letters(other)) is expected


@given(st.text(), st.text())
def test_agreement_goes_both_ways(one: str, other: str) -> None:
    assert agree(one, other) == agree(other, one)
    assert agree(one, one) == (len(one) >= 2)
