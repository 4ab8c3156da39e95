"""The written question sets: every answer stands where it is said to, nothing is said twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from question_set import folders_of, read_set

from service.settings import REPOSITORY

SETS = sorted((REPOSITORY / "scripts" / "training" / "sets").glob("*/"))


def records(folder: Path, name: str) -> list[dict[str, Any]]:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(params=SETS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


ALONE = "cases"
"""The set whose questions are each read within one document."""


def test_there_are_five() -> None:
    assert [folder.name for folder in SETS] == [ALONE, "judgments", "news", "public", "web"]


def test_each_answer_stands_in_its_passage(folder: Path) -> None:
    texts = {record["id"]: record["text"] for record in records(folder, "passages.jsonl")}
    for question in records(folder, "questions.jsonl"):
        assert bool(question["answers"]) == (question["passage_id"] is not None), question
        for answer in question["answers"]:
            end = answer["start"] + len(answer["text"])
            assert texts[question["passage_id"]][answer["start"] : end] == answer["text"], question


def test_nothing_is_there_twice(folder: Path) -> None:
    passages, questions = (records(folder, f"{name}.jsonl") for name in ("passages", "questions"))
    for values in (
        [record["id"] for record in (*passages, *questions)],
        [record["text"] for record in passages],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_a_question_with_an_answer_is_not_also_one_without(folder: Path) -> None:
    asked = records(folder, "questions.jsonl")
    keys = [(one["question"], one.get("context_passage_id")) for one in asked]
    answered = {key for key, one in zip(keys, asked, strict=True) if one["passage_id"]}
    unanswered = {key for key, one in zip(keys, asked, strict=True) if not one["passage_id"]}
    assert not answered & unanswered


def test_they_are_one_set_of_documents_and_both_kinds_of_questions() -> None:
    open_ones = [folder for folder in SETS if folder.name != ALONE]
    pooled = read_set(folders_of("+".join(map(str, open_ones))))
    documents = sum(len(records(folder, "passages.jsonl")) for folder in open_ones)
    assert len(pooled.documents) == documents
    unanswered = [question for question in pooled.questions if not question.documents]
    assert 0.2 < len(unanswered) / len(pooled.questions) < 0.4


def test_each_case_is_read_alone() -> None:
    (folder,) = (folder for folder in SETS if folder.name == ALONE)
    found = read_set([folder])
    assert len(found.given) == len(records(folder, "questions.jsonl"))
    assert len({question.within for question in found.given}) == len(found.documents)


def test_their_readme_counts_them() -> None:
    told = (SETS[0].parent / "README.md").read_text(encoding="utf-8")
    for folder in SETS:
        asked = records(folder, "questions.jsonl")
        answered = sum(one["passage_id"] is not None for one in asked)
        documents = len(records(folder, "passages.jsonl"))
        counts = f"{documents:,} | {answered:,} | {len(asked) - answered:,}"
        assert f"| `{folder.name}` | {counts} |" in told
