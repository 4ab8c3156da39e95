"""Measures of retrieval, answers, refusal and calibration: pure functions of lists."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.language.folding import simplify

_LEFT_OUT = re.compile(r"[\W_]+")


def recall_at(relevant: Sequence[bool], k: int) -> float:
    """1 where one of the first `k` results is relevant, else 0."""
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool], k: int = 10) -> float:
    """1 / rank of the first relevant result among the first `k`; 0 where there is none."""
    return next((1 / rank for rank, hit in enumerate(relevant[:k], 1) if hit), 0.0)


def ndcg(relevant: Sequence[bool], known: int, k: int = 10) -> float:
    """Discounted gain of the first `k` over that of the best order of `known` relevant ones."""
    gain = sum(1 / math.log2(rank + 1) for rank, hit in enumerate(relevant[:k], 1) if hit)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(known, k) + 1))
    return gain / best if best else 0.0


def folded(text: str) -> str:
    """An answer without width, case, script, punctuation and white space, as they are compared."""
    return _LEFT_OUT.sub("", simplify(unicodedata.normalize("NFKC", text))).casefold()


def exact_match(given: str, answers: Sequence[str]) -> float:
    """1 where the answer given is one of the known ones."""
    return float(any(folded(given) == folded(answer) for answer in answers))


def character_f1(given: str, answers: Sequence[str]) -> float:
    """The best harmonic mean of precision and recall over characters (with repeats)."""
    return max((_f1(Counter(folded(given)), Counter(folded(a))) for a in answers), default=0.0)


def auc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """The chance that a positive scores above a negative; ties count half. NaN without both."""
    if not positives or not negatives:
        return math.nan
    ranked = sorted([(score, True) for score in positives] + [(s, False) for s in negatives])
    total, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        mean_rank = (place + 1 + end) / 2
        total += mean_rank * sum(positive for _, positive in ranked[place:end])
        place = end
    n = len(positives)
    return (total - n * (n + 1) / 2) / (n * len(negatives))


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: how many, their mean confidence, and the share of right ones."""

    count: int
    confidence: float
    accuracy: float


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """The answers in equal bins of confidence, lowest first; empty bins are left out."""
    members: list[list[int]] = [[] for _ in range(bins)]
    for place, confidence in enumerate(confidences):
        members[min(int(confidence * bins), bins - 1)].append(place)
    return [
        Bin(
            len(places),
            sum(confidences[place] for place in places) / len(places),
            sum(right[place] for place in places) / len(places),
        )
        for places in members
        if places
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean gap of confidence and accuracy. NaN without bins."""
    if not bins:
        return math.nan
    gaps = sum(one.count * abs(one.confidence - one.accuracy) for one in bins)
    return gaps / sum(one.count for one in bins)


def _f1(given: Counter[str], answer: Counter[str]) -> float:
    common = sum((given & answer).values())
    if common == 0:
        return 0.0
    precision, recall = common / sum(given.values()), common / sum(answer.values())
    return 2 * precision * recall / (precision + recall)
