"""What the rest of the program knows of a reader: a question and passages in, readings out.

Whoever needs passages read asks for a `Reader`, so that a test can pass one that is worked by hand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Page:
    """A passage as the reader is shown it: under `context`, its title and headings."""

    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Pointed:
    """Characters `start` to `end` (half-open) of a page's text that may be the answer.

    `score` is the span's logit: it compares with those of the same page alone.
    """

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one page.

    `logit` says how likely the page answers, 0 being as likely as not, and compares between
    questions; `answers` are the likeliest ones, best first, none where there is nothing to read.
    """

    logit: float
    answers: tuple[Pointed, ...]

    @property
    def probability(self) -> float:
        """How likely (0 to 1) the page answers, for all that this reading says."""
        return probability(self.logit)


def probability(log_odds: float) -> float:
    """Log odds of any size as 0 to 1."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, log_odds))))


class Reader(Protocol):
    """A model that reads a page with a question in mind. Safe to share between threads."""

    @property
    def fingerprint(self) -> str:
        """Hex digest of all that a reading depends on."""

    def read(self, question: str, pages: Sequence[Page]) -> list[Reading]:
        """A reading of each page, in their order."""
