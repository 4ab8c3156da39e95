"""Where Chinese sentences end, as spans of a text.

A sentence keeps its end mark and the closing quotes and brackets behind it. An ASCII full stop
ends one only before white space, so that 10.4 and U.S. inside a line stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.types import Span

CLOSERS = "”’」』）)】》〉\"'"
_END = re.compile(rf"(?:[。！？!?；;｡…]+|\.(?=\s+[A-Z\u4e00-\u9fff]|\s*$))[{CLOSERS}]*")
_SENTENCE_END = re.compile(rf"[。！？!?；;｡….][{CLOSERS}*_]*$")
_PAUSE = re.compile(r"[，,、：:\s]")


def ends_sentence(line: str) -> bool:
    """Whether a line ends as a sentence does."""
    return _SENTENCE_END.search(line) is not None


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the white space at its two ends (empty, at `start`, where all is white)."""
    while start < end and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return Span(start, end)


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The sentences of `text[start:end]`: trimmed, in order, none empty, no word left out."""
    stop = len(text) if end is None else end
    begin = start
    for match in _END.finditer(text, start, stop):
        span = trimmed(text, begin, match.end())
        if span.start < span.end:
            yield span
        begin = match.end()
    tail = trimmed(text, begin, stop)
    if tail.start < tail.end:
        yield tail


def cut_long(text: str, span: Span, limit: int) -> Iterator[Span]:
    """A span as pieces of at most `limit` characters, cut after a pause where there is one.

    Only the second half of a piece is searched for the pause, so that no piece is tiny.
    """
    start = span.start
    while span.end - start > limit:
        cut = _last_pause(text, start + limit // 2, start + limit)
        yield trimmed(text, start, cut)
        start = cut
        while start < span.end and text[start].isspace():
            start += 1
    if start < span.end:
        yield trimmed(text, start, span.end)


def _last_pause(text: str, start: int, end: int) -> int:
    last = end
    for match in _PAUSE.finditer(text, start, end):
        last = match.end()
    return last
