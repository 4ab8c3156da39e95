"""Figures in one form: 三千万, 3000万 and 30,000,000 are one number, whoever wrote them.

Rules for comparing, applied in order to a text in simplified characters with half-width digits.
Each is a pattern and what stands for it; a rule changes only what is surely a figure, because
千万, 十分 and 万一 are words, and 十四五 is a plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from math import prod

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_DIGITS = {character: n for n, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_UNITS = {**_TENS, "万": 10**4, "亿": 10**8}
_LARGE = {"万亿": 10**12, "亿": 10**8, "万": 10**4}
_HAN = "零〇一二两三四五六七八九十百千万亿"
# The longest numeral below 10**16.
_LONGEST = len("九千九百九十九万九千九百九十九亿九千九百九十九万九千九百九十九")
_DIGIT = "零〇一二三四五六七八九"
_ONE = "一二两三四五六七八九十"
# What is counted or dated, where one Han digit alone is a figure (三年), not part of a word (三峡).
_DATED = "年|月|日|(?<=月.)号|届|岁|季度"
_MEASURED = "元|倍|亩|吨|公里|千米|千瓦|公斤|千克|米|小时|分钟|个百分点"
_COUNTED = f"{_DATED}|{_MEASURED}|周年|个月|天|名|户|项|条|批|期"
_NUMBERED = "条|章|节|款|项|届|期|批|次|号|名|位|版|卷|集|轮|季度"
# Before these a row of digits is a quantity, not a code, a telephone number or a share.
_QUANTITY = (
    "元|人|亩|吨|户|名|册|辆|套|个|平方|公顷|公里|米|股(?![票份])|多|余|次|件|台|家|公斤|千瓦"
)
# How units are written after a figure, in the order in which they are tried.
_UNIT_NAMES = {
    "km2": "平方公里", "平方千米": "平方公里", "m2": "平方米", "平米": "平方米",
    "cm2": "平方厘米", "mm2": "平方毫米", "m3": "立方米", "km/h": "公里/小时",
    "公里/h": "公里/小时", "km": "公里", "千米": "公里", "kg": "公斤", "千克": "公斤",
    "cm": "厘米", "mm": "毫米", "°c": "摄氏度", "块钱": "元",
}  # fmt: skip


def han_number(text: str) -> int | None:
    """The value of a well-formed Han numeral (两万五千, 一百零八, 十二); None for anything else.

    Well-formed is what is written the one way that its value is: 三百五 and 十四五 are not. Numbers
    from 10**16 are nothing that anyone counts.
    """
    if len(text) > _LONGEST:
        return None
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            section, digit = section + (digit or 1) * _TENS[character], 0
        elif character == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        elif character == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        else:
            return None
    value = total + section + digit
    usual = text.replace("〇", "零").replace("两", "二")
    if usual.startswith("十"):
        usual = "一" + usual
    return value if value < 10**16 and usual == han_numeral(value) else None


def han_numeral(value: int) -> str:
    """A number from 0 in Han numerals: 100005000 is 一亿零五千."""
    if value < 10:
        return "零一二三四五六七八九"[value]
    name, unit = next((name, unit) for name, unit in reversed(_UNITS.items()) if unit <= value)
    head, rest = divmod(value, unit)
    gap = "零" if 0 < rest < unit // 10 else ""
    return han_numeral(head) + name + gap + (han_numeral(rest) if rest else "")


def plain(value: Decimal) -> str:
    """A number in the largest of 万亿, 亿, 万 that leaves it at most two decimals, or in digits."""
    for name, unit in _LARGE.items():
        scaled = value / unit
        if scaled >= 1 and scaled * 100 == int(scaled * 100):
            return f"{_short(scaled)}{name}"
    return _short(value)


def _short(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _han(found: re.Match[str]) -> str:
    value = han_number(found[1])
    return found[0] if value is None else plain(Decimal(value))


def _decimal(found: re.Match[str]) -> str:
    value = han_number(found[1])
    if value is None:
        return found[0]
    number = Decimal(f"{value}.{_digits(found[2])}")
    return plain(number * _LARGE[found[3]]) if found[3] else _short(number)


def _scaled(found: re.Match[str]) -> str:
    parts = [
        (figure, prod(_UNITS[unit] for unit in units)) for figure, units in _PARTS.findall(found[0])
    ]
    if not all(map(_fills, parts, parts[1:])):
        return found[0]
    return plain(sum((Decimal(figure) * unit for figure, unit in parts), Decimal(0)))


def _fills(part: tuple[str, int], following: tuple[str, int]) -> bool:
    """Whether one number is written in both parts: 1万2千 and 3万2471, but not 3万5 or 5千6千."""
    (figure, unit), (lower, lower_unit) = part, following
    whole = "." not in figure + lower and int(lower) * lower_unit < unit
    return whole and (lower_unit > 1 or len(lower) == len(str(unit)) - 1)


def _grouped(found: re.Match[str]) -> str:
    return plain(Decimal(found[0].replace(",", "")))


def _one(found: re.Match[str]) -> str:
    return str(han_number(found[0]))


def _ordinal(found: re.Match[str]) -> str:
    value = found[1] if found[1].isascii() else han_number(found[1])
    return found[0] if value is None else f"第{value}"


def _share(found: re.Match[str]) -> str:
    mark = {"百": "%", "千": "‰"}[found[1]]
    if found[2] == "百":
        return f"100{mark}"
    value = found[2] if found[2].isascii() else han_number(found[2])
    if value is None:
        return found[0]
    number = f"{value}.{_digits(found[3])}" if found[3] else f"{value}"
    return _short(Decimal(number)) + mark


def _digits(text: str) -> str:
    return "".join(str(_DIGITS[digit]) for digit in text)


def _date(found: re.Match[str]) -> str:
    year, month, day = (int(part) for part in found.group(1, 3, 4))
    return f"{year}年{month}月{day}日" if 1 <= month <= 12 and 1 <= day <= 31 else found[0]


def _unit(found: re.Match[str]) -> str:
    return _UNIT_NAMES[found[1].lower()]


def _to(text: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found.expand(text)


def _rule(pattern: str, replacement: Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern), replacement


# No longer than what decimals hold exactly, also when it counts 千亿亿.
_FIGURE = r"[0-9]{1,12}(?:\.[0-9]{1,9})?(?!\.?[0-9])"
# 千瓦 and 百帕 are units of their own, and 三百分之一 is no 300.
_TENFOLD = "(?:十|百(?!帕|分[之位])|千(?![瓦米克卡焦兆伏安赫帕]|分[之位]))"
_SCALE = f"(?:{_TENFOLD}[万亿]{{0,2}}|[万亿]{{1,2}})"
_PLACE = f"(?:[零〇一二两三四五六七八九万亿]|{_TENFOLD})"
# Not the rest of a longer numeral, of 几十万 or of 第三; but a figure all the same in 人数三万. Nor
# after a letter, to which a digit would stick: GDP三年.
_ALONE = rf"(?<![{_HAN}廿卅几第0-9A-Za-z])(?!(?<=[数上])十)"
# Nor the first part of one, as in 三千5百 and 一百几十.
_ENDED = rf"(?![几数]?{_PLACE}|[0-9])"
# The day in 周三天气 and the man in 张三名下.
_NAMED = "(?<![周张李王])(?<!星期)(?<!礼拜)"
_PARTS = re.compile(rf"({_FIGURE})([十百千万亿]*)")
_BEFORE = r"(?<![A-Za-z0-9])(?<![0-9][.,，])"
# Layouts put spaces between a figure and what belongs to it; a tab parts the cells of a table.
_GAP = r"[ \u00a0\u2000-\u200a\u202f\u205f\u3000]"
_OPEN, _CLOSE = r"[〔﹝\[(（【〈［]", r"[〕﹞\])）】〉］]"
_TILL = "[至到~～〜—–―−-]"

RULES: tuple[Rule, ...] = (
    _rule(
        rf"(?<![{_DIGIT}0-9A-Za-z])[{_DIGIT}]{{4}}(?=年|{_TILL}[{_DIGIT}]{{4}}年)",
        lambda found: _digits(found[0]),
    ),
    _rule(rf"{_ALONE}(百|千)分之({_FIGURE}|[{_HAN}]+)(?:点([{_DIGIT}]+))?", _share),
    _rule(rf"第{_GAP}*([{_HAN}]+|[0-9]+){_GAP}*(?={_NUMBERED}|[至到]第)", _ordinal),
    _rule(rf"{_ALONE}([{_HAN}]+)点([{_DIGIT}]+)(?:(万亿|[万亿])|(?={_MEASURED}))", _decimal),
    _rule(rf"{_ALONE}([{_ONE}]{_PLACE}+){_ENDED}", _han),
    _rule(rf"{_ALONE}{_NAMED}[{_ONE[1:]}](?=(?:{_TILL}[{_ONE}])?(?:{_COUNTED}))", _one),
    _rule(rf"{_ALONE}一(?={_DATED}|{_TILL}(?:[{_ONE}]|[0-9]+)(?:{_COUNTED}))", _one),
    _rule(
        rf"{_BEFORE}[1-9][0-9]{{0,2}}(?:,[0-9]{{3}}){{1,6}}(?:\.[0-9]+)?(?!,?[0-9]|\.[0-9])",
        _grouped,
    ),
    _rule(
        rf"(?<=[0-9十百千万亿]){_GAP}+(?=[年月日号万亿%‰元])|(?<=[年月]){_GAP}+(?=[0-9])", _to("")
    ),
    _rule(
        rf"{_BEFORE}(?:{_FIGURE}{_SCALE}){{1,4}}(?:[0-9]+(?!年))?{_ENDED}",
        _scaled,
    ),
    _rule(
        rf"(?<=[0-9万亿])(?<![A-Za-z][0-9]){_GAP}?((?i:{'|'.join(_UNIT_NAMES)}))(?![A-Za-z0-9])",
        _unit,
    ),
    _rule(rf"(?<![0-9.万亿¥￥])[¥￥]{_GAP}?({_FIGURE}(?:万亿|[万亿])?)元?", _to(r"\1元")),
    _rule(
        rf"{_BEFORE}(?:[1-9][0-9]{{4,11}}(?:\.[0-9]+)?(?={_QUANTITY})"
        rf"|[0-9]+\.[0-9]*0(?={_QUANTITY}|[%‰]))",
        _grouped,
    ),
    _rule(r"(?<=[0-9年月日号%万亿元])(?:——|[至到~～〜—–―−])(?=[0-9])", _to("-")),
    _rule(r"(?<![0-9.])([12][0-9]{3})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?!\.?[0-9])", _date),
    _rule(r"(?<![0-9.])0([1-9])(?=[月日])", _to(r"\1")),
    _rule(r"(?<=月)0?([1-9][0-9]?)号(?![线楼院店馆])", _to(r"\1日")),
    # A document number in whatever brackets: 国办发〔2024〕3号.
    _rule(
        rf"{_OPEN}([12][0-9]{{3}}){_CLOSE}{_GAP}?第?{_GAP}?([0-9]+){_GAP}?号", _to(r"〔\1〕\2号")
    ),
)
