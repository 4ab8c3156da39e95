"""One form for what is written in many: width, case and compatibility characters.

Folding is for comparing only: the text itself is never changed, and every folded character knows
which characters of the text it stands for.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its character i stands for `original[starts[i]:ends[i]]`."""

    text: str
    starts: list[int]
    ends: list[int]


def fold(text: str) -> Folded:
    """NFKC and case folding, a character at a time (so ２０２４ is 2024 and ㎡ is m2)."""
    if text.isascii():
        places = range(len(text))
        return Folded(text.lower(), list(places), [place + 1 for place in places])
    characters: list[str] = []
    starts: list[int] = []
    for place, character in enumerate(text):
        folded = _fold_character(character)
        characters.append(folded)
        starts.extend([place] * len(folded))
    return Folded("".join(characters), starts, [start + 1 for start in starts])


def _fold_character(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff":
        return character
    return unicodedata.normalize("NFKC", character).casefold()
