"""What the reader learns from: questions with passages, as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import YoujuError
from index.reading.reader import Page

KINDS = ("asked", "altered", "foreign", "shortened")
"""A question as its set has it, changed so that it has no answer, of another set, said shorter."""


class BadExamples(YoujuError):
    """The file does not hold examples; the message says which line is wrong."""


@dataclass(frozen=True, slots=True)
class Read:
    """One passage as the reader is shown it.

    `context` is its title and headings, `text` its words without needless spaces, `answers` are
    the spans (half-open) of `text` that answer: none where it does not.
    """

    context: str
    text: str
    answers: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        for start, end in self.answers:
            if not 0 <= start < end <= len(self.text):
                raise ValueError(f"[{start}, {end}) 不在 {len(self.text)} 个字的段落里")

    @property
    def page(self) -> Page:
        """The passage without its answers."""
        return Page(self.context, self.text)


@dataclass(frozen=True, slots=True)
class Example:
    """One question with passages, of which only the first may answer it.

    `source` is the name of the set that it comes from, `kind` one of `KINDS`.
    """

    question: str
    reads: tuple[Read, ...]
    source: str
    kind: str

    def __post_init__(self) -> None:
        if not self.question.strip() or not self.reads:
            raise ValueError("没有问题或没有段落")
        if any(read.answers for read in self.reads[1:]):
            raise ValueError("只有第一个段落可以有答案")
        if self.kind not in KINDS:
            raise ValueError(f"没有“{self.kind}”这一类")

    @property
    def answerable(self) -> bool:
        """Whether its first passage answers."""
        return bool(self.reads[0].answers)


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Write the examples, one a line, and return how many; the file is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    count = 0
    with part.open("w", encoding="utf-8", newline="\n") as file:
        for count, example in enumerate(examples, 1):  # noqa: B007 - what is left is the count
            file.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
    part.replace(path)
    return count


def read_examples(path: Path) -> Iterator[Example]:
    """The examples of a file, a line at a time; raises BadExamples."""
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                yield _example(line, f"{path} 第 {number} 行")
    except (OSError, UnicodeDecodeError) as error:
        raise BadExamples(f"读不到训练样例 {path}：{error}") from error


def _example(line: str, place: str) -> Example:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise BadExamples(f"{place}不是 JSON") from error
    try:
        reads = tuple(
            Read(_text(one["context"]), _text(one["text"]), tuple(map(_span, one["answers"])))
            for one in record["reads"]
        )
        question, source, kind = (_text(record[name]) for name in ("question", "source", "kind"))
        return Example(question, reads, source, kind)
    except KeyError as error:
        raise BadExamples(f"{place}不合训练样例的格式：缺少字段 {error}") from error
    except (TypeError, ValueError) as error:
        raise BadExamples(f"{place}不合训练样例的格式：{error}") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} 应为文字")
    return value


def _span(value: object) -> tuple[int, int]:
    match value:
        # A boolean is an integer to Python, but no place in a text.
        case [int() as start, int() as end] if bool not in {type(start), type(end)}:
            return start, end
    raise TypeError(f"{value!r} 应为 [起点, 终点]")
