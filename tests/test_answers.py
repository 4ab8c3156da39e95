"""What is quoted of what a reader points at: worked by hand."""

from __future__ import annotations

import pytest

from index.reading.reader import Pointed
from index.search.answers import AS_LIKELY, BESIDE, STILL_LIKELY, quoted

TEXT = "石桥长420米，由李大山主持修建，工钱由王家庄出。木桥长90米，由赵四修建。"


def words(question: str, *pointed: tuple[str, float]) -> str:
    """What is quoted where a text is pointed at for these words, each with its score."""
    places = [(TEXT.index(told), told, score) for told, score in pointed]
    found, sentence = quoted(
        question, TEXT, [Pointed(start, start + len(told), score) for start, told, score in places]
    )
    assert sentence.start <= found.start < found.end <= sentence.end
    return TEXT[found.start : found.end]


def test_the_likeliest_is_quoted() -> None:
    assert words("谁修的？", ("李大山", 5.0), ("赵四", 0.0)) == "李大山"


def test_of_those_still_likely_the_first_that_can_be_meant_is_quoted() -> None:
    near, far = 5.0 - STILL_LIKELY, 4.9 - STILL_LIKELY
    assert words("长多少米？", ("李大山", 5.0), ("王家庄", 4.0), ("90", near)) == "90米"
    assert words("长多少米？", ("李大山", 5.0), ("90", far)) == "李大山"


@pytest.mark.parametrize(
    ("score", "expected"), [(0.01, "李大山主持修建，工钱由王家庄"), (-0.01, "李大山")]
)
def test_what_is_nearly_as_likely_is_quoted_with_it(score: float, expected: str) -> None:
    assert words("谁修的？", ("李大山", 5.0), ("王家庄", 5.0 - AS_LIKELY + score)) == expected


def test_but_not_of_another_sentence() -> None:
    assert words("谁修的？", ("李大山", 5.0), ("赵四", 5.0)) == "李大山"


def test_nor_from_afar() -> None:
    text = f"李大山{'甲' * BESIDE}，王家庄修的。"
    pointed = [Pointed(0, 3, 5.0), Pointed(text.index("王"), text.index("修"), 5.0)]
    found, _ = quoted("谁修的？", text, pointed)
    assert text[found.start : found.end] == "李大山"


def test_nor_what_cannot_be_meant() -> None:
    assert words("谁修的？", ("李大山", 5.0), ("420", 5.0)) == "李大山"
