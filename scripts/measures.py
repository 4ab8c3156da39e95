"""What a run of questions says: shares, ranks, answers, refusals, times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from metrics import (
    auc,
    calibration_error,
    character_f1,
    exact_match,
    folded,
    ndcg,
    recall_at,
    reciprocal_rank,
)
from question_set import Question

from index.types import Reply

_TYPES = {
    "how many": ("多少", "几", "多大", "多高", "多长", "多远", "多久"),
    "when": ("什么时候", "何时", "哪年", "哪一年", "时间", "哪天", "年份"),
    "where": ("哪里", "哪儿", "何处", "何地", "什么地方", "哪个城市", "哪个国家"),
    "who": ("谁", "哪位", "何人", "什么人"),
    "why": ("为什么", "为何", "原因"),
    "how": ("怎么", "如何", "怎样"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, its reply, and how long that took."""

    question: Question
    reply: Reply
    seconds: float

    @property
    def documents(self) -> list[bool]:
        """Whether each document found is a right one, in the order of their best passages."""
        paths = dict.fromkeys(citation.path for citation in self.reply.citations)
        return [path in self.question.documents for path in paths]

    @property
    def evidence(self) -> list[bool]:
        """Whether each passage is of a right document and holds an answer."""
        wanted = [folded(answer) for answer in self.question.answers]
        return [
            citation.path in self.question.documents
            and any(answer in folded(citation.text) for answer in wanted)
            for citation in self.reply.citations
        ]


def question_type(text: str) -> str:
    """What kind of thing a question asks for, by its question word; "what" for all others."""
    return next((kind for kind, words in _TYPES.items() if any(w in text for w in words)), "what")


def measures(asked: Sequence[Asked]) -> dict[str, float]:
    """All figures that these questions can give: shares and scores 0 to 1, times in ms."""
    known = [one for one in asked if one.question.documents]
    unknown = [one for one in asked if not one.question.documents]
    times = [1000 * one.seconds for one in asked]
    found = _retrieval(known) | _answers(known) if known else {}
    if known and unknown:
        found |= _refusal(known, unknown)
    return found | {f"p{q} ms": float(np.percentile(times, q)) for q in (50, 99)}


def by_type(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """The retrieval figures of the answerable questions of each type."""
    kinds: dict[str, list[Asked]] = {}
    for one in asked:
        if one.question.documents:
            kinds.setdefault(question_type(one.question.text), []).append(one)
    return {kind: {"questions": len(some)} | _retrieval(some) for kind, some in kinds.items()}


def _retrieval(known: Sequence[Asked]) -> dict[str, float]:
    documents = [one.documents for one in known]
    evidence = [one.evidence for one in known]
    gains = (
        ndcg(found, len(one.question.documents))
        for found, one in zip(documents, known, strict=True)
    )
    return {
        **{f"document@{k}": _mean(recall_at(found, k) for found in documents) for k in (1, 5, 10)},
        **{f"evidence@{k}": _mean(recall_at(found, k) for found in evidence) for k in (1, 5)},
        "MRR@10": _mean(reciprocal_rank(found) for found in documents),
        "nDCG@10": _mean(gains),
    }


def _answers(known: Sequence[Asked]) -> dict[str, float]:
    given = [one.reply.answer.text if one.reply.answer else "" for one in known]
    right = [one.question.answers for one in known]
    answered = [one for one in known if one.reply.answer]
    confidences = [one.reply.answer.confidence for one in answered if one.reply.answer]
    found = {
        "EM": _mean(exact_match(a, b) for a, b in zip(given, right, strict=True)),
        "F1": _mean(character_f1(a, b) for a, b in zip(given, right, strict=True)),
    }
    if answered:
        found["ECE"] = calibration_error(confidences, [one.evidence[0] for one in answered])
    return found


def _refusal(known: Sequence[Asked], unknown: Sequence[Asked]) -> dict[str, float]:
    rightly = sum(one.reply.answer is None for one in unknown)
    wrongly = sum(one.reply.answer is None for one in known)
    return {
        "refusal precision": rightly / max(rightly + wrongly, 1),
        "refusal recall": rightly / len(unknown),
        "refusal AUC": auc([_best(one) for one in known], [_best(one) for one in unknown]),
    }


def _best(one: Asked) -> float:
    return one.reply.citations[0].score if one.reply.citations else 0.0


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
