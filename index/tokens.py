"""Chinese text as tokens: jieba's words and every pair of neighbouring Han characters.

The only module that imports jieba. Words carry meaning, pairs find a name or a term that the
dictionary cuts differently; a pair that is a word is one token, not two. Tokens know their place
in the text as given, whatever folding did to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from index.folding import fold, simplify

if TYPE_CHECKING:
    import jieba

_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Token:
    """A folded token and the characters of the original text that it stands for."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, ordered by place; punctuation and white space give none."""
    folded = fold(text)
    spans = sorted(set(_word_spans(folded.text)) | set(_pair_spans(folded.text)))
    return [Token(folded.text[a:b], folded.starts[a], folded.ends[b - 1]) for a, b in spans]


def terms(text: str) -> list[str]:
    """The tokens' texts alone, as an index counts them."""
    folded = fold(text).text
    return [folded[a:b] for a, b in {*_word_spans(folded), *_pair_spans(folded)}]


def word_over_seam(tail: str, head: str) -> bool:
    """Whether segmentation puts one word over the seam between two pieces of text."""
    seam = len(tail)
    words = _segmenter().tokenize(simplify(tail + head), HMM=False)
    return any(start < seam < end for _, start, end in words)


def _word_spans(text: str) -> Iterator[tuple[int, int]]:
    for word, start, end in _segmenter().tokenize(text, mode="search"):
        if _WORD.search(word):
            yield start, end


def _pair_spans(text: str) -> Iterator[tuple[int, int]]:
    for run in _HAN_RUN.finditer(text):
        for start in range(run.start(), run.end() - 1):
            yield start, start + 2


@cache
def _segmenter() -> jieba.Tokenizer:
    import jieba

    segmenter = jieba.Tokenizer()
    # Its own initialisation reads and writes a marshal file in the shared temporary folder, which
    # other users can put there first: read the dictionary itself, a second's work, instead.
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    return segmenter
