"""What a document says of itself in its first and last lines: title, source, author, date, address.

Used where the front matter says nothing. Only lines that are about the document are read (a label
with a value, a byline, a date in brackets): a date within the news is not the document's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import PurePosixPath

from index.documents.cleaning import matching_rule
from index.documents.dates import parse_date
from index.types import Metadata

MAX_TITLE = 120
MAX_VALUE = 80
HEAD_LINES = 30
TAIL_LINES = 10
HEAD_CHARS = 20_000
TAIL_CHARS = 4_000
# A second headline line, above the text or below a kicker, is short.
MAX_HEADLINE = 40
MAX_LABELLED = 200

DATE_LABEL = re.compile(r"(?P<kind>发布|发表|发稿|刊发|上传|成文|印发)?(?:时间|日期)\s*[:：]\s*")
BARE_DATE = re.compile(
    r"[（(\[【]?\s*[\d〇○零一二三四五六七八九十年月日\-/. :：]{8,30}\s*[）)\]】]?"
)
NEXT_LABEL = r"(?=\s*(?:[|｜]|\s(?:\S{1,6})[:：])|\s{2,}|\s*$)"
LABELLED = rf"(?P<value>[^\s。；，,].{{0,60}}?){NEXT_LABEL}"
SOURCE = re.compile(rf"(?:来\s*源|转自|出处)\s*[:：]\s*{LABELLED}")
AUTHOR = re.compile(rf"(?:(?:作\s*者|撰文|文字)\s*[:：/]|^文/)\s*{LABELLED}")
NAME = r"[\u4e00-\u9fff](?:[\u4e00-\u9fff·]{1,5}|[ \u3000][\u4e00-\u9fff])"
NAMES = rf"{NAME}(?:[ \u3000、,，/]{{1,3}}(?!通讯员|记者){NAME}){{0,9}}"
REPORTER = re.compile(rf"记者[ \u3000:：/]{{1,4}}(?P<value>{NAMES})")
CORRESPONDENT = re.compile(rf"通讯员[ \u3000:：/]{{1,4}}(?P<value>{NAMES})")
INLINE_REPORTER = re.compile(rf"[（(](?:本报)?记者[ \u3000:：]{{1,4}}(?P<value>{NAMES})[）)]")
OUTLET = r"[\u4e00-\u9fffA-Za-z]{1,10}(?:[·\-—][\u4e00-\u9fffA-Za-z]{1,10})?"
OUTLET_BYLINE = re.compile(
    rf"(?P<value>{OUTLET})[ \u3000]{{0,2}}(?:首席|见习|实习|特约|全媒体|融媒体)?记者[ \u3000:：]"
)
OUR_OWN = ("本报", "本网", "本台", "本刊", "本社", "通讯员", "记者", "实习", "见习")
ADDRESS = re.compile(
    r"(?:[^。]{0,120}[:：]\s*)?(?P<value>https?://[^\s<>\"'，。；、）)】」]{3,2000})"
)
# Addresses that a text speaks of, not its own.
OTHER_ADDRESS = re.compile(r"官网|报名|申报|申请|登录|查询|平台|系统|入口|下载|详见")
MARKDOWN_TITLE = re.compile(r"#\s+(?P<value>.+?)\s*#*")
NUMBER = r"[一二三四五六七八九十\d]{1,3}"
SECTION = re.compile(rf"第?{NUMBER}[、.．:：章节条部]|[（(]{NUMBER}[）)]|[-*+>#|]")
SUBTITLE = re.compile(r"[—–\-－]{1,4}\s*(?=\S)")
PROSE = re.compile(r"。|[；;，,：:、]$")


def read_head(text: str, start: int, path: str) -> Metadata:
    """The metadata that a text states itself, from character `start`; never raises.

    Without a headline the title is the file's name without its suffix.
    """
    head = _lines(text[start : start + HEAD_CHARS])[:HEAD_LINES]
    tail = _lines(text[max(start, len(text) - TAIL_CHARS) :])[-TAIL_LINES:]
    edges = [line for line in head + tail if len(line) <= MAX_LABELLED]
    return Metadata(
        title=_title(head) or PurePosixPath(path).stem[:MAX_TITLE],
        source=_source(edges),
        author=_author(edges, head),
        published=_published([line for line in head if len(line) <= MAX_LABELLED], tail),
        url=_first(_address, edges),
    )


def _lines(text: str) -> list[str]:
    return [bare for line in text.splitlines() if (bare := line.strip())]


def _first(read: Callable[[str], str | None], lines: Iterable[str]) -> str | None:
    return next((value for line in lines if (value := read(line))), None)


def _value(pattern: re.Pattern[str], line: str) -> str | None:
    found = pattern.search(line)
    return _clip(found["value"]) if found else None


def _clip(value: str) -> str | None:
    return " ".join(value.split())[:MAX_VALUE].strip(" |｜-_—") or None


def _title(head: Sequence[str]) -> str | None:
    for line in head[:10]:
        if len(line) <= MAX_LABELLED and (found := MARKDOWN_TITLE.fullmatch(line)):
            return found["value"][:MAX_TITLE]
    for number, line in enumerate(head):
        if _is_aside(line):
            continue
        if len(line) > MAX_TITLE or PROSE.search(line):
            return None
        return _with_second_line(line.strip("*_ "), head[number + 1 :])[:MAX_TITLE].strip()
    return None


def _is_aside(line: str) -> bool:
    """Navigation, a byline, a date, decoration: a line above or around the headline."""
    if matching_rule(line, head=True) or BARE_DATE.fullmatch(line):
        return True
    if DATE_LABEL.match(line) or "http" in line:
        return True
    return not any(char.isalnum() for char in line)


def _with_second_line(line: str, below: Sequence[str]) -> str:
    """The headline with its subtitle, or with the headline that a kicker stands above."""
    second = below[0] if below else ""
    subtitle = SUBTITLE.match(second)
    if subtitle and len(second) <= MAX_TITLE and not PROSE.search(second):
        return f"{line} {second[subtitle.end() :].strip()}"
    # Three short lines in a row are a list or a poem; a headline stands above text or a date.
    third_is_text = len(below) > 1 and (len(below[1]) > MAX_HEADLINE or _is_aside(below[1]))
    if third_is_text and _is_headline(second) and len(line) <= MAX_HEADLINE:
        return f"{line} {second}"
    return line


def _is_headline(line: str) -> bool:
    if not line or len(line) > MAX_HEADLINE or _is_aside(line) or SECTION.match(line):
        return False
    return not PROSE.search(line) and not line.endswith(("！", "!", "？", "?", "…", "”。"))


def _source(edges: Sequence[str]) -> str | None:
    labelled = _first(lambda line: _value(SOURCE, line) if _is_label_line(line) else None, edges)
    return labelled or _first(_outlet, edges)


def _outlet(line: str) -> str | None:
    """The paper that a byline names, or that stands on a line of its own above it."""
    if matching_rule(line) == "outlet":
        return _clip(line)
    if matching_rule(line) != "byline":
        return None
    found = OUTLET_BYLINE.match(line.lstrip("（("))
    if found is None or found["value"].startswith(OUR_OWN):
        return None
    return _clip(found["value"])


def _author(edges: Sequence[str], head: Sequence[str]) -> str | None:
    labelled = _first(lambda line: _value(AUTHOR, line) if _is_label_line(line) else None, edges)
    bylines = [line for line in edges if matching_rule(line) == "byline"]
    return (
        labelled
        or _first(lambda line: _value(REPORTER, line), bylines)
        or _first(lambda line: _value(CORRESPONDENT, line), bylines)
        or _first(lambda line: _value(INLINE_REPORTER, line), head)
    )


def _is_label_line(line: str) -> bool:
    return matching_rule(line, head=True, tail=True) is not None


def _published(head: Sequence[str], tail: Sequence[str]) -> date | None:
    """The date of the head; for official papers, that of the signature at the end."""
    for line in head:
        if day := _own_date(line):
            return day
    signed = (parse_date(line) for line in reversed(tail) if BARE_DATE.fullmatch(line))
    return next((day for day in signed if day), None)


def _own_date(line: str) -> date | None:
    if BARE_DATE.fullmatch(line):
        return parse_date(line)
    label = DATE_LABEL.match(line)
    # 「时间：5月1日上午9时」 may be that of an event: alone, the word needs a date and no more.
    if label and (label["kind"] or BARE_DATE.fullmatch(line, label.end())):
        return parse_date(line[label.end() : label.end() + 20])
    rule = matching_rule(line, head=True)
    if rule in {"dateline", "date-and-source", "date-in-brackets", "source"}:
        return parse_date(line)
    return None


def _address(line: str) -> str | None:
    found = ADDRESS.fullmatch(line)
    if found is None or OTHER_ADDRESS.search(line[: found.start("value")]):
        return None
    return found["value"]
