"""Documents as passages: whole paragraphs where they fit, whole sentences where they do not.

A passage is at most `max_chars` characters and, with its context (title and heading path), never
above what the model reads. Its text is a slice of the document; the words that are searched are
the context and the text as it reads, with broken lines joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath

from index.language.folding import readable
from index.passages.blocks import Block, SameWord, heading_text, joined, split_blocks
from index.passages.sentences import cut_long, sentence_spans
from index.types import Document, Passage, Span

CONTEXT_CHARS = 120
_WORD = re.compile(r"\w")
_NUMBER = re.compile(r"(?=.*\d)[\x00-\x7f]+")
_MARKS = re.compile(r"\*\*|__|^#{1,6}\s+|^[-*+]\s+", re.MULTILINE)

CountTokens = Callable[[Sequence[str]], list[int]]
"""Texts to their lengths in the model's tokens."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage, the context above it, and its words as they read."""

    passage: Passage
    context: str
    words: str

    @property
    def searched(self) -> str:
        """What both legs see: simplified characters, figures in one form."""
        return readable(f"{self.context}\n{self.words}" if self.context else self.words)


def chunk_document(
    document: Document, kept: Iterable[Span], max_chars: int, same_word: SameWord
) -> Iterator[Chunk]:
    """The passages of the kept spans, in order, none overlapping; every word kept is in one.

    Words that stand only in headings are searched as context of what follows them; a heading
    with nothing below it becomes a passage of its own.
    """
    headings = _Headings()
    for span in kept:
        pending: list[Block] = []
        for block in split_blocks(document.text, span, same_word):
            if not _WORD.search(document.text, block.span.start, block.span.end):
                continue
            if not block.level:
                headings.settle()
                pending.append(block)
                continue
            yield from _passages(document, headings.path, pending, max_chars)
            pending = []
            if headings.loses_unread(block):
                yield from _lone_heading(document, headings, max_chars)
            headings.enter(block, heading_text(document.text, block))
        yield from _passages(document, headings.path, pending, max_chars)
        yield from _lone_heading(document, headings, max_chars)


def fit(chunks: Iterable[Chunk], limit: int, count: CountTokens, text: str) -> list[Chunk]:
    """The chunks, those above `limit` tokens split until each is within it."""
    waiting, fitting = list(chunks), list[Chunk]()
    lengths = count([chunk.searched for chunk in waiting])
    for chunk, length in zip(waiting, lengths, strict=True):
        fitting += [chunk] if length <= limit else _halves(chunk, limit, count, text)
    return fitting


def context_of(title: str, path: str, headings: tuple[str, ...]) -> str:
    """A document's title and a passage's headings, outermost first, cut from the left if too long.

    `path` is the document's: a title that is a file's name that only numbers it is left out.
    """
    told = "" if _only_numbers(title, path) else title
    words = [told, *(heading for heading in headings if heading != told)]
    return " ".join(filter(None, words))[-CONTEXT_CHARS:]


class _Headings:
    """The path of headings above the place that has been reached."""

    def __init__(self) -> None:
        self._stack: list[tuple[Block, str]] = []
        self._open = False

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(words for _, words in self._stack)

    def enter(self, block: Block, words: str) -> None:
        """A heading replaces those of its level and below, but for one that has no text yet."""
        keep = block.level + 1 if self._open and self._same_level(block) else block.level
        self._stack = [entry for entry in self._stack if entry[0].level < keep]
        self._stack.append((block, words))
        self._open = True

    def settle(self) -> None:
        """The headings have text below them."""
        self._open = False

    def loses_unread(self, block: Block) -> bool:
        """Whether entering this heading drops one that has had no text."""
        return self._open and self._stack[-1][0].level > block.level

    def unread(self) -> list[Block]:
        """The last heading, if nothing has followed it."""
        blocks = [self._stack[-1][0]] if self._open else []
        self._open = False
        return blocks

    def _same_level(self, block: Block) -> bool:
        return bool(self._stack) and self._stack[-1][0].level == block.level


def _lone_heading(document: Document, headings: _Headings, max_chars: int) -> Iterator[Chunk]:
    yield from _passages(document, headings.path[:-1], headings.unread(), max_chars)


def _passages(
    document: Document, path: tuple[str, ...], blocks: list[Block], max_chars: int
) -> Iterator[Chunk]:
    context = context_of(document.metadata.title, document.path, path)
    for group in _grouped(blocks, max_chars):
        for span in _pieces(document.text, group, max_chars):
            words = _words(document.text, group, span)
            if _WORD.search(words):
                text = document.text[span.start : span.end]
                passage = Passage(document.id, span.start, span.end, text, path)
                yield Chunk(passage, context, words)


def _grouped(blocks: list[Block], max_chars: int) -> list[list[Block]]:
    """Neighbouring paragraphs as long as they fit together; a tiny one never stands alone."""
    groups: list[list[Block]] = []
    for block in blocks:
        fits = groups and block.span.end - groups[-1][0].span.start <= max_chars
        if fits or (groups and _tiny(groups[-1], max_chars)):
            groups[-1].append(block)
        else:
            groups.append([block])
    if len(groups) > 1 and _tiny(groups[-1], max_chars):
        groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def _tiny(group: list[Block], max_chars: int) -> bool:
    return group[-1].span.end - group[0].span.start < max_chars // 5


def _pieces(text: str, group: list[Block], max_chars: int) -> Iterator[Span]:
    whole = Span(group[0].span.start, group[-1].span.end)
    if whole.end - whole.start <= max_chars:
        yield whole
    else:
        yield from _balanced(text, whole, max_chars)


def _balanced(text: str, whole: Span, max_chars: int) -> Iterator[Span]:
    """Sentences packed into pieces of about equal length, so that no tail is left over."""
    sentences = [
        piece
        for sentence in sentence_spans(text, whole.start, whole.end)
        for piece in cut_long(text, sentence, max_chars)
    ]
    length = whole.end - whole.start
    target = length / -(-length // max_chars)
    start = sentences[0].start
    for before, after in pairwise(sentences):
        with_next = after.end - start
        if with_next > max_chars or before.end - start >= target:
            yield Span(start, before.end)
            start = after.start
    yield Span(start, sentences[-1].end)


def _words(text: str, group: list[Block], span: Span) -> str:
    paragraphs = []
    for block in group:
        lines = [
            Span(max(line.start, span.start), min(line.end, span.end))
            for line in block.lines
            if line.start < span.end and line.end > span.start
        ]
        paragraphs.append(joined(text, lines))
    return _MARKS.sub("", "\n".join(paragraphs)).strip()


def _only_numbers(title: str, path: str) -> bool:
    """Whether a title is the name of a file, and that only a number: 000123, a3f9-7."""
    return title == PurePosixPath(path).stem and _NUMBER.fullmatch(title) is not None


def _halves(chunk: Chunk, limit: int, count: CountTokens, text: str) -> list[Chunk]:
    passage = chunk.passage
    length = passage.end - passage.start
    if count([chunk.words])[0] <= limit // 2 or length < 2:
        return [replace(chunk, context="")]
    halves = _balanced(text, Span(passage.start, passage.end), -(-length // 2))
    pieces = [
        replace(
            chunk,
            passage=replace(passage, start=h.start, end=h.end, text=text[h.start : h.end]),
            words=_MARKS.sub("", text[h.start : h.end]),
        )
        for h in halves
    ]
    return fit(pieces, limit, count, text)
