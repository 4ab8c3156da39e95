"""Where a set's makers marked the answers: their offsets as places in the documents.

A set's offsets count from the start of a passage's text, which in its document stands behind the
front matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from question_set import QuestionSet, read_records

from index.documents.front_matter import read_front_matter
from index.types import Span

Places = Mapping[tuple[str, str], tuple[Span, ...]]
"""The places of a question's answers, by its text and the path of the document."""


def marked_places(one: QuestionSet) -> Places:
    """The places marked in the set's folders; an offset at which its answer is not is no place."""
    bodies = _bodies(one.documents)
    found: defaultdict[tuple[str, str], set[Span]] = defaultdict(set)
    for folder in one.folders:
        texts = {
            str(p["id"]): p["text"] for p in read_records(folder / "passages.jsonl", dict[str, Any])
        }
        for record in read_records(folder / "questions.jsonl", dict[str, Any]):
            for passage, span in _marks(record, texts):
                # Passages with the same text under different titles are documents of their own.
                for path, start in bodies[texts[passage]]:
                    place = Span(start + span.start, start + span.end)
                    found[record["question"], path].add(place)
    return {key: tuple(sorted(places)) for key, places in found.items()}


def _bodies(documents: Mapping[str, str]) -> dict[str, list[tuple[str, int]]]:
    """By a body, the documents that have it: each one's path and where the body starts in it."""
    bodies: dict[str, list[tuple[str, int]]] = {}
    for path, content in documents.items():
        start = read_front_matter(content).body_start
        bodies.setdefault(content[start:], []).append((path, start))
    return bodies


def _marks(record: dict[str, Any], texts: Mapping[str, str]) -> Iterator[tuple[str, Span]]:
    """A question's answers that stand where they are said to, as passage ids and spans of them."""
    for answer in record["answers"]:
        passage = answer.get("passage_id") or record["passage_id"]
        start, words = answer.get("start"), answer["text"]
        if passage and words and isinstance(start, int) and start >= 0:
            end = start + len(words)
            if texts[passage][start:end] == words:
                yield passage, Span(start, end)
