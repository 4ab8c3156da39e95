"""Dates as Chinese texts write them: 2024-3-5, 2024年3月5日, 20240305, 二〇二四年三月五日.

Both the front matter and the head of a document state dates, and both are read by one rule.
"""

from __future__ import annotations

import re
from datetime import date

DATE = re.compile(
    r"(?<!\d)(\d{4})\s?(?:[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})(?![\d])|年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日)"
)
COMPACT_DATE = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})\s*$")
HAN_NUMBER = "[一二三四五六七八九十]"
HAN_DATE = re.compile(
    rf"([〇○零一二三四五六七八九]{{4}})年({HAN_NUMBER}{{1,2}})月({HAN_NUMBER}{{1,3}})日"
)
HAN_DIGITS = {"〇": 0, "○": 0, "零": 0} | {one: n for n, one in enumerate("一二三四五六七八九", 1)}


def parse_date(text: str) -> date | None:
    """The first date written in a text, in digits or Han numerals; None for one that cannot be."""
    text = COMPACT_DATE.sub(r"\1-\2-\3", text)
    found = DATE.search(text)
    if found:
        year, *rest = (int(part) for part in found.groups() if part)
        return _calendar_day(year, rest[0], rest[1])
    han = HAN_DATE.search(text)
    if han is None:
        return None
    year = int("".join(str(HAN_DIGITS[digit]) for digit in han[1]))
    return _calendar_day(year, _han_number(han[2]), _han_number(han[3]))


def _calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _han_number(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return HAN_DIGITS.get(ones, 0)
    return HAN_DIGITS.get(tens, 1) * 10 + HAN_DIGITS.get(ones, 0)
