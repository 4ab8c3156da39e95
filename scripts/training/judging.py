"""How well a reader does on examples that it has not learnt from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

import torch
from metrics import auc, character_f1, exact_match

from index.language.folding import simplify
from index.reading.pointing import answers
from index.reading.reader import Pointed
from training.batches import Batch, collate
from training.examples import Example, Read
from training.network import Reader
from training.scoring import Kit, Scores, score


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of 1; NaN where the examples cannot tell.

    `rank_at_1`: the passage that answers is above the others. `exact` and `f1`: of the answer in
    that passage. `auc`: that passage's logit against the best of a question without an answer.
    `auc_reads`: passages that answer against all that do not, over all questions.
    """

    rank_at_1: float
    exact: float
    f1: float
    auc: float
    auc_reads: float

    @property
    def overall(self) -> float:
        """The mean of ranking, pointing and telling, of those that are known."""
        told = self.auc_reads if math.isnan(self.auc) else self.auc
        known = [one for one in (self.rank_at_1, self.f1, told) if not math.isnan(one)]
        return fmean(known) if known else 0.0

    def as_json(self) -> dict[str, float | None]:
        """JSON knows no NaN."""
        return {k: None if math.isnan(v) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, fields: Mapping[str, float | None]) -> Figures:
        """The figures that `as_json` gave."""
        return cls(**{k: math.nan if v is None else v for k, v in fields.items()})


@dataclass(frozen=True, slots=True)
class _Judged:
    """One example: each read's rank logit, and what the first read's answer is worth."""

    answerable: bool
    ranks: list[float]
    exact: float
    f1: float


def judge(reader: Reader, kit: Kit, examples: Sequence[Example], size: int) -> Figures:
    """The reader's figures, without dropout; `size` examples are read at a time."""
    reader.eval()
    ordered = sorted(examples, key=lambda one: max(len(read.text) for read in one.reads))
    found: list[_Judged] = []
    with torch.inference_mode():
        for start in range(0, len(ordered), size):
            some = ordered[start : start + size]
            batch = collate(some, kit.vocabulary)
            found += _judged(some, batch, score(reader, kit, batch))
    return _figures(found)


def _judged(examples: Sequence[Example], batch: Batch, scores: Scores) -> Iterator[_Judged]:
    rank, spans = (one.float().cpu().numpy() for one in (scores.rank, scores.spans))
    row = 0
    for example, size in zip(examples, batch.sizes, strict=True):
        read = example.reads[0]
        given = _words(read, answers(batch.reads[row].shown, spans[row], 1))
        known = [simplify(read.text[slice(*answer)]) for answer in read.answers]
        ranks = rank[row : row + size].tolist()
        exact, f1 = exact_match(given, known), character_f1(given, known)
        yield _Judged(example.answerable, ranks, exact, f1)
        row += size


def _words(read: Read, found: Sequence[Pointed]) -> str:
    return simplify(read.text[found[0].start : found[0].end]) if found else ""


def _figures(judged: Sequence[_Judged]) -> Figures:
    answered = [one for one in judged if one.answerable]
    unanswered = [max(one.ranks) for one in judged if not one.answerable]
    right = [one.ranks[0] for one in answered]
    wrong = [rank for one in judged for rank in one.ranks[1 if one.answerable else 0 :]]
    contested = [one for one in answered if len(one.ranks) > 1]
    return Figures(
        rank_at_1=_mean([float(one.ranks[0] > max(one.ranks[1:])) for one in contested]),
        exact=_mean([one.exact for one in answered]),
        f1=_mean([one.f1 for one in answered]),
        auc=auc(right, unanswered),
        auc_reads=auc(right, wrong),
    )


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else math.nan
