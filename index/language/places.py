"""Names of provinces and cities: a question on one place is not answered by another's figures.

Embeddings put 烟台 and 青岛 side by side, and the rest of such a question fits both. Names that are
also everyday words (朝阳, 白银, 安康) are left out: a missing one would mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path


def place_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the names of places stand in a text."""
    for match in _any_place().finditer(text):
        yield match.span()


@cache
def _any_place() -> re.Pattern[str]:
    names = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split()
    return re.compile("|".join(sorted(names, key=len, reverse=True)))
