"""Which lines of a document are searched: its text, without the page that was around it.

The text itself is never edited: cleaning returns the spans to keep. What counts as page furniture
is data, in `cleaning_rules.toml`; the only rule in code is that a headline repeated through a page
says nothing new the second time.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from index.types import Span

HEAD_LINES = 30
TAIL_LINES = 15
# Longer lines are paragraphs, which only a rule that says so is meant for.
LONGEST = 160
MIN_HEADLINE = 8
LIST_MARKER = re.compile(r"(?:[-*+•]\s+|\d{1,2}[.、)）]\s*)")
SENTENCE_END = tuple("。！？!?；;…：:")
# Table rows and headings repeat for good reason.
STRUCTURE = ("|", "#", "```")
INVISIBLE = "\u200b\ufeff"


class Place(StrEnum):
    """Where in a document a rule holds; `edges` is the head or the tail."""

    ANYWHERE = "anywhere"
    HEAD = "head"
    TAIL = "tail"
    EDGES = "edges"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of line to leave out; `example` lines match it, `counter` lines do not.

    Lines of more than `longest` characters are never of this kind.
    """

    name: str
    pattern: re.Pattern[str]
    where: Place
    longest: int
    example: tuple[str, ...]
    counter: tuple[str, ...]

    def matches(self, line: str) -> bool:
        """Whether a line is of this kind, wherever it stands."""
        return any(self.fits(form) for form in _forms(line))

    def fits(self, form: str) -> bool:
        """Whether a line without white space or list marker is of this kind."""
        return len(form) <= self.longest and self.pattern.fullmatch(form) is not None

    def holds(self, *, head: bool, tail: bool) -> bool:
        """Whether the rule applies to a line that is in the head, in the tail, or neither."""
        in_head = head and self.where in (Place.HEAD, Place.EDGES)
        in_tail = tail and self.where in (Place.TAIL, Place.EDGES)
        return self.where is Place.ANYWHERE or in_head or in_tail


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    head: bool
    tail: bool


@cache
def cleaning_rules() -> tuple[Rule, ...]:
    """The rules of `cleaning_rules.toml`, read once, on first use."""
    source = Path(__file__).with_name("cleaning_rules.toml").read_text(encoding="utf-8")
    data = tomllib.loads(source)
    fragments: dict[str, str] = data["fragment"]
    return tuple(
        Rule(
            name=one["name"],
            pattern=re.compile(_expand(one["pattern"], fragments)),
            where=Place(one["where"]),
            longest=one.get("longest", LONGEST),
            example=tuple(one["example"]),
            counter=tuple(one["counter"]),
        )
        for one in data["rule"]
    )


def matching_rule(line: str, *, head: bool = False, tail: bool = False) -> str | None:
    """The name of the first rule that leaves this line out, or None."""
    rules, any_of_them = _rules_at(head, tail)
    # Nearly all lines are prose: one look is enough to leave them be.
    forms = [form for form in _forms(line) if any_of_them.fullmatch(form)]
    return next((rule.name for rule in rules for form in forms if rule.fits(form)), None)


@cache
def _rules_at(head: bool, tail: bool) -> tuple[tuple[Rule, ...], re.Pattern[str]]:
    """The rules that hold in a place, and one pattern for what any of them matches."""
    rules = tuple(rule for rule in cleaning_rules() if rule.holds(head=head, tail=tail))
    pattern = "|".join(f"(?=.{{1,{rule.longest}}}\\Z)(?:{rule.pattern.pattern})" for rule in rules)
    return rules, re.compile(pattern)


def _forms(line: str) -> list[str]:
    """The line bare, and also without what looks like a list marker.

    Both, because the marker may be part of it, as the `12.` of `12.5日`.
    """
    bare = line.strip().strip(INVISIBLE)
    marker = LIST_MARKER.match(bare)
    forms = [bare, bare[marker.end() :]] if marker else [bare]
    return [form for form in forms if form]


def keep_spans(text: str, start: int = 0, *, cleaned: bool = True, title: str = "") -> list[Span]:
    """The spans of `text` from `start` on that are to be searched.

    They are sorted, disjoint and not empty, made of whole lines, with the white space at both ends
    left out. `cleaned=False` keeps everything but that. `title` is the document's: repeats of it
    in the text are left out, the first one too.
    """
    lines = list(_lines(text, start))
    dropped = _dropped(lines, title) if cleaned else set()
    spans: list[Span] = []
    first: int | None = None
    for line in lines:
        if line.start in dropped:
            first = None
        elif first is None:
            first = line.start
            spans.append(Span(line.start, line.end))
        else:
            spans[-1] = Span(first, line.end)
    return spans


def _lines(text: str, start: int) -> Iterator[_Line]:
    """The non-blank lines, without the white space at their ends."""
    places = []
    for line in text[start:].splitlines(keepends=True):
        bare = line.strip()
        if bare:
            begin = start + len(line) - len(line.lstrip())
            places.append((begin, bare))
        start += len(line)
    for number, (begin, bare) in enumerate(places):
        tail = number >= len(places) - TAIL_LINES
        yield _Line(begin, begin + len(bare), bare, number < HEAD_LINES, tail)


def _dropped(lines: Sequence[_Line], title: str) -> set[int]:
    """The starts of the lines to leave out."""
    furniture = {
        line.start for line in lines if matching_rule(line.text, head=line.head, tail=line.tail)
    }
    return furniture | _repeats(lines, title)


def _repeats(lines: Sequence[_Line], title: str) -> set[int]:
    counts = Counter(line.text for line in lines)
    seen: set[str] = set()
    repeats: set[int] = set()
    for line in lines:
        if counts[line.text] < 2 or not _is_headline(line.text):
            continue
        if line.text in seen or line.text == title:
            repeats.add(line.start)
        seen.add(line.text)
    return repeats


def _is_headline(line: str) -> bool:
    if line.endswith(SENTENCE_END) or line.startswith(STRUCTURE):
        return False
    return sum(char.isalnum() for char in line) >= MIN_HEADLINE


def _expand(pattern: str, fragments: dict[str, str]) -> str:
    """The pattern with each <fragment> put in; fragments may use earlier ones."""
    for name in reversed(fragments):
        pattern = pattern.replace(f"<{name}>", f"(?:{fragments[name]})")
    return pattern
