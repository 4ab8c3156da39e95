"""From a text's logits to the likeliest answers, and whether there are any: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.reading.inputs import Input, Offsets
from index.reading.reader import Pointed

LONGEST = 160
"""Tokens of an answer: a sentence, or a list."""
# Start and end are each told by themselves, and may be of two answers: of spans as likely, the
# shorter is meant. What a longer one costs is fitted on several sets at once.
LONGER = 0.6


def answers(
    shown: Input, start: NDArray[np.float32], end: NDArray[np.float32], most: int
) -> tuple[Pointed, ...]:
    """The likeliest answers that share no token, best first; of equal ones the first in the text.

    `start` and `end` are the logits of the input's tokens, of which only the text's can answer.
    """
    text = slice(shown.first, shown.first + len(shown.offsets))
    return tuple(_likeliest(start[text], end[text], shown.offsets, most))


def odds(shown: Input, start: NDArray[np.float32], end: NDArray[np.float32]) -> float:
    """How much likelier an answer in the text is than none, in log odds: of both edges the mean.

    The first token stands for no answer. Minus infinity where there is no text.
    """
    text = slice(shown.first, shown.first + len(shown.offsets))
    edges = (np.logaddexp.reduce(edge[text].astype(float)) - edge[0] for edge in (start, end))
    return float(sum(edges)) / 2


def _likeliest(
    start: NDArray[np.float32], end: NDArray[np.float32], offsets: list[Offsets], most: int
) -> Iterator[Pointed]:
    places = np.arange(len(start))
    tokens = places - places[:, None] + 1
    in_time = (tokens > 0) & (tokens <= LONGEST)
    costs = LONGER * np.log(np.maximum(tokens, 1), dtype=np.float32)
    sums = np.where(in_time, start[:, None] + end - costs, -np.inf)
    for _ in range(most if len(start) else 0):
        first, last = (int(place) for place in np.unravel_index(sums.argmax(), sums.shape))
        if sums[first, last] == -np.inf:
            return
        yield Pointed(offsets[first][0], offsets[last][1], float(sums[first, last]))
        # All that begin before this ends, and end after it begins.
        sums[: last + 1, first:] = -np.inf
