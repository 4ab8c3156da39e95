"""What counts as the same words, and which words make another statement by being added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages.wording import Additions, additions, turns, wording

LETTERS = st.text(alphabet="山水田园风光甲乙丙", max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("全市投入１０．４亿元，增长5％。", "全市投入10.4亿元 增长5%"),
        ("臺灣《觀光》報導", "台湾「观光」报导"),
        ("GDP 为\n二十亿", "gdp为二十亿。"),
        ("3—5人", "3~5人"),
    ],
)
def test_script_width_case_space_and_punctuation_do_not_count(one: str, other: str) -> None:
    assert wording(one) == wording(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("增长3.5%", "增长35%"),
        ("增长5%", "增长5"),
        ("气温-5度", "气温5度"),
        ("投资$100", "投资¥100"),
        ("水位±2米", "水位2米"),
        ("分1、2组", "分12组"),
    ],
)
def test_signs_that_change_a_figure_count(one: str, other: str) -> None:
    assert wording(one) != wording(other)


def test_figures_are_digits_and_han_numerals_in_order() -> None:
    told = wording("2023年三千万人，占1.5%，约-2.0至10:30；两次")
    assert told.figures == ("2023", "三千万", "1.5%", "-2.0", "10:30", "两")


def test_added_words_are_told_by_their_place() -> None:
    assert additions("山清水秀", "据悉山清而且水秀完") == Additions("据悉", ("而且",), "完")
    assert additions("山清水秀", "山清水秀") == Additions("", (), "")


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        ("武义县公布结果", "庆元县公布最终结果"),
        ("甲胜乙", "乙胜甲"),
        ("售价30元每件", "售价30美元每件"),
        ("共有5吨粮食", "共有约5吨粮食"),
        ("山清水秀", "山清一二三四五六七八九十二水秀"),
    ],
)
def test_more_than_harmless_adding_is_none(shorter: str, longer: str) -> None:
    assert additions(shorter, longer) is None


@given(LETTERS, LETTERS, LETTERS)
def test_what_is_added_at_the_ends_is_found(before: str, shared: str, after: str) -> None:
    added = additions(shared, before + shared + after)
    assert added is not None
    assert added.amid == ()
    assert added.before + shared + added.after == before + shared + after


@given(LETTERS, LETTERS)
def test_without_what_is_added_the_longer_is_the_shorter(one: str, other: str) -> None:
    shorter, longer = sorted((one, other), key=len)
    added = additions(shorter, longer)
    if added is not None:
        assert longer.startswith(added.before)
        assert longer.endswith(added.after)
        extra = len(added.before) + len("".join(added.amid)) + len(added.after)
        assert len(longer) == len(shorter) + extra


@pytest.mark.parametrize("added", ["不", "网传此说为谣言", "网传", "原", "将", "已取消", "被"])
def test_words_that_turn_a_statement_are_known(added: str) -> None:
    assert turns(added)


@pytest.mark.parametrize("added", ["", "据了解", "本报记者王小明", "责任编辑李华", "讯"])
def test_credits_turn_nothing(added: str) -> None:
    assert not turns(added)
