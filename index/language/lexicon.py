"""Words that are to be found whole, words that mean the same, and a question in other words.

All words are folded, as texts are for comparing; where they come from is told elsewhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, islice, product, zip_longest

from index.language.folding import fold

LONGEST_WORDING = 1000
# A short name that is declared for more names than this means too much to mean anything.
_MOST_LONGS = 3
# Of what one short name is declared for, what is this much rarer than the usual is a slip.
_RARER = 5
# How many wordings are looked at for each one wanted; some are repeats or too long.
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words, ready to be found in a folded text; equal where they hold the same words."""

    texts: frozenset[str]
    _lengths: Mapping[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lengths: dict[str, set[int]] = {}
        for word in filter(None, self.texts):
            lengths.setdefault(word[0], set()).add(len(word))
        ordered = {first: tuple(sorted(found)) for first, found in lengths.items()}
        object.__setattr__(self, "_lengths", ordered)

    def spans(self, folded_text: str) -> Iterator[tuple[int, int]]:
        """Every place of every word, also within another word; ordered by start, then by end.

        A word's end that is a Latin letter or digit is not found inside a longer run of them.
        """
        for start, character in enumerate(folded_text):
            for length in self._lengths.get(character, ()):
                end = start + length
                # Past the end of the text a shorter word would be found again.
                inside = end <= len(folded_text) and folded_text[start:end] in self.texts
                if inside and _stands_alone(folded_text, start, end):
                    yield start, end


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a corpus knows of words, all folded.

    `words` are the user's own and every word that has a synonym or is one. `synonyms` gives the
    other words that a word may be replaced with, in a stable order.
    """

    words: Words
    synonyms: Mapping[str, tuple[str, ...]]


NO_WORDS = Words(frozenset())
NO_LEXICON = Lexicon(NO_WORDS, {})


def lexicon_of(words: Iterable[str], pairs: Iterable[tuple[str, str]]) -> Lexicon:
    """A lexicon of folded words and of (word, what it may be replaced with), in their order."""
    synonyms: dict[str, dict[str, None]] = {}
    found = set(words)
    for word, other in pairs:
        found |= {word, other}
        if word != other:
            synonyms.setdefault(word, {})[other] = None
    ordered = {word: tuple(others) for word, others in sorted(synonyms.items())}
    return Lexicon(Words(frozenset(found)), ordered)


def with_declared(lexicon: Lexicon, declared: Iterable[tuple[str, str]]) -> Lexicon:
    """The lexicon with (short, long) names that documents declare, as synonyms both ways.

    The names are as written, and are repeated where they are declared repeatedly: a long name far
    rarer than the usual one of its short name is left out, and so is a short name that still has
    more than three. Without new names it is the same lexicon.
    """
    counts: dict[str, Counter[str]] = {}
    for short, long in ((fold(short).text, fold(long).text) for short, long in declared):
        if short and long and short != long:
            counts.setdefault(short, Counter())[long] += 1
    pairs = [(short, long) for short in sorted(counts) for long in _usual(counts[short])]
    known = [(word, other) for word, others in lexicon.synonyms.items() for other in others]
    both = [pair for short, long in pairs for pair in ((short, long), (long, short))]
    return lexicon_of(lexicon.words.texts, [*known, *both])


def wordings(folded_question: str, lexicon: Lexicon, most: int = 8) -> list[str]:
    """The question, then the question in other words, `most` in all: few changes before many.

    A word is replaced wherever it stands. Where words overlap the longest counts, and a word of
    the user's own without synonyms keeps those within it as they are. None but the question
    itself is longer than 1000 characters.
    """
    places = _longest(lexicon.words.spans(folded_question))
    words = dict.fromkeys(folded_question[start:end] for start, end in places)
    options = {word: found for word in words if (found := lexicon.synonyms.get(word))}
    if not options:
        return [folded_question]
    versions = (_replaced(folded_question, places, changes) for changes in _changes(options))
    tried = islice(versions, most * _TRIES)
    fitting = [version for version in tried if len(version) <= LONGEST_WORDING]
    return list(dict.fromkeys([folded_question, *fitting]))[: max(1, most)]


def as_json(lexicon: Lexicon) -> str:
    """A lexicon as JSON, the same text for the same lexicon."""
    content = {"words": sorted(lexicon.words.texts), "synonyms": dict(lexicon.synonyms)}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)


def from_json(text: str) -> Lexicon:
    """The lexicon that `as_json` wrote; ValueError or KeyError for any other text."""
    content = json.loads(text)
    if not isinstance(content, dict) or not isinstance(content["synonyms"], dict):
        raise ValueError("not a lexicon")
    synonyms = {word: tuple(_texts(others)) for word, others in content["synonyms"].items()}
    return Lexicon(Words(frozenset(_texts(content["words"]))), synonyms)


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("not a list of words")
    return value


def _usual(longs: Counter[str]) -> list[str]:
    ranked = sorted(longs.items(), key=lambda item: (-item[1], item[0]))
    kept = [long for long, count in ranked if count * _RARER > ranked[0][1]]
    return kept if len(kept) <= _MOST_LONGS else []


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (_joins(text[start - 1 : start], text[start]) or _joins(text[end - 1], text[end:]))


def _joins(before: str, after: str) -> bool:
    """Whether two pieces of text run together: Latin letters or digits on both sides."""
    ends = before[-1:] + after[:1]
    return len(ends) == 2 and ends.isascii() and ends.isalnum()


def _longest(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of overlapping spans the longest, of equal ones the first; ordered by place."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span)):
        if all(end <= other[0] or other[1] <= start for other in kept):
            kept.append((start, end))
    return sorted(kept)


def _changes(options: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Which words to replace with what: one word at a time, every word's first synonym first."""
    for row in zip_longest(*([(word, new) for new in news] for word, news in options.items())):
        yield from ({word: new} for word, new in filter(None, row))
    for count in range(2, len(options) + 1):
        for words in combinations(options, count):
            for news in product(*(options[word] for word in words)):
                yield dict(zip(words, news, strict=True))


def _replaced(text: str, places: Iterable[tuple[int, int]], changes: Mapping[str, str]) -> str:
    version, done = "", 0
    for start, end in places:
        for piece in (text[done:start], changes.get(text[start:end], text[start:end])):
            # A Latin word in the place of a Han one must not become part of its neighbour.
            version += f" {piece}" if _joins(version, piece) else piece
        done = end
    rest = text[done:]
    return version + (f" {rest}" if _joins(version, rest) else rest)
