"""What kind of thing a question asks for, told by its words."""

from __future__ import annotations

import re

from index.language.folding import simplify

# What may follow a noun that asks by itself: 开幕时间？ 案发地点在哪？
_END = r"(?:是|为|在|于)?(?:什么|何|哪|多少)?[呢啊]?\W*$"
_ASKING = {
    "when": (
        r"什么时[候间刻期]|什么年代|何[时年月日]|哪[月日天]|几[月号日]|(?:[公西]元|民国)几年"
        r"|几[点时](?!间)|哪(?:一|些|几)?个?(?:年(?![级限龄度])|月|日|天|世纪|朝代|时期|时候)"
    ),
    # Some characters before 几 or 多 make an amount of it, not a question: 十几, 许多大型…
    "how many": (
        r"多少|(?<![\d十百千这那哪近好来后茶])几(?![何乎率近微十百千万]|内亚)"
        r"|(?<![许众大很更最诸])多(?:大(?![学约都多])|高(?![校达等])|长|远|久|深|宽|快|厚|重\W*$)"
    ),
    "where": (
        r"哪[里儿]|何[处地]|什么地[方区点]|[在于到往去从]哪(?=\W*$)"
        r"|(?:什么|哪(?:一|两|几|些)?[个座]?)(?:城市|国家|省|地[方区点]|州|县|市|区|村|镇|洲|岛|国)"
    ),
    "who": r"谁|哪(?:一|两|几)?[位名]|何人|什么人|哪(?:一个|个|些|几个)人",
    # 被称为什么 and 正源为何 ask what it is.
    "why": (
        r"(?:^|\W)为什么|(?<![称名作成现改认视译变化叫设评选定])为什么(?!\W*$)"
        r"|为何(?![处人物时地年种]|\W*$)|何故|因何|缘何|(?:什么|何种|何|哪\w{0,2})(?:原因|缘故|理由)"
    ),
    "how": "怎么|如何|怎样|咋",
}
_NAMING = {
    "when": rf"(?:(?<![长段])时间|日期|年份|日子|时候){_END}",
    "where": rf"(?:地点|地址|位置|[在产生]地|首都|首府){_END}",
    "how many": rf"(?:人数|[总数]额|[总数容重含产销]量|金额|价格|票房|比例|面积|身高|年龄){_END}",
    "why": "原因|缘由|理由",
}
_RULES = [
    (kind, re.compile(pattern)) for rules in (_ASKING, _NAMING) for kind, pattern in rules.items()
]


def question_type(text: str) -> str:
    """By its question word, else by the noun that it ends in; "what" for all others."""
    plain = simplify(text)
    return next((kind for kind, pattern in _RULES if pattern.search(plain)), "what")
