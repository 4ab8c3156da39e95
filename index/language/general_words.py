"""Words that name a thing only within their own document: 本公司, 《意见》, 专项行动, 原告.

A document declares them as short names all the same; for a corpus they would be synonyms of
everything. A short name that is made of such words alone is as general as they are.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from index.language.folding import fold

# 省防办 and 县医院 are those of whatever province or county is being spoken of.
_OF_HERE = "省市县区州镇乡村"


def is_general(name: str) -> bool:
    """Whether a name says nothing outside its document, or is a single character."""
    folded = fold(name).text
    return len(folded) < 2 or folded[0] in _OF_HERE or _general().fullmatch(folded) is not None


@cache
def _general() -> re.Pattern[str]:
    words = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split()
    pieces = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(rf"(?:{pieces}|\d+年?|[一二三四五六七八九十]+)+")
