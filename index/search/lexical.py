"""Words and character pairs as a bounded score. The only module that imports bm25s.

A raw BM25 sum grows with the question's length, so two questions cannot be compared. Each token
can give at most its idf; divided by the idf of all that the question asks for, tokens that no
passage has included, a sum becomes a share of the question: 0 to 1. Three shares make the score:
BM25's own; that of the tokens which the passage has at all; that of those which its document has
anywhere, so that a passage on 全市 in an article on 济南 is preferred when 济南 is asked about.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged

K1 = 1.2
B = 0.75

_DOCUMENTS = "documents.npy"

Scores = NDArray[np.float32]

# The library sets its own logger to DEBUG when it is imported.
logging.getLogger("bm25s").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Shares:
    """What each part adds to a score: BM25, presence in the passage, in its document; sum 1."""

    bm25: float = 0.05
    passage: float = 0.65
    document: float = 0.3


SHARES = Shares()


class LexicalIndex:
    """Which passages have which tokens, how much each weighs, and whose passages they are."""

    def __init__(self, model: bm25s.BM25, documents: NDArray[np.int32]) -> None:
        self._model = model
        self._weights: NDArray[np.float32] = model.scores["data"]
        self._rows: NDArray[np.int32] = model.scores["indices"]
        self._columns: NDArray[np.int64] = model.scores["indptr"]
        self._vocabulary: dict[str, int] = model.vocab_dict
        self._documents = documents

    @classmethod
    def build(
        cls,
        passages: Iterable[Sequence[str]],
        documents: Sequence[int],
        on_passage: Callable[[int], None] | None = None,
    ) -> LexicalIndex:
        """An index over each passage's tokens (repeats count).

        `documents` has each passage's document, numbered from 0.
        """
        vocabulary: dict[str, int] = {}
        ids: list[list[int]] = []
        for done, tokens in enumerate(passages, 1):
            ids.append([vocabulary.setdefault(token, len(vocabulary)) for token in tokens])
            if on_passage:
                on_passage(done)
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index((ids, vocabulary), show_progress=False)
        return cls(model, np.asarray(documents, np.int32))

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """The index that `save` wrote; raises IndexDamaged."""
        try:
            model = bm25s.BM25.load(folder)
            documents = np.load(folder / _DOCUMENTS, allow_pickle=False)
        except (OSError, ValueError, KeyError) as error:
            detail = f"词语索引 {folder.name} 无法读取，请运行 scripts/rebuild_index"
            raise IndexDamaged(detail) from error
        return cls(model, documents)

    def save(self, folder: Path) -> None:
        """Write the index as files of one folder (NumPy arrays and JSON)."""
        self._model.save(folder, show_progress=False)
        np.save(folder / _DOCUMENTS, self._documents, allow_pickle=False)

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return len(self._documents)

    @property
    def documents(self) -> NDArray[np.int32]:
        """Each passage's document, numbered from 0: (passages,)."""
        return self._documents

    def idf(self, token: str) -> float:
        """What one token can give at most; highest for a token that no passage has."""
        having = len(self._column(token))
        return math.log(1 + (self.passages - having + 0.5) / (having + 0.5))

    def scores(self, weights: Mapping[str, float], shares: Shares = SHARES) -> Scores:
        """Every passage's score, 0 to 1, shape (passages,); 0 where it has no token asked for.

        `weights` are the question's tokens with what each counts (0 leaves it out).
        """
        bm25, present = np.zeros((2, self.passages), np.float32)
        in_document = np.zeros(1 + self._documents.max(initial=0), np.float32)
        most = 0.0
        for token, weight in weights.items():
            column, worth = self._column(token), weight * self.idf(token)
            rows = self._rows[column.start : column.stop]
            bm25[rows] += np.float32(weight) * self._weights[column.start : column.stop]
            present[rows] += worth
            in_document[np.unique(self._documents[rows])] += worth
            most += worth
        if most == 0:
            return bm25
        total = shares.bm25 * bm25 + shares.passage * present
        total += shares.document * in_document[self._documents]
        return np.where(present > 0, np.minimum(total / np.float32(most), 1), np.float32(0))

    def documents_with(self, tokens: Iterable[str]) -> NDArray[np.bool_]:
        """Of every passage whether its document has all the tokens, shape (passages,)."""
        having = np.ones(1 + self._documents.max(initial=0), np.bool_)
        for token in tokens:
            column = self._column(token)
            found = np.zeros_like(having)
            found[self._documents[self._rows[column.start : column.stop]]] = True
            having &= found
        return having[self._documents]

    def _column(self, token: str) -> range:
        """Where the token's passages stand in the arrays; empty for one that no passage has."""
        number = self._vocabulary.get(token)
        if number is None:
            return range(0)
        return range(int(self._columns[number]), int(self._columns[number + 1]))
