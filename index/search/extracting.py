"""From where the reader points to the words that are quoted as the answer.

A reader points at pieces of words. What is quoted are whole words and figures with their units,
without loose punctuation; of a list the whole, of a reason whole clauses, of a way to do something
whole sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.language.tokens import known_words, word_over_seam
from index.passages.blocks import split_blocks
from index.passages.sentences import sentence_spans
from index.search.expected import UNITS
from index.types import Span

_ASKS_WAY = re.compile("怎么(?!样的)|怎样(?!的)|如何|步骤|流程|做法|咋")
# 称为什么 and 名为什么 ask for a name, and so does 为什么 at the end of most questions.
_NAMING = "称名作成分定认视改译誉命叫喻列评选变更化转升任"
_ASKS_REASON = re.compile(
    rf"(?<![{_NAMING}])为(?:什么|何)(?!$|[？?])|(?:^|[是这那，])为(?:什么|何)[？?]?$|为啥"
)
_ASKS_YEAR = re.compile("[哪何几][一1]?年(?!.{0,2}月)|年份")
_ASKS_LIST = re.compile("哪些|哪几|包括|分别|有什么|列举|都有")
_NUMBER = r"\d[\d,，.:：]*[十百千万亿]*"
_FIGURES = (
    re.compile(
        rf"第?(?:{_NUMBER}|[〇零一二两三四五六七八九十百千]+[十百千万亿]*)[多余]?[大小]?(?:{UNITS})?"
        "[多余]?(?:以[上下内]|左右)?"
    ),
    re.compile(rf"{_NUMBER}(?:{UNITS})?(?:至|到|[-—－~～]+){_NUMBER}(?:{UNITS})?"),
)
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}[日号])?")
_YEAR_OF_DATE = re.compile(r"\d{1,4}年(?=\d{1,2}月)")
_LOOSE = " \t\r\n\u3000，。、；：！？,;:!?·…—-~～*#|>"
_PAIRS = ("《》", "“”", "（）", "()", "「」", "『』", "【】", "‘’", "〈〉", "[]")
_CLAUSE_END = re.compile(r"[，。；：！？,;:!?\n]")
_ITEM_END = re.compile(rf"{_CLAUSE_END.pattern}|、")
_JOINER = re.compile("、|以?及|和|与")
_LEADS_IN = re.compile("^.*?(?:包括了?|包含|分为|分别[是为]|主要有|[有是为])")


def sentences(text: str) -> Iterator[Span]:
    """The sentences of a passage, none over the border of a block."""
    for block in split_blocks(text, Span(0, len(text)), word_over_seam):
        yield from sentence_spans(text, block.span.start, block.span.end)


def extract(question: str, text: str, start: int, end: int) -> tuple[Span, Span]:
    """The answer that `text[start:end]` points at, and the sentence (or sentences) it stands in.

    The answer is within the sentence, and neither is empty where the text is not blank.
    """
    whole = _around(list(sentences(text)), start, end)
    if _ASKS_WAY.search(question):
        return whole, whole
    first, last = max(start, whole.start), min(end, whole.end)
    if first >= last:
        # It points at white space between sentences.
        return whole, whole
    span = _whole_words(text, Span(first, last), of_dates=not _ASKS_YEAR.search(question))
    if _ASKS_REASON.search(question):
        span = _whole_clauses(text, span, whole)
    elif _ASKS_LIST.search(question):
        span = _whole_list(text, span, whole)
    elif _ASKS_YEAR.search(question) and (year := _YEAR_OF_DATE.match(text, span.start, span.end)):
        span = Span(*year.span())
    span = _closed(text, _tight(text, span), whole)
    return (span, whole) if span.start < span.end else (whole, whole)


def _around(spans: Sequence[Span], start: int, end: int) -> Span:
    """The sentences that the span touches; the nearest one where it touches none."""
    touched = [span for span in spans if span.start < end and start < span.end]
    if not touched:
        touched = [min(spans, key=lambda span: max(span.start - end, start - span.end))]
    return Span(touched[0].start, touched[-1].end)


def _whole_words(text: str, span: Span, *, of_dates: bool) -> Span:
    """An edge within a word or a figure with its unit moves out of it, and out of a date if told.

    An edge within a unit's word or a range may move twice.
    """
    patterns = (*_FIGURES, _DATE) if of_dates else _FIGURES
    start, end = span.start, span.end
    figures = (match.span() for pattern in patterns for match in pattern.finditer(text))
    for first, last in (*known_words(text), *figures):
        if first < start < last:
            start = first
        if first < end < last:
            end = last
    return Span(start, end)


def _whole_clauses(text: str, span: Span, sentence: Span) -> Span:
    """From the border of a clause to that of one."""
    start, end = span.start, span.end
    while start > sentence.start and not _CLAUSE_END.match(text[start - 1]):
        start -= 1
    if not _CLAUSE_END.match(text[end - 1]):
        following = _CLAUSE_END.search(text, end, sentence.end)
        end = following.start() if following else sentence.end
    return Span(start, end)


def _whole_list(text: str, span: Span, sentence: Span) -> Span:
    """With the items beside the span that `、` or an “and” joins to it."""
    start, end = span.start, span.end
    while joiner := _JOINER.match(text, end, sentence.end):
        following = _ITEM_END.search(text, joiner.end(), sentence.end)
        end = following.start() if following else sentence.end
    if start > sentence.start and text[start - 1] == "、":
        while start > sentence.start and text[start - 1] == "、":
            start -= 1
            while start > sentence.start and not _ITEM_END.match(text[start - 1]):
                start -= 1
        led = _LEADS_IN.match(text[start : span.start])
        start += led.end() if led else 0
    return Span(start, end)


def _tight(text: str, span: Span) -> Span:
    """Without loose punctuation and white space at either end, or a particle at the last."""
    start, end = span.start, span.end
    while start < end and text[start] in _LOOSE:
        start += 1
    while start < end and text[end - 1] in _LOOSE:
        end -= 1
    # 苏州的 leads to what is not quoted; 是苏州的 does not.
    if text[end - 1 : end] == "的" and "是" not in text[start:end]:
        end -= 1
    return Span(start, end)


def _closed(text: str, span: Span, sentence: Span) -> Span:
    """With the other half of each bracket or quotation mark, or without its half."""
    start, end = span.start, span.end
    for opening, closing in map(tuple, _PAIRS):
        words = text[start:end]
        if words.count(opening) > words.count(closing):
            after = text.find(closing, end, sentence.end)
            if after >= 0:
                end = after + 1
            elif words.startswith(opening):
                start += 1
        elif words.count(closing) > words.count(opening):
            before = text.rfind(opening, sentence.start, start)
            if before >= 0:
                start = before
            elif words.endswith(closing):
                end -= 1
    return Span(start, end)
