"""Fakes that a person can compute by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.reading.reader import Page, Pointed, Reading

DIMENSIONS = 4
SUBJECTS = "钱人地时"


class SubjectEncoder:
    """Counts of four characters, brought to unit length; a text without any points at 人.

    So a passage on 钱钱地 is (2, 0, 1, 0) / √5, and a cosine is a sum on paper. Dimensions beyond
    the fourth are 0: they only make files larger.
    """

    name = "subjects"

    def __init__(
        self,
        fingerprint: str = "0123456789abcdef",
        max_tokens: int = 200,
        dimensions: int = DIMENSIONS,
    ) -> None:
        self.fingerprint = fingerprint
        self.max_tokens = max_tokens
        self.dimensions = dimensions
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """A token a character."""
        return [len(text) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Counts at unit length, shape (texts, 4); remembers what it was asked for."""
        self.embedded += texts
        return self.embed_sentences(texts)

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same as passages, not remembered."""
        if any(length > self.max_tokens for length in self.count_tokens(texts)):
            raise ValueError("a text is longer than the model reads")
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return np.stack([self.embed_question(text) for text in texts])

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """Counts at unit length, shape (4,)."""
        counts = np.zeros(self.dimensions, np.float32)
        counts[:DIMENSIONS] = [text.count(subject) for subject in SUBJECTS]
        if not counts.any():
            counts[1] = 1
        return counts / np.float32(np.linalg.norm(counts))


class MarkReader:
    """Reads by what it is told to look for: a page that has a mark in it answers with that mark.

    Of several marks it is the one with the highest logit, which is the page's. A page without any
    has the logit -8, and points at its first character.
    """

    fingerprint = "marks"

    def __init__(self, marks: Mapping[str, float]) -> None:
        self._marks = sorted(marks.items(), key=lambda mark: -mark[1])
        self.pages: list[Page] = []

    def read(self, question: str, pages: Sequence[Page]) -> list[Reading]:
        """A reading of each page, which it remembers."""
        self.pages += pages
        return [self._reading(page.text) for page in pages]

    def _reading(self, text: str) -> Reading:
        for mark, logit in self._marks:
            if mark in text:
                start = text.index(mark)
                return Reading(logit, (Pointed(start, start + len(mark), logit),))
        return Reading(-8.0, (Pointed(0, 1, -8.0),))
