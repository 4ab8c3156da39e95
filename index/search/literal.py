"""Where a phrase stands letter by letter, whatever words it consists of.

Segmentation knows words, so a piece of one (业发展, 4亿, A股) may be no token at all. Whoever types
a few characters that stand in a text must find them: the passages' letters are kept as one string,
in which a search costs a millisecond for a few million characters.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from index.errors import IndexDamaged
from index.language.folding import simplify
from index.search.vectors import Rows

# Longer questions are sentences; that one stands in a text as a whole is not to be expected.
MOST_CHARS = 12
_WHITE = re.compile(r"\s+")
_LETTERS = re.compile(r"\w(?:.*\w)?")


def letters(text: str) -> str:
    """A text in simplified characters, NFKC and case-folded, without white space.

    No figure is rewritten: but for combining marks, a part of a text gives a part of its letters.
    """
    return _WHITE.sub("", simplify(unicodedata.normalize("NFKC", text)).casefold())


class LiteralIndex:
    """All passages' letters, a line each."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(newline.end() for newline in re.finditer("\n", text))]

    @classmethod
    def build(cls, passages: Iterable[str]) -> LiteralIndex:
        """An index over the passages' texts."""
        return cls("".join(letters(passage) + "\n" for passage in passages))

    @classmethod
    def load(cls, path: Path) -> LiteralIndex:
        """The index that `save` wrote; raises IndexDamaged."""
        try:
            return cls(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            detail = f"原文索引 {path.name} 无法读取，请运行 scripts/rebuild_index"
            raise IndexDamaged(detail) from error

    def save(self, path: Path) -> None:
        """Write the index as one text file."""
        path.write_text(self._text, encoding="utf-8", newline="\n")

    def rows(self, question: str) -> Rows:
        """The passages in which a short question stands as it is, or but for marks at its ends."""
        asked = letters(question)
        if not 2 <= len(asked) <= MOST_CHARS:
            return np.array([], np.int64)
        found = self._rows(asked)
        if not found and (core := _LETTERS.search(asked)) and len(core[0]) > 1:
            found = self._rows(core[0])
        return np.array(found, np.int64)

    def _rows(self, wanted: str) -> list[int]:
        rows: list[int] = []
        place = self._text.find(wanted)
        while place >= 0:
            rows.append(bisect_right(self._starts, place) - 1)
            place = self._text.find(wanted, self._starts[rows[-1] + 1])
        return rows
