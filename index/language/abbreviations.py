"""Short names that a text declares for itself: 中国农业发展银行（以下简称“农发行”）.

The declaration says where the short name stands, never where the long one begins. So the short
name's characters have to stand in the long one, in order, and the name begins at the last place
where that holds, or with the country, the place or the like right before it. A name cut too short
is still a name of the same thing; one that takes in a verb is not. In doubt there is no pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.language.general_words import is_general
from index.language.long_names import LONGEST, name_for, quoted_name, whole_name, written_out

_CALLED = (
    r"(?:(?:以下|下文|文中|后文|後文|以后|后|後|下)?[均又也并并]?(?:[简簡][称稱]|[统統][称稱])"
    r"|(?:以下|下文|下)[均又]?[称稱])(?:[为為作是])?[：:]?\s{0,4}"
)
_BRACKETED = re.compile(
    rf"[（(](?:[^（）()\n]{{0,80}}?[，；、,;]\s{{0,4}})?{_CALLED}(?P<shorts>[^（）()\n]{{2,40}})[）)]"
)
_AFTER_COMMA = re.compile(
    r"(?:[（(][^（）()\n]{0,80}[）)])?[，,]\s{0,4}(?:以下|下文)?[简簡][称稱](?:[为為作是])?[：:]?\s{0,4}"
    r"(?P<shorts>[^，。；：,;:（）()\n]{2,24})(?=[，。；,;（(\n]|$)"
)
_ACRONYM = re.compile(r"[（(](?P<shorts>[A-Z][A-Z0-9]{2,7})[）)]")
_LONG_AFTER = re.compile(
    r"(?:^|(?<=[，。；！？\s“「《]))(?P<short>[^\W_]{2,12})[”」》]?(?:[，,]|的)全[称稱](?:[为為是])?[：:]?"
    rf"[“「《]?(?P<long>[^\W_][\w·\-－—]{{2,{LONGEST}}})[”」》]?(?=[，。；,;（(\n]|$)"
)
_QUOTED = re.compile(r"[“「『《〈\"‘]+([^“”「」『』《》〈〉\"‘’]+)[”」』》〉\"’]+")
_BETWEEN = re.compile(r"[、，；,;/]|或者?|(?<=[\u4e00-\u9fff])和(?=[\u4e00-\u9fff]{3})")
_SHORT = re.compile(r"[^\W_][\w·&＆.\-]{0,13}[^\W_]")
_PAPER = re.compile(r"(?:意见|通知|办法|公告|方案|报告|条例|规定|意見|辦法|報告|條例|規定)$")
# Court files leave out names: 某公司, ×市, 王x3.
_ANONYMOUS = re.compile(r"[某×＊*]|[xX]{2}|[xX]\d")


def declared(text: str) -> Iterator[tuple[str, str]]:
    """The (short, long) pairs that a text declares, as written, in the order of their places."""
    found = [(match.start(), pair) for match, pair in _pairs(text)]
    for _, (short, long) in sorted(found):
        if len(short) < len(long) and not _ANONYMOUS.search(short + long):
            yield short, long


def _pairs(text: str) -> Iterator[tuple[re.Match[str], tuple[str, str]]]:
    for form in (_BRACKETED, _AFTER_COMMA):
        for match in form.finditer(text):
            shorts = _shorts(match["shorts"])
            for pair in _with_long(text, match.start(), shorts):
                yield match, pair
    for match in _ACRONYM.finditer(text):
        long = whole_name(text, match.start())
        if long is not None:
            yield match, (match["shorts"], long)
    for match in _LONG_AFTER.finditer(text):
        short, long = match["short"], match["long"]
        if not is_general(short) and written_out(short, long):
            yield match, (short, long)


def _shorts(declaration: str) -> list[str]:
    """The short names of one declaration, without quotes; what is too general is left out."""
    quoted = [match[1].strip() for match in _QUOTED.finditer(declaration)]
    parts = quoted or [part.strip() for part in _BETWEEN.split(declaration)]
    return [part for part in parts if _SHORT.fullmatch(part) and not is_general(part)]


def _with_long(text: str, end: int, shorts: list[str]) -> Iterator[tuple[str, str]]:
    if not shorts:
        return
    long = quoted_name(text, end)
    if long is None:
        yield from name_for(text, end, shorts)
        return
    for short in shorts:
        if written_out(short, long, missing=len(short) // 4) and not _part_only(short, long):
            yield short, long


def _part_only(short: str, long: str) -> bool:
    """Whether a title names a paper, and the short name what the paper is about."""
    return _PAPER.search(long) is not None and short[-1] != long[-1]
