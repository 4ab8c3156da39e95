"""BM25 over words and character pairs, as a bounded score. The only module that imports bm25s.

A raw BM25 sum grows with the question's length, so two questions cannot be compared. Each token
can give at most its idf; divided by the idf of all that the question asks for, tokens that no
passage has included, the sum becomes the covered share of the question: 0 to 1.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged

K1 = 1.2
B = 0.75


class LexicalIndex:
    """Which passages have which tokens, and how much each weighs."""

    def __init__(self, model: bm25s.BM25, passages: int) -> None:
        self._data: NDArray[np.float32] = model.scores["data"]
        self._rows: NDArray[np.int32] = model.scores["indices"]
        self._columns: NDArray[np.int64] = model.scores["indptr"]
        self._vocabulary: dict[str, int] = model.vocab_dict
        self._model = model
        self._passages = passages

    @classmethod
    def build(
        cls, passages: Sequence[Sequence[str]], on_passage: Callable[[int], None] | None = None
    ) -> LexicalIndex:
        """An index over each passage's tokens (repeats count)."""
        vocabulary: dict[str, int] = {}
        ids: list[list[int]] = []
        for done, tokens in enumerate(passages, 1):
            ids.append([vocabulary.setdefault(token, len(vocabulary)) for token in tokens])
            if on_passage:
                on_passage(done)
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index((ids, vocabulary), show_progress=False)
        return cls(model, len(passages))

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """The index that `save` wrote; raises IndexDamaged."""
        try:
            model = bm25s.BM25.load(folder)
            passages = json.loads((folder / "params.index.json").read_bytes())["num_docs"]
        except (OSError, ValueError, KeyError) as error:
            detail = f"词语索引 {folder.name} 无法读取，请运行 scripts/rebuild_index"
            raise IndexDamaged(detail) from error
        return cls(model, passages)

    def save(self, folder: Path) -> None:
        """Write the index as files of one folder (NumPy arrays and JSON)."""
        self._model.save(folder, show_progress=False)

    def idf(self, token: str) -> float:
        """What one token can give at most; highest for a token that no passage has."""
        column = self._vocabulary.get(token)
        having = 0 if column is None else int(self._columns[column + 1] - self._columns[column])
        return math.log(1 + (self._passages - having + 0.5) / (having + 0.5))

    def scores(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """Every passage's share (0 to 1) of the question's tokens, shape (passages,).

        `weights` are the question's tokens with what each counts (0 leaves it out).
        """
        scores = np.zeros(self._passages, np.float32)
        most = sum(weight * self.idf(token) for token, weight in weights.items())
        for token, weight in weights.items():
            column = self._vocabulary.get(token)
            if column is not None and weight > 0:
                start, end = self._columns[column], self._columns[column + 1]
                scores[self._rows[start:end]] += weight * self._data[start:end]
        return scores / np.float32(most) if most > 0 else scores
