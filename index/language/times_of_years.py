"""Times that begin with a year: 2020年, 去年3月, 二〇二〇年上半年, 2016-2020年, 2020-11-17.

The patterns read simplified characters and ASCII digits.
"""

from __future__ import annotations

import re
from datetime import date

from index.documents.dates import HAN_DIGITS
from index.language.days import NUMBER, Days, Rule, months, number, one_day, years

TO = r"\s?(?:到|至|[-–—―~～]{1,2})\s?"
"""Between the two ends of a range."""

_HAN_DIGIT = "[〇○零一二三四五六七八九]"
# Four digits of the years 1000 to 2999, and not of 公元前.
_DIGITS = rf"(?<!元前)(?:(?<![0-9])[12][0-9]{{3}}|(?<!{_HAN_DIGIT})[一二]{_HAN_DIGIT}{{3}})"
_WORDS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
# What stands beside them may make another word: 以前|年度, 失去|年, 说明|年份, 今|年轻.
_WORD = (
    "(?:(?<![以之目当此大])前年|(?<![失过])去年|(?<![如现当])今年|(?<![说证文表标])明年)"
    "(?![轻纪龄份])"
)
_YEAR = rf"(?:(?P<year>{_DIGITS})\s?年(?!级)(?:度(?![过假]))?|(?P<word>{_WORD}))"
_MONTH = rf"\s?(?P<month>{NUMBER})\s?月"
_DAY = rf"\s?(?P<day>{NUMBER})\s?[日号]"


def _year(match: re.Match[str], today: date) -> int:
    word = match["word"]
    return _digits(match["year"]) if word is None else today.year + _WORDS[word]


def _digits(text: str) -> int:
    return int("".join(str(HAN_DIGITS.get(digit, digit)) for digit in text))


def _whole_year(match: re.Match[str], today: date) -> Days:
    year = _year(match, today)
    return years(year, year)


def _range_of_years(match: re.Match[str], today: date) -> Days:
    return years(_digits(match["year"]), _digits(match["last"]))


def _month(match: re.Match[str], today: date) -> Days:
    month = number(match["month"])
    return months(_year(match, today), month, month)


def _range_of_months(match: re.Match[str], today: date) -> Days:
    return months(_year(match, today), number(match["month"]), number(match["last"]))


def _first_months(match: re.Match[str], today: date) -> Days:
    each = 3 if match["unit"] == "季度" else 1
    return months(_year(match, today), 1, number(match["count"]) * each)


def _quarter(match: re.Match[str], today: date) -> Days:
    last = number(match["quarter"]) * 3
    return months(_year(match, today), last - 2, last)


def _half(match: re.Match[str], today: date) -> Days:
    first = 1 if match["half"] == "上" else 7
    return months(_year(match, today), first, first + 5)


def _day(match: re.Match[str], today: date) -> Days:
    return one_day(date(_year(match, today), number(match["month"]), number(match["day"])))


def _range_of_days(match: re.Match[str], today: date) -> Days:
    year, month = _year(match, today), number(match["month"])
    last_month = month if match["last_month"] is None else number(match["last_month"])
    first = date(year, month, number(match["day"]))
    return Days(first, date(year, last_month, number(match["last"])))


def _iso_day(match: re.Match[str], today: date) -> Days:
    return one_day(date(int(match["year"]), int(match["month"]), int(match["day"])))


def _duration(match: re.Match[str], today: date) -> Days:
    raise ValueError(f"how long, not when: {match[0]}")


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (_YEAR, _whole_year),
        (rf"{_YEAR}\s?(?P<half>[上下])半年", _half),
        (rf"{_YEAR}\s?第?(?P<quarter>{NUMBER})\s?季度", _quarter),
        (rf"{_YEAR}\s?前(?P<count>{NUMBER})\s?个?(?P<unit>季度|月)", _first_months),
        (rf"{_YEAR}{_MONTH}份?", _month),
        (rf"{_YEAR}{_MONTH}{_DAY}", _day),
        (
            rf"(?P<year>{_DIGITS})(?P<mark>[-/.])"
            r"(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})(?![0-9])",
            _iso_day,
        ),
        (r"(?<![0-9])[12][0-9]{3}\s?年(?:的?历史|之久)", _duration),
        (r"(?<![0-9])[12][0-9]00\s?年来", _duration),
    )
)

RANGES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (rf"(?P<year>{_DIGITS}){TO}(?P<last>{_DIGITS})\s?年(?!级)", _range_of_years),
        (
            rf"{_YEAR}\s?(?P<month>{NUMBER})(?:\s?月份?)?{TO}(?P<last>{NUMBER})\s?月份?",
            _range_of_months,
        ),
        (
            rf"{_YEAR}{_MONTH}\s?(?P<day>{NUMBER})(?:\s?[日号])?{TO}"
            rf"(?:(?P<last_month>{NUMBER})\s?月\s?)?(?P<last>{NUMBER})\s?[日号]",
            _range_of_days,
        ),
    )
)
"""Ranges whose two ends share what is written once: 2016-2020年, 2020年3月到5月."""
