"""What a run of questions says: shares, ranks, answers, refusals, times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from metrics import (
    Bin,
    auc,
    calibration_error,
    character_f1,
    exact_match,
    folded,
    ndcg,
    recall_at,
    reciprocal_rank,
    reliability,
)
from question_set import Question
from question_types import question_type

from index.types import Citation, Reply

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, its reply, and the seconds that took: in all, and of each stage heard of."""

    question: Question
    reply: Reply
    seconds: float
    stages: dict[str, float]

    @property
    def documents(self) -> list[int]:
        """How many right documents each hit stands for, in order, beyond those of earlier hits.

        A hit is a citation with its reprints; one that only repeats documents is none.
        """
        seen: set[str] = set()
        found: list[int] = []
        for citation in self.reply.citations:
            new = _paths(citation) - seen
            seen |= new
            found += [len(new & self.question.documents)] if new else []
        return found

    @property
    def evidence(self) -> list[bool]:
        """Whether each passage is of a right document and holds an answer."""
        wanted = [answer for answer in map(folded, self.question.answers) if answer]
        return [
            bool(_paths(citation) & self.question.documents)
            and any(answer in folded(citation.text) for answer in wanted)
            for citation in self.reply.citations
        ]


@dataclass(frozen=True, slots=True)
class Row:
    """One method's figures on one set: shares within 0 and 1, times in milliseconds.

    `times` are the p50 and p99 of each stage, over the questions that came to it, and of the
    whole; `timed` says of what. `reliability` has the answers by confidence.
    """

    set: str
    method: str
    questions: int
    unanswerable: int
    measures: dict[str, float]
    by_type: dict[str, dict[str, float]]
    times: dict[str, dict[str, float]]
    timed: str
    reliability: tuple[Bin, ...]

    def as_json(self) -> dict[str, Any]:
        """The row as JSON takes it."""
        return asdict(self)


def row(name: str, method: str, asked: Sequence[Asked], timed: str, *, answers: bool) -> Row:
    """The row of a run; without `answers` what is answered and refused counts for nothing."""
    bins = _reliability(asked) if answers else []
    found = measures(asked, answers=answers)
    return Row(
        set=name,
        method=method,
        questions=len(asked),
        unanswerable=sum(not one.question.documents for one in asked),
        measures=found | ({"ECE": calibration_error(bins)} if bins else {}),
        by_type=by_type(asked),
        times=times(asked),
        timed=timed,
        reliability=tuple(bins),
    )


def measures(asked: Sequence[Asked], *, answers: bool) -> dict[str, float]:
    """All shares and scores, 0 to 1, that these questions can give."""
    known = [one for one in asked if one.question.documents]
    unknown = [one for one in asked if not one.question.documents]
    found: dict[str, float] = {}
    if known:
        found |= _retrieval(known) | (_answers(known) if answers else {})
    if unknown and answers:
        found |= _refusal(known, unknown)
    if known and unknown:
        found["refusal AUC"] = auc([_best(one) for one in known], [_best(one) for one in unknown])
    return found


def by_type(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """The retrieval figures of the answerable questions of each type."""
    kinds: dict[str, list[Asked]] = {}
    for one in asked:
        if one.question.documents:
            kinds.setdefault(question_type(one.question.text), []).append(one)
    return {kind: {"questions": len(some)} | _retrieval(some) for kind, some in kinds.items()}


def times(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """The p50 and p99, in ms, of each stage, over the questions that came to it, and in all."""
    stages = dict.fromkeys(stage for one in asked for stage in one.stages)
    seconds = {s: [one.stages[s] for one in asked if s in one.stages] for s in stages}
    seconds[TOTAL] = [one.seconds for one in asked]
    return {
        stage: {f"p{q}": 1000 * float(np.percentile(spent, q)) for q in (50, 99)}
        for stage, spent in seconds.items()
    }


def _paths(citation: Citation) -> frozenset[str]:
    return frozenset({citation.path, *(reprint.path for reprint in citation.reprints)})


def _retrieval(known: Sequence[Asked]) -> dict[str, float]:
    counts = [one.documents for one in known]
    documents = [[count > 0 for count in one] for one in counts]
    evidence = [one.evidence for one in known]
    # Right documents that share a hit are one that can be found.
    to_find = [
        len(one.question.documents) - sum(n - 1 for n in count if n)
        for one, count in zip(known, counts, strict=True)
    ]
    return {
        **{f"document@{k}": _mean(recall_at(found, k) for found in documents) for k in (1, 5, 10)},
        **{f"evidence@{k}": _mean(recall_at(found, k) for found in evidence) for k in (1, 5)},
        "MRR@10": _mean(reciprocal_rank(found) for found in documents),
        "nDCG@10": _mean(ndcg(found, n) for found, n in zip(documents, to_find, strict=True)),
    }


def _answers(known: Sequence[Asked]) -> dict[str, float]:
    """Of what is answered, refusals counting 0; and F1 where the right document is quoted."""
    given = [one.reply.answer.text if one.reply.answer else "" for one in known]
    pairs = [(text, one.question.answers) for text, one in zip(given, known, strict=True)]
    f1 = [character_f1(*pair) for pair in pairs]
    right = [value for value, one in zip(f1, known, strict=True) if _quotes_right(one)]
    return {
        "EM": _mean(exact_match(*pair) for pair in pairs),
        "F1": _mean(f1),
        **({"F1 in document": _mean(right)} if right else {}),
    }


def _quotes_right(one: Asked) -> bool:
    answer = one.reply.answer
    return answer is not None and bool(
        _paths(one.reply.citations[answer.citation - 1]) & one.question.documents
    )


def _reliability(asked: Sequence[Asked]) -> list[Bin]:
    """The answers given, to whatever question, by whether their passage is evidence."""
    answered = [
        (one.reply.answer.confidence, one.evidence[one.reply.answer.citation - 1])
        for one in asked
        if one.reply.answer
    ]
    return reliability([share for share, _ in answered], [right for _, right in answered])


def _refusal(known: Sequence[Asked], unknown: Sequence[Asked]) -> dict[str, float]:
    rightly = sum(one.reply.answer is None for one in unknown)
    wrongly = sum(one.reply.answer is None for one in known)
    precision = {"refusal precision": rightly / max(rightly + wrongly, 1)} if known else {}
    return precision | {"refusal recall": rightly / len(unknown)}


def _best(one: Asked) -> float:
    return one.reply.citations[0].score if one.reply.citations else 0.0


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
