"""A public question set as a corpus to build from and questions to ask.

A set is a folder with `passages.jsonl` (`id`, `title`, `text`) and `questions.jsonl` (`id`,
`question`, `passage_id` or `passage_ids`, `answers` with `text`). No passage: not answerable.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from index.errors import YoujuError


class BadSet(YoujuError):
    """The folder is not a question set; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the paths of the documents that answer it, and what an answer may read."""

    text: str
    documents: frozenset[str]
    answers: tuple[str, ...]


def write_corpus(folder: Path, corpus: Path) -> dict[str, str]:
    """Write each passage of a set as a document; returns each passage id's document path.

    Passages with the same title and text share a document. Cleaning is switched off in each.
    """
    corpus.mkdir(parents=True, exist_ok=True)
    paths: dict[str, str] = {}
    written: dict[str, str] = {}
    for passage in _records(folder / "passages.jsonl"):
        head = {"clean": False, "title": str(passage.get("title") or passage["id"])}
        content = f"---\n{yaml.safe_dump(head, allow_unicode=True)}---\n{passage['text']}"
        if content not in written:
            written[content] = f"{len(written):06d}.md"
            (corpus / written[content]).write_text(content, encoding="utf-8", newline="")
        paths[str(passage["id"])] = written[content]
    return paths


def read_questions(folder: Path, paths: dict[str, str], limit: int | None) -> list[Question]:
    """The questions of a set, or an even sample of `limit` of them.

    Left out are blank ones, and those to which a passage says yes or no and nothing to quote.
    """
    questions = [
        _question(record, paths)
        for record in _records(folder / "questions.jsonl")
        if str(record["question"]).strip() and (record["answers"] or not _passages(record))
    ]
    if limit is None or limit >= len(questions):
        return questions
    chosen = sorted(random.Random(0).sample(range(len(questions)), limit))  # noqa: S311
    return [questions[place] for place in chosen]


def _question(record: dict[str, Any], paths: dict[str, str]) -> Question:
    answers = tuple(answer["text"] for answer in record["answers"])
    documents = frozenset(paths[passage] for passage in _passages(record))
    return Question(record["question"], documents, answers)


def _passages(record: dict[str, Any]) -> list[str]:
    one = record.get("passage_id")
    return record.get("passage_ids") or ([one] if one else [])


def _records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise BadSet(f"{path.parent} 不是题库：读不到 {path.name}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except ValueError as error:
            raise BadSet(f"{path} 第 {number} 行不是 JSON") from error
