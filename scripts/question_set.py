"""A public question set as a corpus to build from and questions to ask.

A set is a folder, or several pooled, with `passages.jsonl` (`id`, `title`, `text`) and
`questions.jsonl` (`question`, `passage_id` or `passage_ids`, `answers` with `text`). Questions of
no passage have no answer: in the whole corpus, or only in the one of their `context_passage_id`.
`distractors.jsonl`, where there is one, holds passages that no question is about.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from index.errors import YoujuError
from index.language.folding import simplify

T = TypeVar("T")


class BadSet(YoujuError):
    """The folder is not a question set; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the paths of the documents that answer it, and what an answer may read.

    `within` is the path of the only document that is searched; None for all of them.
    """

    text: str
    documents: frozenset[str]
    answers: tuple[str, ...]
    within: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A corpus, each document's content by its path, and what is asked of it.

    `given` are the questions that are judged each within the passage it was written for.
    """

    name: str
    folders: tuple[Path, ...]
    documents: dict[str, str]
    questions: tuple[Question, ...]
    given: tuple[Question, ...]


def folders_of(argument: str) -> list[Path]:
    """The folders that an argument names: one, or several joined by `+`."""
    whole = Path(argument)
    return [whole] if whole.is_dir() else [Path(part) for part in argument.split("+")]


def read_set(folders: Sequence[Path], *, distractors: bool = False) -> QuestionSet:
    """The set that the folders make together; raises BadSet.

    Passages with the same title and text share a document, whichever folder they are in.
    """
    corpus = _Corpus({}, {})
    open_ones: list[Question] = []
    given: list[Question] = []
    for folder in folders:
        paths = dict(read_records(folder / "passages.jsonl", corpus.add))
        asked, in_context = _questions(folder / "questions.jsonl", paths)
        open_ones += asked
        given += in_context
    answered = {one.text for one in open_ones if one.documents}
    # What one folder leaves open, another of the pool may answer.
    open_ones = [one for one in open_ones if one.documents or one.text not in answered]
    if not open_ones and not given:
        raise BadSet(f"{'、'.join(map(str, folders))} 里没有可以问的问题")
    name = "+".join(folder.resolve().name for folder in folders)
    far = [folder / "distractors.jsonl" for folder in folders if distractors]
    for path in filter(Path.is_file, far):
        read_records(path, corpus.add)
        name = name.removesuffix(_DISTRACTED) + _DISTRACTED
    resolved = tuple(folder.resolve() for folder in folders)
    return QuestionSet(name, resolved, corpus.documents, tuple(open_ones), tuple(given))


def write_corpus(documents: dict[str, str], corpus: Path) -> None:
    """Make the folder hold these documents and no others."""
    corpus.mkdir(parents=True, exist_ok=True)
    for path in corpus.iterdir():
        if path.name not in documents:
            path.unlink()
    for name, content in documents.items():
        (corpus / name).write_text(content, encoding="utf-8", newline="")


def sample(questions: Sequence[Question], limit: int | None) -> tuple[Question, ...]:
    """All questions, or an even sample of `limit` of them: the same one each time."""
    if limit is None or limit >= len(questions):
        return tuple(questions)
    chosen = sorted(random.Random(0).sample(range(len(questions)), limit))  # noqa: S311
    return tuple(questions[place] for place in chosen)


def simplified(questions: Iterable[Question]) -> tuple[Question, ...]:
    """The questions as one who writes simplified characters would ask them."""
    return tuple(replace(one, text=simplify(one.text)) for one in questions)


def strangers(questions: Iterable[Question], known: Iterable[Question]) -> tuple[Question, ...]:
    """Another set's questions as ones without an answer here, but for those that are `known`."""
    texts = {one.text for one in known}
    return tuple(Question(q.text, frozenset(), ()) for q in questions if q.text not in texts)


_DISTRACTED = " +distractors"


@dataclass(frozen=True, slots=True)
class _Corpus:
    """Documents as they are collected: content by path, and path by title and text."""

    documents: dict[str, str]
    paths: dict[tuple[str, str], str]

    def add(self, record: dict[str, Any]) -> tuple[str, str]:
        """A passage's id and the path of its document. Cleaning is switched off in each."""
        number, title, text = str(record["id"]), str(record.get("title") or ""), record["text"]
        path = self.paths.setdefault((title, text), f"{len(self.paths):06d}.md")
        about = {"clean": False, "title": title} if title else {"clean": False}
        head = yaml.safe_dump(about, allow_unicode=True)
        self.documents.setdefault(path, f"---\n{head}---\n{text}")
        return number, path


def _questions(path: Path, paths: dict[str, str]) -> tuple[list[Question], list[Question]]:
    """The questions for the whole corpus, and those that are asked within a passage, if any.

    A set with contexts gives both: what its context does not answer, another passage may.
    """
    pairs = [pair for pair in read_records(path, lambda record: _question(record, paths)) if pair]
    has_contexts = any(from_context for _, from_context in pairs)
    whole = [replace(one, within=None) for one, from_context in pairs if not from_context]
    return whole, [one for one, _ in pairs if one.within] if has_contexts else []


def _question(record: dict[str, Any], paths: dict[str, str]) -> tuple[Question, bool] | None:
    """A question within its passage, and whether that is a context; None for one left out.

    Left out are blank ones; those to which the answer is yes or no, with nothing to quote; and
    those without a passage whose answer stands in the corpus nevertheless.
    """
    text, one, context = record["question"], record["passage_id"], record.get("context_passage_id")
    passages = record.get("passage_ids") or ([one] if one else [])
    answers = tuple(answer["text"] for answer in record["answers"])
    unquotable = not answers and bool(passages or record.get("yes_no"))
    if not text.strip() or unquotable or record.get("answer_string_somewhere_in_corpus"):
        return None
    documents = frozenset(paths[passage] for passage in passages)
    home = context or one
    return Question(text, documents, answers, paths[home] if home else None), context is not None


def read_records(path: Path, parse: Callable[[dict[str, Any]], T]) -> list[T]:
    """What `parse` makes of each line's record; raises BadSet with the line's number."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSet(f"{path.parent} 不是题库：读不到 {path.name}") from error
    parsed: list[T] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            parsed.append(parse(json.loads(line)))
        except ValueError as error:
            raise BadSet(f"{path} 第 {number} 行不是 JSON") from error
        except (KeyError, TypeError, AttributeError) as error:
            detail = (
                f"缺少字段 {error}，或引用了没有的段落" if isinstance(error, KeyError) else error
            )
            raise BadSet(f"{path} 第 {number} 行不合题库的格式：{detail}") from error
    return parsed
