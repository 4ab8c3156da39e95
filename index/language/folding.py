"""One form for what is written in many: script, width, case, figures, dates, units.

Folding is for comparing only: the text itself is never changed, and every folded character knows
which characters of the text it stands for. The only module that imports OpenCC.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, repeat

from index.language.numerals import RULES, Rule

# Where Chinese texts are written; the rare extensions have nothing to fold.
_HAN = range(0x3400, 0xA000)
# Punctuation keeps its width for the model; all else that is rare may be another way to write
# letters and digits.
_RARE = re.compile(
    r"[^\0-\x7f²³\u0300-\u036f\u2010-\u2027\u3000-\u301f\u3400-\u9fff！（），：；？～]"
)
# An accent of the letter before it, or a unit's power (m²); 10² stays.
_JOINED = re.compile("[A-Za-zÀ-ɏ][\u0300-\u036f]+|(?<=[A-Za-z])[²³]")
# What belongs to figures and units besides.
_MARKS = {"%", ".", "-", "/", "°C"}
_LOWERED = "₀₁₂₃₄₅₆₇₈₉"
# All but Han characters, small letters, digits and the commonest marks, which folding leaves.
_UNFOLDED = re.compile(r"[^\u3400-\u9fffa-z0-9、。《》“”]")
# No rule for figures concerns a text without one of these.
_FIGURE = re.compile("[0-9零〇一二两三四五六七八九十百]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its character i stands for `original[starts[i]:ends[i]]`.

    Starts and ends never fall. Characters of one figure all stand for the whole figure.
    """

    text: str
    starts: list[int]
    ends: list[int]


def fold(text: str) -> Folded:
    """As `readable`, and NFKC and case-folded, a character at a time (GDP is gdp)."""
    return _rewritten(_read(text), (_UNFOLDED, _folded))


def readable(text: str) -> str:
    """The text in simplified characters and with its figures in one form, as the model reads it."""
    return _read(text).text


def simplify(text: str) -> str:
    """The text in simplified characters, each in its place: a question in either script is one."""
    return text.translate(_simplified())


def _read(text: str) -> Folded:
    """Simplified, with letters and digits in their usual width and figures in one form."""
    places = range(len(text))
    read = Folded(text, list(places), [place + 1 for place in places])
    if not text.isascii():
        read = _rewritten(read, (_RARE, _usual))
        read = _rewritten(read, (_JOINED, lambda found: _nfkc(found[0])))
        read = replace(read, text=simplify(read.text))
    if _FIGURE.search(read.text):
        for rule in RULES:
            read = _rewritten(read, rule)
    return read


def _rewritten(read: Folded, rule: Rule) -> Folded:
    """The text with each match of a rule replaced, its characters standing for all of the match."""
    pattern, replacement = rule
    pieces: list[str] = []
    starts: list[list[int] | repeat[int]] = []
    ends: list[list[int] | repeat[int]] = []
    done = 0
    for found in pattern.finditer(read.text):
        start, end = found.span()
        new = replacement(found)
        if new == found[0]:
            continue
        pieces += [read.text[done:start], new]
        starts += [read.starts[done:start], repeat(read.starts[start], len(new))]
        ends += [read.ends[done:start], repeat(read.ends[end - 1], len(new))]
        done = end
    if not pieces:
        return read
    text = "".join([*pieces, read.text[done:]])
    starts.append(read.starts[done:])
    ends.append(read.ends[done:])
    return Folded(text, list(chain.from_iterable(starts)), list(chain.from_iterable(ends)))


def _usual(found: re.Match[str]) -> str:
    """Letters and digits as usual: Ａ is A, ㎡ is m2."""
    rare, usual = found[0], _nfkc(found[0])
    kept = _is_numbering(rare) or not (usual.isalnum() or usual in _MARKS)
    return rare if kept else usual


def _folded(found: re.Match[str]) -> str:
    rare = found[0]
    if _is_numbering(rare):
        return rare
    # 1，000 may be two figures: it must not become 1,000, which is one.
    return simplify(_nfkc(rare)).casefold().replace(",", "，")


def _is_numbering(rare: str) -> bool:
    """Whether it is ① or ½, which stay what they are: ①5000 is not 15000."""
    return unicodedata.category(rare) == "No" and rare not in _LOWERED


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@cache
def _simplified() -> dict[int, str]:
    """Each traditional character's simplified one.

    A character at a time: what a phrase would decide (乾隆, 乾燥) does not matter for comparing,
    as long as both sides are folded alike.
    """
    import opencc

    convert = opencc.OpenCC("t2s").convert
    traditional = [chr(code) for code in _HAN]
    # Twice: 薴 is 苧, which itself is 苎.
    simplified = convert(convert("\n".join(traditional))).split("\n")
    pairs = zip(traditional, simplified, strict=True)
    return {ord(old): new for old, new in pairs if old != new and ord(new) in _HAN}
