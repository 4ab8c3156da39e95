"""Whether two answers say the same, by their letters alone."""

from __future__ import annotations

from index.language.folding import fold

# Fewer letters stand in many a text by chance, and so does a small part of a long answer.
LEAST_LETTERS = 2
LEAST_PART = 1 / 3


def letters(words: str) -> str:
    """Words without punctuation and white space, in one script and width."""
    return "".join(filter(str.isalnum, fold(words).text))


def same(one: str, other: str) -> bool:
    """Whether two answers to one question say the same: the letters of one stand in the other."""
    first, second = letters(one), letters(other)
    return first in second or second in first


def agree(one: str, other: str) -> bool:
    """Whether two answers' letters are the same, or one's a good part of the other's.

    Both are given as `letters` has them: each is compared with many.
    """
    short, long = sorted((one, other), key=len)
    return len(short) >= max(LEAST_LETTERS, LEAST_PART * len(long)) and short in long
