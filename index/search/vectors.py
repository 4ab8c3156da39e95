"""Exact inner-product search over unit vectors. The only module that imports faiss."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged

Rows = NDArray[np.int64]
Similarities = NDArray[np.float32]


class VectorIndex:
    """Vectors by row number, each of unit length, so that a product is a cosine."""

    def __init__(self, flat: faiss.Index) -> None:
        self._flat = flat

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> VectorIndex:
        """An index over `vectors`, shape (rows, dimensions)."""
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(flat)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """The index that `save` wrote; raises IndexDamaged."""
        try:
            flat = faiss.read_index(str(path))
        except RuntimeError as error:
            raise IndexDamaged(
                f"向量文件 {path.name} 无法读取，请运行 scripts/rebuild_index"
            ) from error
        return cls(flat)

    def save(self, path: Path) -> None:
        """Write the index to one file."""
        faiss.write_index(self._flat, str(path))

    @property
    def rows(self) -> int:
        """How many vectors there are."""
        return int(self._flat.ntotal)

    @property
    def dimensions(self) -> int:
        """The length of one vector."""
        return int(self._flat.d)

    def nearest(
        self, query: NDArray[np.float32], k: int, allowed: Rows | None = None
    ) -> tuple[Rows, Similarities]:
        """The `k` nearest rows to `query` (dimensions,), best first, with their cosines.

        Only rows in `allowed` where it is given. Fewer than `k` where there are no more.
        """
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        cosines, rows = self._flat.search(query[None, :], min(k, self.rows), params=parameters)
        found = rows[0] >= 0
        return rows[0][found], cosines[0][found]

    def similarities(self, query: NDArray[np.float32], rows: Rows) -> Similarities:
        """The cosines of `query` (dimensions,) with the given rows, in their order."""
        if not len(rows):
            return np.zeros(0, np.float32)
        stored: NDArray[np.float32] = self._flat.reconstruct_batch(rows)
        return stored @ query
