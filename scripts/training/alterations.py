"""Questions changed so that their passage no longer answers: one figure or name for another.

What is taken out must stand in the passage, since else nothing depended on it; what is put in must
not. Names come from a pool of the names in the questions of the same set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from index.language.folding import fold, simplify
from index.language.places import place_spans

TRIES = 20
_HAN = r"\u3400-\u9fff"
# With its unit, without which 5 stands in every passage. Before 个 after 哪 it is what is asked.
_FIGURE = re.compile(rf"(?<![0-9A-Za-z.,，哪这那這])([0-9]+(?:\.[0-9]+)?)(\s?[%％{_HAN}])")
_QUOTED = re.compile("《[^《》]+》|「[^「」]+」|『[^『』]+』|“[^“”]+”")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&'’-]*[A-Za-z0-9](?: [A-Z][A-Za-z0-9&'’-]*)*")
_COUNTRY = re.compile(
    "中国|美国|英国|法国|德国|日本|韩国|俄罗斯|苏联|印度|加拿大|澳大利亚|意大利|西班牙|葡萄牙|荷兰|瑞士|瑞典"
    "|挪威|丹麦|芬兰|波兰|奥地利|土耳其|埃及|泰国|越南|新加坡|马来西亚|巴西|阿根廷|墨西哥|希腊|伊朗|以色列"
)
_BRACKETED = re.compile(r"\s*[（(].*$")


@dataclass(frozen=True, slots=True)
class Altered:
    """A question in which each `old` has become `new`."""

    question: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Pool:
    """Names by kind, for one to take another's place, and the titles of documents."""

    names: Mapping[str, tuple[str, ...]]
    titles: tuple[str, ...]


def pool_of(questions: Iterable[str], titles: Iterable[str] = ()) -> Pool:
    """The names in questions, each once; of titles, what stands before a bracket."""
    names: dict[str, dict[str, None]] = {}
    for question in questions:
        for kind, name in _names(question):
            names.setdefault(kind, {})[name] = None
    short = dict.fromkeys(_BRACKETED.sub("", title) for title in titles)
    return Pool(
        {kind: tuple(found) for kind, found in names.items()},
        tuple(title for title in short if len(title) > 1),
    )


def altered(question: str, passage: str, rng: Random, pool: Pool) -> Altered | None:
    """The question with a figure or a name in it swapped; None where none can be.

    `passage` is what answers, with its context.
    """
    choices = [swap for swap in _swaps(question, pool) if _stands(swap[0], passage)]
    for old, draw in rng.sample(choices, len(choices)):
        for _ in range(TRIES):
            new = draw(rng)
            changed = question.replace(old, new)
            if not _stands(new, passage) and not _stands(old, changed) and changed != question:
                return Altered(changed, old, new)
    return None


def _swaps(question: str, pool: Pool) -> Iterator[tuple[str, Callable[[Random], str]]]:
    """What can be taken out of a question, each with how to draw what is put in."""
    for match in _FIGURE.finditer(question):
        yield match[0], _figures(match[1], match[2])
    for kind, name in _names(question):
        if others := pool.names.get(kind):
            yield name, _one_of(others)
    for title in pool.titles:
        if title in question:
            # What ends alike is often alike: 大学, 车站, 山.
            alike = [one for one in pool.titles if one[-1] == title[-1] and one != title]
            yield title, _one_of(alike or pool.titles)


def _names(text: str) -> Iterator[tuple[str, str]]:
    """The names in a text, each with its kind."""
    for match in _QUOTED.finditer(text):
        yield match[0][0], match[0]
    for match in _LATIN.finditer(text):
        yield "acronym" if match[0].isupper() else "latin", match[0]
    simple = simplify(text)
    for start, end in place_spans(simple):
        yield "place", text[start:end]
    for match in _COUNTRY.finditer(simple):
        yield "country", text[match.start() : match.end()]


def _one_of(names: Iterable[str]) -> Callable[[Random], str]:
    known = tuple(names)
    return lambda rng: rng.choice(known)


def _figures(number: str, unit: str) -> Callable[[Random], str]:
    """How to draw another figure of the same kind: a year near by, a month, one as long."""
    whole, point, part = number.partition(".")
    value, last = int(whole), unit[-1]
    if last == "年" and len(whole) == 4:
        low, high = value - 12, value + 12
    elif last in "月日号號" and len(whole) < 3:
        low, high = 1, 12 if last == "月" else 28
    else:
        low, high = max(2, 10 ** (len(whole) - 1)), 10 ** len(whole) - 1
    return lambda rng: f"{rng.randint(low, high)}{point}{part}{unit}"


def _stands(words: str, text: str) -> bool:
    """Whether words stand in a text, as written or in the form in which texts are compared."""
    close, within = "".join(words.split()), "".join(text.split())
    return close in within or fold(close).text in fold(within).text
