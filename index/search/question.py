"""What a question asks for, without a model: its tokens and how much each weighs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.errors import BadQuestion
from index.language.folding import fold, readable, simplify
from index.language.lexicon import NO_LEXICON, Lexicon, wordings
from index.language.places import place_spans
from index.language.tokens import tokenize

MAX_CHARS = 1000
# Pairs find what segmentation cut otherwise; where it cut well they only add noise.
PAIR_WEIGHT = 0.4
# Words that ask or are polite; they are not what is asked about. Longer ones first.
_ASKING = re.compile(
    "请问一下|请问|麻烦|谢谢|你好|您好|我想知道|想知道|我想了解|告诉我|帮我查一下|帮我|查一下|介绍一下"
    "|分别是|分别有|都有哪些|有哪些|有哪几|有什么|包括哪些|哪一年|哪年|哪一天|哪天|哪些|哪几|哪里|哪儿|哪个|哪位"
    "|是多少|有多少|多少|多大|多高|多长|多久|多远|多重|是什么|叫什么|什么时候|什么时间|什么样|为什么|什么"
    "|为何|何时|何地|何人|如何|怎么样|怎样|怎么|咋样|是不是|有没有|能不能|可不可以|是谁|一共|总共"
)
# Texts have the unit of a figure as part of another word (3000万元); the whole figure counts.
_UNITS = frozenset({"万", "亿", "万亿"})
# These ask only where segmentation leaves them alone: 几 asks, 几何 does not.
_PARTICLES = frozenset("的了是在有和与及或被把将对为从到于其该这那吗呢吧啊呀谁哪几多何咋共")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked, and what it asks for.

    `wordings` are the ways to ask it, as asked first, then with synonyms: each token's weight (0:
    it only asks). `places` are those it names, each the set of tokens that its name consists of.
    """

    text: str
    wordings: tuple[dict[str, float], ...]
    places: tuple[frozenset[str], ...]

    @property
    def words(self) -> str:
        """The question in simplified characters, its figures in one form, as the model reads it."""
        return readable(self.text)

    @property
    def content(self) -> frozenset[str]:
        """All tokens that count, in whatever wording."""
        return frozenset(t for wording in self.wordings for t, weight in wording.items() if weight)


def understand(text: str, lexicon: Lexicon = NO_LEXICON) -> Question:
    """Check and take apart a question; raises BadQuestion."""
    if not text.strip():
        raise BadQuestion("question", "问题不能为空")
    if len(text) > MAX_CHARS:
        raise BadQuestion("question", f"问题最长 {MAX_CHARS} 个字，现在有 {len(text)} 个字")
    if not is_text(text):
        raise BadQuestion("question", "问题里有不是文字的字符，请检查它的编码（应为 UTF-8）")
    others = wordings(fold(text).text, lexicon)[1:]
    weighed = tuple(_weights(wording, lexicon) for wording in (text, *others))
    return Question(text, weighed, tuple(_places(text)))


def is_text(text: str) -> bool:
    """Whether a string can be encoded: a lone surrogate is what is left of bytes, not a text."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _weights(text: str, lexicon: Lexicon) -> dict[str, float]:
    """What each token counts: a word 1, a pair that is none less, 0 where it mostly asks."""
    tokens = tokenize(text, lexicon.words)
    asking = [False] * len(text)
    spans = [match.span() for match in _ASKING.finditer(simplify(text))]
    spans += [(token.start, token.end) for token in tokens if token.text in _PARTICLES]
    for start, end in spans:
        asking[start:end] = [True] * (end - start)
    weights: dict[str, float] = {}
    for token in tokens:
        content = asking[token.start : token.end].count(False)
        weight = 1.0 if token.whole else PAIR_WEIGHT
        weight *= 2 * content > token.end - token.start and token.text not in _UNITS
        weights[token.text] = max(weights.get(token.text, 0.0), weight)
    return weights


def _places(text: str) -> Iterator[frozenset[str]]:
    tokens = tokenize(text)
    for start, end in place_spans(simplify(text)):
        yield frozenset(t.text for t in tokens if start <= t.start and t.end <= end)
