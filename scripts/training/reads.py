"""Which passages the reader is shown with a question: the one that answers, and near misses."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from metrics import folded

from index.language.folding import readable
from index.passages.chunking import context_of
from index.types import Citation, Span
from training.examples import Read

# Beside a Chinese character or mark a space tells no words apart. Some sets have them around most
# of their answers, which would teach to look for spaces.
_CHINESE = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
_NEEDLESS = re.compile(f"(?<=[{_CHINESE}]) +| +(?=[{_CHINESE}])")


@dataclass(frozen=True, slots=True)
class Answering:
    """A passage that answers, as it was found and as it is read."""

    citation: Citation
    read: Read


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether an answer stands in a text, in whatever script, width or form of its figures."""
    forms = (folded(text), folded(readable(text)))
    words = ((folded(answer), folded(readable(answer))) for answer in answers)
    return any(a and (a in forms[0] or b in forms[1]) for a, b in words)


def as_read(citation: Citation, answers: Iterable[tuple[int, int]] = ()) -> Read:
    """A passage as the reader is shown it, without needless spaces."""
    context = context_of(citation.metadata.title, citation.path, citation.headings)
    return unspaced(Read(context, citation.text, tuple(answers)))


def unspaced(read: Read) -> Read:
    """The read without spaces beside Chinese characters, its answers where they then stand."""
    gone = [place for match in _NEEDLESS.finditer(read.text) for place in range(*match.span())]
    kept = _NEEDLESS.sub("", read.text)
    spans = [(a - bisect_left(gone, a), b - bisect_left(gone, b)) for a, b in read.answers]
    return replace(read, text=kept, answers=tuple(spans))


def answering(
    passages: Sequence[Citation],
    marked: Mapping[str, Sequence[Span]],
    answers: Sequence[str],
) -> Answering | None:
    """The first passage with a marked answer in it; None where each runs on into the next passage.

    `marked` are the answers' places by the path of the document. Without any, it is the first
    passage that has an answer's words, and each place where it has them.
    """
    told = {answer for answer in answers if answer.strip()}
    for one in passages:
        spans = {
            (place.start - one.start, place.end - one.start)
            for place in marked.get(one.path, ())
            if one.start <= place.start and place.end <= one.end
        }
        if not any(marked.values()):
            spans = {span for answer in told for span in _occurrences(answer, one.text)}
        spans = {(start, end) for start, end in spans if one.text[start:end] in told}
        # What holds no answer for comparing, because it is all punctuation, would be a miss too.
        if spans and holds(one.text, answers):
            return Answering(one, as_read(one, sorted(spans)))
    return None


def near_misses(
    hits: Sequence[Citation],
    siblings: Sequence[Citation],
    answers: Sequence[str],
    most: int,
) -> list[Citation]:
    """The first `most` hits that hold no answer, one of the `siblings` among them where one can be.

    Siblings are passages of the document that answers. What holds an answer may be right.
    """
    apart = [one for one in siblings if not holds(one.text, answers)]
    known = {_place(one) for one in apart}
    chosen = [one for one in hits if not holds(one.text, answers)][:most]
    if apart and most and not known & set(map(_place, chosen)):
        chosen = [*chosen[: most - 1], apart[0]]
    return chosen


def _place(one: Citation) -> tuple[str, int, int]:
    return one.document_id, one.start, one.end


def _occurrences(words: str, text: str) -> Iterable[tuple[int, int]]:
    start = text.find(words)
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + len(words))
