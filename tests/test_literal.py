"""Whatever stands in a text is found letter by letter."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.errors import IndexDamaged
from index.search.literal import MOST_CHARS, LiteralIndex, letters

CHARACTERS = (
    "农业发展银行健康日照農業發臺灣abABＡＢ12１２％万亿年，。（）“” \n\t\r\u3000\u00a0"
    "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029´ﷺ㎡①½ﬁß😀"
)
PASSAGES = st.lists(st.text(CHARACTERS, max_size=30), max_size=8)
TRADITIONAL = str.maketrans("农业发台湾", "農業發臺灣")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def found(passages: list[str], question: str) -> list[int]:
    return [int(row) for row in LiteralIndex.build(passages).rows(question)]


@given(PASSAGES, st.data())
def test_what_stands_in_a_passage_finds_it(passages: list[str], data: st.DataObject) -> None:
    assume(any(passages))
    row, passage = data.draw(st.sampled_from([*enumerate(passages)]).filter(lambda one: one[1]))
    start = data.draw(st.integers(0, len(passage) - 1))
    part = passage[start : start + data.draw(st.integers(2, MOST_CHARS))]
    for question in (part, part.upper(), part.translate(TRADITIONAL), part.translate(WIDE)):
        asked = letters(question)
        if asked == letters(part) and 2 <= len(asked) <= MOST_CHARS:
            assert row in found(passages, question)


@given(PASSAGES, st.text(CHARACTERS, max_size=6))
def test_rows_are_those_of_brute_force(passages: list[str], question: str) -> None:
    asked = letters(question)
    rows = [row for row, passage in enumerate(passages) if asked in letters(passage)]
    if not 2 <= len(asked) <= MOST_CHARS:
        assert found(passages, question) == []
    elif rows:
        assert found(passages, question) == rows


@given(st.text(CHARACTERS, max_size=20), st.text(CHARACTERS, max_size=20))
def test_letters_of_a_part_are_a_part_of_the_letters(before: str, after: str) -> None:
    assume(not unicodedata.combining(unicodedata.normalize("NFKC", after)[:1] or "a"))
    assert letters(before) in letters(before + after)
    assert letters(after) in letters(before + after)


@given(st.text())
def test_letters_hold_no_white_space_that_splits_a_line(text: str) -> None:
    found = letters(text)
    assert not any(character.isspace() for character in found)
    assert len(found.splitlines()) == (1 if found else 0)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("健康", [0, 3]),
        ("农业", [1]),
        ("業發", [1]),
        ("业发展 银", [1]),
        ("A股", [2]),
        ("ａ股", [2]),
        ("4亿", [2]),
        ("4億元", [2]),
        ("“健康”", [0, 3]),
        ("健康？", [0, 3]),
        ("（农业）。", [1]),
        ("康", []),
        ("康？", []),
        ("？！", []),
        ("", []),
        ("扶贫", []),
        ("元上证", []),
        ("农业发展银行总行的全部支出", []),
    ],
)
def test_rows(question: str, rows: list[int]) -> None:
    passages = [
        "亚健康人群",
        "中国农业发展\n银行总行的全部支出",
        "沪深A股成交10.4亿元",
        "上证健康指数",
    ]
    assert found(passages, question) == rows


def test_a_question_of_the_greatest_length() -> None:
    passage = "农业发展银行总行的全部支出"
    assert found([passage], passage[:MOST_CHARS]) == [0]
    assert found([passage], passage[: MOST_CHARS + 1]) == []


def test_nothing_is_found_over_the_seam_between_passages() -> None:
    assert found(["农业", "发展"], "农业发展") == []
    assert found(["农业", "发展"], "农业\n发展") == []


def test_empty_passages_keep_their_rows() -> None:
    assert found(["", " \n", "健康", "", "健康"], "健康") == [2, 4]
    assert found([], "健康") == []


@given(passages=PASSAGES, question=st.text(CHARACTERS, max_size=6))
def test_saved_and_loaded_it_finds_the_same(
    tmp_path_factory: pytest.TempPathFactory, passages: list[str], question: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "literal.txt"
    LiteralIndex.build(passages).save(path)
    assert LiteralIndex.load(path).rows(question).tolist() == found(passages, question)


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match=r"literal\.txt 无法读取"):
        LiteralIndex.load(tmp_path / "literal.txt")


def test_what_is_not_utf_8_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "literal.txt"
    path.write_bytes("健康".encode("gb18030"))
    with pytest.raises(IndexDamaged, match=r"literal\.txt 无法读取"):
        LiteralIndex.load(path)
