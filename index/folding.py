"""One form for what is written in many: script, width, case and compatibility characters.

Folding is for comparing only: the text itself is never changed, and every folded character knows
which characters of the text it stands for. The only module that imports OpenCC.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

# Where Chinese texts are written; the rare extensions have nothing to fold.
_HAN = range(0x3400, 0xA000)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its character i stands for `original[starts[i]:ends[i]]`."""

    text: str
    starts: list[int]
    ends: list[int]


def fold(text: str) -> Folded:
    """Simplified, NFKC and case-folded, a character at a time (２０２４ is 2024, ㎡ is m2)."""
    if text.isascii():
        places = range(len(text))
        return Folded(text.lower(), list(places), [place + 1 for place in places])
    characters: list[str] = []
    starts: list[int] = []
    for place, character in enumerate(simplify(text)):
        folded = _fold_character(character)
        characters.append(folded)
        starts.extend([place] * len(folded))
    return Folded("".join(characters), starts, [start + 1 for start in starts])


def simplify(text: str) -> str:
    """The text in simplified characters, each in its place: a question in either script is one."""
    return text.translate(_simplified())


def _fold_character(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff":
        return character
    return unicodedata.normalize("NFKC", character).casefold()


@cache
def _simplified() -> dict[int, str]:
    """Each traditional character's simplified one.

    A character at a time: what a phrase would decide (乾隆, 乾燥) does not matter for comparing,
    as long as both sides are folded alike.
    """
    import opencc

    traditional = [chr(code) for code in _HAN]
    simplified = opencc.OpenCC("t2s").convert("\n".join(traditional)).split("\n")
    pairs = zip(traditional, simplified, strict=True)
    return {ord(old): new for old, new in pairs if old != new and ord(new) in _HAN}
