"""Times that no year begins: 上个月, 近三年, 上世纪90年代, “十四五”期间.

The patterns read simplified characters and ASCII digits.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from index.documents.dates import HAN_DIGITS
from index.language.days import NUMBER, Days, Rule, months_before, number, one_day, years
from index.language.days import months as whole_months

_RECENT = r"(?:最近|过去|(?<![附临接将靠最])近)的?\s?"
_LATELY = "(?:以来|来|间|内|里)?"
_SINGLE_DAYS = {"今天": 0, "昨天": 1, "前天": 2}
_DECADE_END = "年代(?![表理码替言价办购])"
# Without quotes or a word for the time it may be an age: 十四五岁.
_PLAN = (
    r"(?:[“\"「『]十(?P<quoted>[一二三四五])五[”\"」』](?:规划|计划)?"
    r"|(?<![一二三四五六七八九百])十(?P<bare>[一二三四五])五"
    r"(?:规划|计划|(?=期间|时期|以来|以后|之后|以前|之前|至今|[初末]))"
    r"|第十(?P<ordinal>[一二三四五])个五年(?:规划|计划))(?:期间|时期|期(?!间))?"
)
_SIXTH_PLAN = 1981


def _month_back(match: re.Match[str], today: date) -> Days:
    day = months_before(today, 1 if match[0].startswith("上") else 0)
    return whole_months(day.year, day.month, day.month)


def _week(match: re.Match[str], today: date) -> Days:
    """Monday to Sunday."""
    monday = today - timedelta(days=today.weekday() + (7 if match[0].startswith("上") else 0))
    return Days(monday, monday + timedelta(days=6))


def _single_day(match: re.Match[str], today: date) -> Days:
    return one_day(today - timedelta(days=_SINGLE_DAYS[match[0]]))


def _recent(match: re.Match[str], today: date) -> Days:
    """From the same day so many years or months ago, or so many days ago, to today."""
    count, unit = number(match["count"]), match["unit"]
    if count == 0:
        raise ValueError(f"no number: {match[0]}")
    if unit in {"年", "个月"}:
        return Days(months_before(today, count * (12 if unit == "年" else 1)), today)
    return Days(today - timedelta(days=count * (1 if unit in {"天", "日"} else 7)), today)


def _recent_half(match: re.Match[str], today: date) -> Days:
    return Days(months_before(today, 6), today)


def _decade_of_century(match: re.Match[str], today: date) -> Days:
    words = {"上": today.year // 100 - 1, "本": today.year // 100}
    word = match["word"]
    hundreds = number(match["century"]) - 1 if word is None else words[word]
    if not 10 <= hundreds <= 29:
        raise ValueError(f"outside the years 1000 to 2999: {match[0]}")
    first = hundreds * 100 + number(match["decade"])
    return years(first, first + 9)


def _decade(match: re.Match[str], today: date) -> Days:
    first = int(match["first"])
    return years(first, first + 9)


def _plan(match: re.Match[str], today: date) -> Days:
    """Since the sixth, each five-year plan runs for five whole years."""
    ones = match["quoted"] or match["bare"] or match["ordinal"]
    first = _SIXTH_PLAN + 5 * (10 + HAN_DIGITS[ones] - 6)
    return years(first, first + 4)


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        # What stands beside them may make another word: 基|本月, 以上|月, 资|本周|转, 目前|天气.
        (r"(?<![基成])本月|这个月|(?<![以海])上个?月", _month_back),
        (
            r"(?:(?<![资基成日样])本|这|(?<!以)上)(?:周(?![转期边年围刊])|个?星期|一周)",
            _week,
        ),
        (r"今天|昨天|(?<![目当提之以此大])前天(?![气然])", _single_day),
        (rf"{_RECENT}(?P<count>{NUMBER})\s?(?P<unit>年|个月|周|个?星期|天|日){_LATELY}", _recent),
        (rf"{_RECENT}半年{_LATELY}", _recent_half),
        (
            rf"(?:(?P<century>(?<![0-9])[0-9]{{2}}|[一二三十]{{2,3}})|(?P<word>[上本])个?)世纪\s?"
            rf"(?P<decade>[1-9]0|[二三四五六七八九]?十){_DECADE_END}",
            _decade_of_century,
        ),
        (rf"(?<![0-9])(?P<first>[12][0-9]{{2}}0)\s?{_DECADE_END}", _decade),
        (_PLAN, _plan),
    )
)
