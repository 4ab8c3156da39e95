"""Questions as people type them: without politeness and asking tails, as keywords, or as they talk.

Rules know both scripts, and leave a question in the script that it is in.
"""

from __future__ import annotations

import re
from random import Random

from index.language.folding import simplify

_POLITE = re.compile(
    "^(?:您好|你好|麻烦|麻煩|请问一下|請問一下|请问|請問|(?:我)?想知道|(?:你|您)知道)+[，,：:]?"
)
_MARKS = re.compile(r"[？?。！!\s]+$")
_WHICH = "什么样的|什麼樣的|怎样的|怎樣的|怎么样的|什么|什麼|甚麼|哪些|哪几种|何种|何種"
_ASKED = (
    f"{_WHICH}|多少|哪里|哪裡|哪裏|哪儿|何处|何處|谁|誰|何时|何時"
    "|哪一年|哪年|哪个|哪個|哪一个|哪一個|何"
)
_TIME = "哪一年|哪年|何年|什么时候|什麼時候|何时|何時|哪一天|哪天"
_HAN = r"\u3400-\u9fff"
# 不是什么 and 被称为什么 are not asked of what stands before them.
_BE = (
    r"(?:(?<![不还還就也只但正可算作称稱])是|(?<![称稱作成认認因改譯译名視视])[为為]|(?<![没沒])有)"
)
_WHEN = re.compile(rf"{_BE}?[在于於]?(?:{_TIME})被?([{_HAN}]{{2,3}}?)[的了]?$")
_KIND = re.compile(rf"(?:具有|{_BE})(?:{_WHICH})([{_HAN}]{{2,4}})$")
_TAIL = re.compile(rf"(?:分别|分別|指的)?(?:包括|{_BE})(?:{_ASKED})$")
# Not in 目的, 的确; not in 为了, 了解.
_OF = re.compile(
    rf"(?<=[{_HAN}A-Za-z0-9》」”])(?<![目标標有是似])的(?=[{_HAN}A-Za-z0-9《「“])(?![确確士是])"
)
_OPEN = re.compile("(?:(?<!目)的|[，,])$")
_DONE = re.compile("(?<![为為除罢罷受])了(?![解结結不望])")
_TALK = (
    ("什么时候|什麼時候|何时|何時", "啥时候"),
    ("为什么|為什麼|为何|為何", "为啥"),
    ("什么|什麼|甚麼", "啥"),
    ("怎么样|怎麼樣", "咋样"),
    ("如何|怎么|怎麼|怎样(?!的)|怎樣(?!的)", "咋"),
    ("哪里|哪裡|哪裏|何处|何處", "哪儿"),
    ("哪一(?=[年个個天种種位])", "哪"),
    ("是否", "是不是"),
    ("位于|位於", "在"),
)
_TRADITIONAL = str.maketrans("时为样儿", "時為樣兒")


def shortened(question: str, rng: Random) -> str | None:
    """The question in another of its forms; None where only its end mark could be left out."""
    plain = _MARKS.sub("", _POLITE.sub("", question.strip()))
    forms = (plain, _without_tail(plain), _keywords(plain), _talked(plain), _talked(_close(plain)))
    bare = _MARKS.sub("", question.strip())
    others = [form for form in dict.fromkeys(forms) if form not in (bare, question)]
    told = [form for form in others if len(re.findall(r"\w", form)) > 2]
    return rng.choice(told) if told else None


def _without_tail(plain: str) -> str:
    """Only what is asked for: 成立时间, 票房, 特点; as it is where nothing else would be left."""
    traditional = simplify(plain) != plain
    timed = _WHEN.sub(r"\1時間" if traditional else r"\1时间", plain)
    for short in (timed, _KIND.sub(r"\1", plain), _TAIL.sub("", plain)):
        # What 建立的是什么 asks for is not said before 是.
        if short != plain and not _OPEN.search(short) and len(short) > 2:
            return short
    return plain


def _keywords(plain: str) -> str:
    return re.sub("[，,、；;]+", " ", _close(_without_tail(plain))).strip()


def _close(plain: str) -> str:
    return _DONE.sub("", _OF.sub("", plain))


def _talked(plain: str) -> str:
    traditional = simplify(plain) != plain
    for pattern, spoken in _TALK:
        plain = re.sub(pattern, spoken.translate(_TRADITIONAL) if traditional else spoken, plain)
    return plain
