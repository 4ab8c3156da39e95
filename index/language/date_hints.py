"""The stretches of time that a question names. They are told to whoever asks, and restrict nothing.

Only what is sure is told: of 2020年春节 or 去年底 the whole year, of 80年代 or 2000年前 nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from index.language import times_by_name, times_of_years
from index.language.days import Days, Rule
from index.language.folding import simplify
from index.language.times_of_years import RANGES, TO
from index.types import DateHint

_Ends = tuple[date | None, date | None]
_Named = tuple[int, Days | None]
_NOTHING: _Ends = (None, None)

_RULES = (*times_of_years.RULES, *times_by_name.RULES)
_NARROW = str.maketrans("０１２３４５６７８９－／．", "0123456789-/.")
_TO = re.compile(TO)
# Not 来自 or 各自. 自 says by itself that time runs on; 从 needs a word after the time.
_LEAD = re.compile(r"(?:(?P<since>自从|(?<![来出各独亲])自)|(?P<until>截[至止]到?)|从)\s?")
_ON = r"\s?(?:以来|至今|迄今|以后|[到至](?:现在|目前)|起(?![诉草义因源火床]))"
_END = r"\s?年?[底末]"
_DAY = timedelta(days=1)
_TAILS: tuple[tuple[re.Pattern[str], Callable[[Days], _Ends]], ...] = tuple(
    (re.compile(pattern), ends)
    for pattern, ends in (
        (rf"(?:\s?年?初)?{_ON}", lambda days: (days.first, None)),
        (rf"{_END}{_ON}", lambda days: (days.last, None)),
        (rf"(?:{_END})?\s?之后", lambda days: (days.last + _DAY, None)),
        (r"\s?(?:以前|之前)", lambda days: (None, days.first - _DAY)),
        (rf"{_END}\s?(?:以前|之前|前(?!往))", lambda days: (None, days.last)),
        (r"\s?[前后](?![往来勤])", lambda days: _NOTHING),
    )
)
_AFTER_LEAD = re.compile(r"\s?开始")
_EVENTS = {
    "建国": date(1949, 10, 1),
    "新中国成立": date(1949, 10, 1),
    "改革开放": date(1978, 12, 18),
    "十八大": date(2012, 11, 8),
    "十九大": date(2017, 10, 18),
    "二十大": date(2022, 10, 16),
}
_SINCE_EVENT = re.compile(
    rf"(?:党的|中共)?(?P<event>{'|'.join(_EVENTS)})(?:召开)?(?:以来|以后|之后|至今)"
)


def date_hints(question: str, today: date) -> tuple[DateHint, ...]:
    """The stretches of time that a question names, in order, each place read as far as it goes.

    以后 begins with what it names (1990年以后 has 1990 in it) and 之后 the day after its end;
    以前 and 之前 end the day before it. Impossible dates, and years other than 1000 to 2999, tell
    nothing. `today` is what 去年 and 近三年 are counted from.
    """
    text = simplify(question).translate(_NARROW)
    return tuple(
        DateHint(question[start:end], first, last)
        for start, end, (first, last) in _stretches(text, today)
        if first or last
    )


def _stretches(text: str, today: date) -> Iterator[tuple[int, int, _Ends]]:
    at = 0
    while at < len(text):
        told = _read(text, at, today)
        if told is None:
            at += 1
        else:
            yield at, *told
            at = told[0]


def _read(text: str, at: int, today: date) -> tuple[int, _Ends] | None:
    """Where the naming of time that begins here ends, and what it tells; None without one."""
    event = _SINCE_EVENT.match(text, at)
    if event:
        return event.end(), (_EVENTS[event["event"]], None)
    lead = _LEAD.match(text, at)
    start = lead.end() if lead else at
    named = _longest(_RULES, text, start, today)
    ranges = [_longest(RANGES, text, start, today), _range(text, named, today)]
    if found := [one for one in ranges if one]:
        end, days = max(found, key=lambda one: one[0])
        return end, _NOTHING if days is None else (days.first, days.last)
    if named is None:
        return None
    end, days = named
    if days is None:
        return end, _NOTHING
    return _tail(text, end, days) or _led(text, end, days, lead)


def _longest(rules: tuple[Rule, ...], text: str, at: int, today: date) -> _Named | None:
    """The longest name of time at a place: its end, and its days where they can be."""
    found = [(match, rule) for pattern, rule in rules if (match := pattern.match(text, at))]
    if not found:
        return None
    match, rule = max(found, key=lambda pair: pair[0].end())
    try:
        return match.end(), rule(match, today)
    except ValueError:
        return match.end(), None


def _range(text: str, first: _Named | None, today: date) -> _Named | None:
    """From one name of time to another; without days where it ends before it begins."""
    to = None if first is None else _TO.match(text, first[0])
    last = None if to is None else _longest(_RULES, text, to.end(), today)
    if first is None or last is None:
        return None
    begins, ends = first[1], last[1]
    if begins is None or ends is None or begins.first > ends.last:
        return last[0], None
    return last[0], Days(begins.first, ends.last)


def _tail(text: str, at: int, days: Days) -> tuple[int, _Ends] | None:
    """What a word after the time makes of it."""
    for pattern, ends in _TAILS:
        if match := pattern.match(text, at):
            return match.end(), ends(days)
    return None


def _led(text: str, at: int, days: Days, lead: re.Match[str] | None) -> tuple[int, _Ends] | None:
    """What a word before the time makes of it, where none follows."""
    if lead is None:
        return at, (days.first, days.last)
    if lead["until"]:
        return at, (None, days.last)
    begins = _AFTER_LEAD.match(text, at)
    if begins:
        return begins.end(), (days.first, None)
    return (at, (days.first, None)) if lead["since"] else None
