"""What is counted in replies that are made by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
from measures import Asked, Row, row
from metrics import Bin
from question_set import Question

from index.types import Answer, Citation, Metadata, Reply, Reprint, Scores


def citation(path: str, text: str = "无", score: float = 0.5, reprints: str = "") -> Citation:
    return Citation(
        rank=1,
        score=score,
        scores=Scores(score, score),
        document_id=path,
        path=path,
        metadata=Metadata(path),
        headings=(),
        text=text,
        start=0,
        end=len(text),
        highlights=(),
        sha256="",
        reprints=tuple(Reprint(p, p, Metadata(p), 0, 1, "") for p in reprints),
    )


def asked(
    question: Question,
    citations: list[Citation],
    answer: tuple[str, float] | None = None,
    seconds: float = 0.01,
    stages: dict[str, float] | None = None,
) -> Asked:
    given = Answer(answer[0], answer[0], answer[1], 1, 0, 1) if answer else None
    return Asked(question, Reply("", given, None, tuple(citations), ""), seconds, stages or {})


def wants(documents: str, *answers: str, text: str = "何？") -> Question:
    return Question(text, frozenset(documents), answers)


RUN = [
    asked(
        wants("a", "張三", text="誰？"),
        [citation("b", "李四", 0.6), citation("a", "张三来了", 0.5)],
        ("李四", 0.95),
        0.01,
        {"rank": 0.001},
    ),
    asked(
        wants("cd", "3元", text="投入多少？"),
        [citation("c", "共３元", 0.8, reprints="d"), citation("e", score=0.4)],
        ("3元", 0.9),
        0.02,
        {"rank": 0.003},
    ),
    asked(wants(""), [], seconds=0.03),
    asked(wants(""), [citation("b", score=0.7)], ("无", 0.85), 0.04),
]
RETRIEVAL = {
    "document@1": 0.5,
    "document@5": 1,
    "document@10": 1,
    "evidence@1": 0.5,
    "evidence@5": 1,
    "MRR@10": (1 / 2 + 1) / 2,
    # c and d share a hit: it is the only one there is to find.
    "nDCG@10": (1 / math.log2(3) + 1) / 2,
}
FIRST = {
    **dict.fromkeys(("document@1", "evidence@1"), 0),
    **dict.fromkeys(("document@5", "document@10", "evidence@5"), 1),
    "MRR@10": 1 / 2,
    "nDCG@10": 1 / math.log2(3),
}


def near(row: Row) -> Row:
    """The row with floats that compare as near ones do."""
    close: Any = pytest.approx
    values = {
        "measures": close(row.measures),
        "by_type": {kind: close(found) for kind, found in row.by_type.items()},
        "times": {stage: close(found) for stage, found in row.times.items()},
        "reliability": tuple(
            Bin(one.count, close(one.confidence), close(one.accuracy)) for one in row.reliability
        ),
    }
    return Row(**(row.as_json() | values))


def test_a_whole_row_by_hand() -> None:
    expected = Row(
        set="set",
        method="ours",
        questions=4,
        unanswerable=2,
        measures={
            **RETRIEVAL,
            "EM": 0.5,
            "F1": 0.5,
            # Of the two answers only the second quotes a right document.
            "F1 in document": 1,
            "refusal precision": 1,
            "refusal recall": 0.5,
            # .6 and .8 against 0 and .7: three of four pairs are in order.
            "refusal AUC": 0.75,
            "ECE": (2 * (0.925 - 0.5) + 0.85) / 3,
        },
        by_type={
            "who": {"questions": 1, **FIRST},
            "how many": {"questions": 1, **dict.fromkeys(RETRIEVAL, 1)},
        },
        times={"rank": {"p50": 2, "p99": 2.98}, "total": {"p50": 25, "p99": 39.7}},
        timed="all",
        reliability=(Bin(1, 0.85, 0), Bin(2, 0.925, 0.5)),
    )
    assert row("set", "ours", RUN, "all", answers=True) == near(expected)


def test_scores_that_are_no_probabilities_say_nothing_of_answers() -> None:
    found = row("set", "BM25", RUN, "search", answers=False)
    assert found.measures == pytest.approx({**RETRIEVAL, "refusal AUC": 0.75})
    assert found.reliability == ()


def test_questions_without_an_answer_alone_tell_only_how_many_were_refused() -> None:
    found = row("set", "ours", RUN[2:], "all", answers=True)
    assert found.measures == pytest.approx({"refusal recall": 0.5, "ECE": 0.85})


def test_a_hit_stands_for_its_reprints_and_repeats_are_none() -> None:
    hits = [
        citation("a"),
        citation("a"),
        citation("b", reprints="a"),
        citation("c", reprints="ad"),
        citation("d"),
        citation("e"),
    ]
    assert asked(wants("cde"), hits).documents == [0, 0, 2, 1]


@pytest.mark.parametrize(
    ("documents", "answer", "found"),
    [("a", "汉语", True), ("b", "漢 語", True), ("c", "汉语", False), ("a", "。", False)],
)
def test_evidence_is_of_a_right_document_in_whatever_characters(
    documents: str, answer: str, found: bool
) -> None:
    one = asked(wants(documents, answer), [citation("a", "說漢語的人", reprints="b")])
    assert one.evidence == [found]
