"""The sentence that answers, the words to highlight, and whether to answer at all."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoding.encoder import Encoder
from index.language.folding import readable
from index.language.lexicon import Words
from index.language.tokens import Token, terms, tokenize
from index.search.expected import asks_number
from index.search.extracting import sentences
from index.search.fusion import dense_scores, fuse
from index.search.lexical import LexicalIndex
from index.search.question import Question
from index.types import Span

# Fitted on six sets at once, with questions of their own and of others': the score at which a
# question is answered or not, how fast that changes around it, and how often the surest first
# passage holds the answer.
EVEN_SCORE = 0.37
STEEPNESS = 25.0
SUREST = 0.88

_NUMBER = re.compile(r"\d|[一二三四五六七八九十百千万亿两]")
NUMBER_BONUS = 0.2


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's place in a text and its score, 0 to a little over 1."""

    span: Span
    score: float


def confidence(score: float) -> float:
    """A fused score as the share (0 to 1) of such questions that their first passage answers."""
    return SUREST / (1 + math.exp(-STEEPNESS * (score - EVEN_SCORE)))


def is_confident(score: float) -> bool:
    """Whether a first passage with this fused score is answered from at all."""
    return score >= EVEN_SCORE


def best_sentence(
    question: Question,
    vector: NDArray[np.float32],
    text: str,
    encoder: Encoder,
    lexical: LexicalIndex,
    background: tuple[float, float],
    own: Words,
) -> Sentence:
    """The sentence of a passage's `text` (not blank) that is closest to the question.

    `own` are the user's own words.
    """
    spans = list(sentences(text))
    words = [readable(text[span.start : span.end]) for span in spans]
    dense = dense_scores(encoder.embed_sentences(_fitting(words, encoder)) @ vector, background)
    covered = np.array([_coverage(question, part, lexical, own) for part in words], np.float32)
    scores = fuse(dense, covered)
    if asks_number(question.words):
        scores += np.array([NUMBER_BONUS * bool(_NUMBER.search(part)) for part in words])
    best = int(np.argmax(scores))
    return Sentence(spans[best], float(scores[best]))


def highlights(question: Question, text: str, offset: int, words: Words) -> tuple[Span, ...]:
    """Where the question's words, or their synonyms, stand in a passage, as spans of the document.

    `offset` is the passage's start in the document. Touching words make one span.
    """
    wanted = question.content
    tokens = (token for token in tokenize(text, words) if token.text in wanted)
    return tuple(Span(offset + start, offset + end) for start, end in _merged(tokens))


def _fitting(words: list[str], encoder: Encoder) -> list[str]:
    """The sentences, those that the model cannot read whole cut short.

    A passage was fitted without its markup, which stands in its sentences.
    """
    lengths = encoder.count_tokens(words)
    return [
        sentence if length <= encoder.max_tokens else _cut(sentence, encoder)
        for sentence, length in zip(words, lengths, strict=True)
    ]


def _cut(sentence: str, encoder: Encoder) -> str:
    while sentence and encoder.count_tokens([sentence])[0] > encoder.max_tokens:
        sentence = sentence[: len(sentence) // 2]
    return sentence


def _merged(tokens: Iterable[Token]) -> Iterator[tuple[int, int]]:
    start = end = -1
    for token in tokens:
        if token.start <= end:
            end = max(end, token.end)
            continue
        if start >= 0:
            yield start, end
        start, end = token.start, token.end
    if start >= 0:
        yield start, end


def _coverage(question: Question, text: str, lexical: LexicalIndex, own: Words) -> float:
    """The share of a wording's idf that stands in a sentence, of the wording that fits best."""
    present = set(terms(text, own))
    return max(_share(wording, present, lexical) for wording in question.wordings)


def _share(weights: Mapping[str, float], present: set[str], lexical: LexicalIndex) -> float:
    worth = {token: weight * lexical.idf(token) for token, weight in weights.items()}
    most = sum(worth.values())
    return sum(worth[token] for token in present & worth.keys()) / most if most else 0.0
