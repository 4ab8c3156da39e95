"""What kind of words a question asks for, where it says so: a figure, of what, or a time."""

from __future__ import annotations

import re

UNITS = (
    "亿元|万元|美元|欧元|日元|港元|人民币|人次|平方公里|平方千米|平方米|立方米|公里|千米|厘米|毫米|海里"
    "|公顷|公斤|千克|摄氏度|小时|分钟|年度|年代|世纪|个百分点|百分点|个月|千瓦时|千瓦|万户|元|人|户|个|家|名"
    "|位|年|月|日|号|岁|天|秒|米|亩|吨|克|斤|度|℃|倍|次|场|所|座|条|项|件|套|辆|台|艘|架|只|头|匹|层|级|届"
    "|期|批|卷|册|集|章|部|篇|首|种|类|点|分|票|席|张|枚|块|%|％|‰"
)
"""What figures are of, as an expression."""

_NUMBER = re.compile(r"[\d０-９〇零一二两三四五六七八九十百千万亿半]")
_TIME = re.compile(
    r"[\d０-９年月]|[一二三四五六七八九十][日天号]|[昨今明前]天|[春夏秋冬]|世纪|[朝代]$"
)
_ASKS_TIME = re.compile("什么时候|啥时候|何时|[哪何](?:一)?[年月日天]|几[月号日点]|什么时间|哪个月")
_ASKS_NUMBER = re.compile(
    rf"(?:多少|几)(?P<unit>{UNITS})?|多大|多高|多长|多久|多远|多重|比例|占比|百分之几"
)
_ASKS_PERSON = re.compile("谁|哪位|哪名")
# What is counted without a unit in the question: the words that it may be told in.
_MUCH = "多少[^，。；？,;?了过到]{0,6}?"
_COUNTED = (
    (re.compile(f"{_MUCH}(?:钱|资金|经费|款|补助|补贴|收入|租金|贷款)"), re.compile("[元块]")),
    (re.compile("几成|占比|比例|百分之几"), re.compile("[%％‰成比:：半]|分之")),
    (re.compile(f"{_MUCH}(?:人口|人员|干部|群众|学生|党员|职工|老人)"), re.compile("[人名位口]")),
)
# 张某1 is a person.
_COUNTS = re.compile(rf"[\d０-９](?:[\d０-９]|{UNITS})")
# 在哪个县 is answered by the name of a county.
_ASKS_KIND = re.compile("哪一?[个座](省|市|县|区|镇|乡|村)")
# People are counted in several ways, money in fractions and multiples of its unit.
_ALIKE = ({"人", "名", "位", "人次", "个", "口"}, {"元", "钱", "块", "万元", "亿元", "美元"})


def fits(question: str, words: str) -> bool:
    """Whether words can be what the question asks for: a figure of its unit, a time, a person.

    Whatever it does not say, any words fit.
    """
    if _ASKS_PERSON.search(question) and _COUNTS.search(words):
        return False
    if (kind := _ASKS_KIND.search(question)) and kind[1] not in words:
        return False
    if _ASKS_TIME.search(question):
        return _TIME.search(words) is not None
    asked = _ASKS_NUMBER.search(question)
    if asked is None:
        return True
    told = (unit.search(words) for counted, unit in _COUNTED if counted.search(question))
    return _NUMBER.search(words) is not None and _has_unit(asked["unit"], words) and all(told)


def asks_number(question: str) -> bool:
    """Whether a figure or a time is asked for."""
    return bool(_ASKS_NUMBER.search(question) or _ASKS_TIME.search(question))


def _has_unit(unit: str | None, words: str) -> bool:
    if unit is None:
        return True
    alike = {unit}.union(*(group for group in _ALIKE if unit in group))
    return any(other in words for other in alike)
