"""Chinese text as tokens: jieba's words, every pair of neighbouring Han characters, whole terms.

The only module that imports jieba. Words carry meaning; pairs find a name or a term that the
dictionary cuts differently; whole terms (a quantity, a date, a document number, an article, the
user's own words) are what a question means when it names one. A pair or a term that is a word is
one token, not two. Tokens know their place in the text as given, whatever folding did to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from index.language.folding import fold, simplify
from index.language.lexicon import NO_WORDS, Words

if TYPE_CHECKING:
    import jieba

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_RUN = re.compile(rf"[{_HAN}]{{2,}}")
_WORD = re.compile(r"\w")
# Each finds all that it can, so that a whole date and the month in it are both terms.
_TERMS = (
    re.compile(r"\d+(?:\.\d+)?(?:[万亿]+|[%‰])"),
    re.compile(r"\d{4}年\d{1,2}月"),
    re.compile(r"\d{1,2}月\d{1,2}日"),
    re.compile(r"第\d+(?:条|章|节|款|项|届|期|批|季度)"),
    re.compile(r"〔\d{4}〕\d+号"),
    re.compile(rf"[{_HAN}]{{2}}〔\d{{4}}〕\d+号"),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A folded token and the characters of the original text that it stands for.

    `whole` is False for a pair of characters that is neither a word nor a term.
    """

    text: str
    start: int
    end: int
    whole: bool = True


def tokenize(text: str, words: Words = NO_WORDS) -> list[Token]:
    """The tokens of a text, ordered by place; punctuation and white space give none.

    `words` are the user's own, to be found wherever they stand.
    """
    folded = fold(text)
    whole = _whole_spans(folded.text, words)
    return [
        Token(folded.text[a:b], folded.starts[a], folded.ends[b - 1], (a, b) in whole)
        for a, b in sorted(whole | set(_pair_spans(folded.text)))
    ]


def terms(text: str, words: Words = NO_WORDS) -> list[str]:
    """The tokens' texts alone, as an index counts them."""
    folded = fold(text).text
    return [folded[a:b] for a, b in _whole_spans(folded, words) | set(_pair_spans(folded))]


def word_over_seam(tail: str, head: str) -> bool:
    """Whether segmentation puts one word over the seam between two pieces of text."""
    seam = len(tail)
    return any(start < seam < end for start, end in known_words(tail + head))


def known_words(text: str) -> Iterator[tuple[int, int]]:
    """The places of a text's words, one after the other: those of the dictionary alone.

    What the dictionary does not know is cut into characters, not guessed at.
    """
    for _, start, end in _segmenter().tokenize(simplify(text), HMM=False):
        yield start, end


def _whole_spans(text: str, words: Words) -> set[tuple[int, int]]:
    return {*_word_spans(text), *_term_spans(text), *words.spans(text)}


def _word_spans(text: str) -> Iterator[tuple[int, int]]:
    for word, start, end in _segmenter().tokenize(text, mode="search"):
        if _WORD.search(word):
            yield start, end


def _pair_spans(text: str) -> Iterator[tuple[int, int]]:
    for run in _HAN_RUN.finditer(text):
        for start in range(run.start(), run.end() - 1):
            yield start, start + 2


def _term_spans(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _TERMS:
        for found in pattern.finditer(text):
            yield found.span()


@cache
def _segmenter() -> jieba.Tokenizer:
    import jieba

    segmenter = jieba.Tokenizer()
    # Its own initialisation reads and writes a marshal file in the shared temporary folder, which
    # other users can put there first: read the dictionary itself, a second's work, instead.
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    return segmenter
