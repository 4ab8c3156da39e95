"""Lines of a text as blocks: headings, and paragraphs whose broken lines belong together.

Layouts break sentences: text copied out of a newspaper page or a PDF has line ends, even blank
lines, in the middle of a sentence. A paragraph therefore is one or more lines; the text is not
changed, and `joined` gives the paragraph as it reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import itemgetter

from index.passages.sentences import CLOSERS, ends_sentence, trimmed
from index.types import Span

HEADING_CHARS = 40
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_BLANK_LINE = re.compile(
    r"(?:\r\n|[\r\n\x0b\x0c\x85\u2028\u2029])\s*(?:\r\n|[\r\n\x0b\x0c\x85\u2028\u2029])"
)
_MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_LIST_ITEM = re.compile(r"(?:[-*+•·●■◆]|\d{1,3}[.)])\s+")
_OPEN_END = re.compile(r"[，,、（(“‘《【〈—\-/]$")
_WORD = re.compile(r"\w")
_NUMBERED = (
    (11, re.compile(r"第[一二三四五六七八九十百零〇\d]+[编篇章]")),
    (12, re.compile(r"第[一二三四五六七八九十百零〇\d]+节")),
    (13, re.compile(r"[一二三四五六七八九十]+[、:：.．]")),
    (14, re.compile(r"[（(][一二三四五六七八九十]+[）)]")),
    (15, re.compile(r"\d{1,2}[、.．](?!\d)")),
)
PLAIN_LEVEL = 10
# A run of more heading-like lines than this is a list, a table or a poem.
MAX_HEADING_RUN = 3
LONG_LINE = 40
# Narrower than this no layout breaks its lines.
MIN_WIDTH = 15

SameWord = Callable[[str, str], bool]
"""Tells whether a word runs over the seam between the end of one line and the start of the next."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (`level` > 0, outermost smallest) or a paragraph (`level` 0) and its lines.

    `broken` is how many of the first lines run on into the next one.
    """

    level: int
    lines: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """From the first line's start to the last line's end."""
        return Span(self.lines[0].start, self.lines[-1].end)


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    text: str
    level: int
    listed: bool
    indented: bool
    blank_before: bool


def split_blocks(text: str, kept: Span, same_word: SameWord) -> list[Block]:
    """The blocks of `text[kept]`, in order; every non-blank line is in exactly one of them."""
    lines = list(_lines(text, kept))
    groups: list[list[_Line]] = []
    for line, width in zip(lines, _widths(lines), strict=True):
        if groups and _runs_on(groups[-1][-1], line, width, same_word):
            groups[-1].append(line)
        else:
            groups.append([line])
    return list(_levelled(groups))


def joined(text: str, spans: Sequence[Span]) -> str:
    """Lines of one paragraph as the sentence that they were before the layout broke it."""
    result = ""
    for span in spans:
        line = text[span.start : span.end]
        if result and result[-1].isascii() and line[:1].isascii() and result[-1].isalnum():
            result += " "
        result += line
    return result


def heading_text(text: str, block: Block) -> str:
    """A heading's words, without the Markdown marks."""
    line = joined(text, block.lines)
    match = _MARKDOWN_HEADING.match(line)
    return (match.group(2) if match else line).strip("*_ \t\u3000")


def _lines(text: str, kept: Span) -> Iterator[_Line]:
    previous_end: int | None = None
    for match in _LINE.finditer(text, kept.start, kept.end):
        span = trimmed(text, match.start(), match.end())
        if span.start == span.end:
            continue
        line = text[span.start : span.end]
        markdown = _MARKDOWN_HEADING.match(line)
        gap = "" if previous_end is None else text[previous_end : span.start]
        yield _Line(
            span=span,
            text=line,
            level=len(markdown.group(1)) if markdown and markdown.group(2) else 0,
            listed=_LIST_ITEM.match(line) is not None,
            indented=span.start - match.start() >= 2 or text[match.start()] == "\u3000",
            blank_before=_BLANK_LINE.search(gap) is not None,
        )
        previous_end = span.end


def _widths(lines: list[_Line]) -> Iterator[int]:
    """For each line the length of the longest of those that no blank line parts from it."""
    numbered = zip(accumulate(line.blank_before for line in lines), lines, strict=True)
    for _, run in groupby(numbered, key=itemgetter(0)):
        lengths = [len(line.text) for _, line in run]
        yield from [max(lengths)] * len(lengths)


def _runs_on(line: _Line, following: _Line, width: int, same_word: SameWord) -> bool:
    """Whether a layout broke one sentence into these two lines."""
    if line.level or following.level or ends_sentence(line.text):
        return False
    tail, head = line.text.rstrip("*_"), _LIST_ITEM.sub("", following.text)
    if following.indented and not line.indented:
        return False
    if _word_over_seam(tail, head, same_word):
        return True
    if following.listed or following.indented or line.text[-1] in ":：":
        return False
    if _OPEN_END.search(tail) or len(line.text) > LONG_LINE:
        return True
    wrapped = not following.blank_before and width >= MIN_WIDTH and len(line.text) >= 0.75 * width
    return (
        wrapped or any(mark in line.text for mark in "。；！？") or head[0] in CLOSERS + "，、。；"
    )


def _word_over_seam(tail: str, head: str, same_word: SameWord) -> bool:
    if not ("\u4e00" <= tail[-1:] <= "\u9fff" and "\u4e00" <= head[:1] <= "\u9fff"):
        return False
    return same_word(tail[-8:], head[:8])


def _levelled(groups: list[list[_Line]]) -> Iterator[Block]:
    """Groups as blocks: short lines without an end mark are headings of what follows them."""
    candidates = [_plain_level(group) for group in groups]
    start = 0
    for index in range(len(groups) + 1):
        if index < len(groups) and candidates[index] and not groups[index][0].level:
            continue
        yield from _run(groups[start:index], candidates[start:index])
        if index < len(groups):
            level = groups[index][0].level
            yield Block(level, tuple(line.span for line in groups[index]))
        start = index + 1


def _run(groups: list[list[_Line]], levels: list[int]) -> Iterator[Block]:
    listed = len(groups) > MAX_HEADING_RUN
    for group, level in zip(groups, levels, strict=True):
        yield Block(0 if listed else level, tuple(line.span for line in group))


def _plain_level(group: list[_Line]) -> int:
    """The level of a heading without Markdown marks; 0 where the lines are no heading."""
    line = group[0]
    if len(group) > 1 or len(line.text) > HEADING_CHARS or ends_sentence(line.text):
        return 0
    if _OPEN_END.search(line.text) or any(mark in line.text for mark in "。；！？|"):
        return 0
    if not _WORD.search(line.text):
        return 0
    for level, pattern in _NUMBERED:
        if pattern.match(line.text):
            return level
    return 0 if line.listed else PLAIN_LEVEL
