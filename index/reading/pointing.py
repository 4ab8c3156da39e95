"""From the logits of a text's spans to the likeliest answers, and whether there are any."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.reading.inputs import Input, Offsets
from index.reading.reader import Pointed

LONGEST = 160
"""Tokens of an answer: a sentence, or a list."""


def answers(shown: Input, spans: NDArray[np.float32], most: int) -> tuple[Pointed, ...]:
    """The likeliest answers that share no token, best first; of equal ones the first in the text.

    `spans` (length, length) are the logits from each of the input's tokens to each: only the text's
    can answer.
    """
    return tuple(_likeliest(_possible(shown, spans), shown.offsets, most))


def odds(shown: Input, spans: NDArray[np.float32]) -> float:
    """How much likelier an answer in the text is than none, in log odds.

    The span of the first token stands for no answer. Minus infinity where there is no text.
    """
    found = _possible(shown, spans)
    if not found.size:
        return -math.inf
    likeliest = float(found.max())
    return likeliest + math.log(np.exp(found - likeliest).sum()) - float(spans[0, 0])


def _possible(shown: Input, spans: NDArray[np.float32]) -> NDArray[np.float32]:
    """Those of the text's tokens; minus infinity where they end before they begin, or too late."""
    text = slice(shown.first, shown.first + len(shown.offsets))
    found = spans[text, text]
    forwards = np.triu(np.ones(found.shape, dtype=bool))
    return np.where(forwards & ~np.triu(forwards, LONGEST), found, -np.inf).astype(np.float32)


def _likeliest(spans: NDArray[np.float32], offsets: list[Offsets], most: int) -> Iterator[Pointed]:
    for _ in range(most if len(spans) else 0):
        first, last = (int(place) for place in np.unravel_index(spans.argmax(), spans.shape))
        if spans[first, last] == -np.inf:
            return
        yield Pointed(offsets[first][0], offsets[last][1], float(spans[first, last]))
        # All that begin before this ends, and end after it begins.
        spans[: last + 1, first:] = -np.inf
