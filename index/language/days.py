"""Stretches of days, and the rules by which words name them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from index.language.numerals import han_number

NUMBER = "(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3})"
"""A number below a thousand in ASCII digits, or below a hundred in Han numerals."""


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends inclusive; ValueError where it ends before it begins."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"ends before it begins: {self.first}..{self.last}")


Meaning = Callable[[re.Match[str], date], Days]
"""The days that words mean, seen from today; ValueError for days that cannot be."""

Rule = tuple[re.Pattern[str], Meaning]


def number(text: str) -> int:
    """What `NUMBER` has matched; 0 for a numeral that is none."""
    return int(text) if text.isdecimal() else han_number(text) or 0


def one_day(day: date) -> Days:
    """That day alone."""
    return Days(day, day)


def months(year: int, first: int, last: int) -> Days:
    """Whole months of one year; ValueError for a month that no year has."""
    begin = date(year, first, 1)
    return Days(begin, date(year, last, 1).replace(day=monthrange(year, last)[1]))


def years(first: int, last: int) -> Days:
    """Whole years."""
    return Days(date(first, 1, 1), date(last, 12, 31))


def months_before(day: date, count: int) -> date:
    """The same day of an earlier month, or the last one where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
