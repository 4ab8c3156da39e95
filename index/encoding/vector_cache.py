"""Vectors by content: what has been embedded once is never embedded again.

The key is the encoder's fingerprint and the words as the model saw them, so that a hit is what
the model would have said. Kept in SQLite, written batch by batch: a build that is killed keeps
what it had embedded.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoding.encoder import Encoder

BATCH = 512


class VectorCache:
    """The cache file of one data folder."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = _open(path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def embed(
        self,
        encoder: Encoder,
        texts: Sequence[str],
        on_passage: Callable[[int], None] | None = None,
    ) -> tuple[NDArray[np.float32], int]:
        """Vectors of the passages, shape (texts, dimensions), and how many had to be embedded.

        A text that occurs twice is embedded once. `on_passage` hears how many are done.
        """
        keys = [_key(encoder.fingerprint, text) for text in texts]
        known = self._read(set(keys), encoder.dimensions)
        by_key = dict(zip(keys, texts, strict=True))
        missing = [(key, text) for key, text in by_key.items() if key not in known]
        # Texts of like length share a batch, so that little is spent on padding.
        missing.sort(key=lambda item: len(item[1]))
        done = len(texts) - len(missing)
        for first in range(0, len(missing), BATCH):
            batch = missing[first : first + BATCH]
            vectors = encoder.embed_passages([text for _, text in batch])
            self._write([key for key, _ in batch], vectors)
            known.update(zip([key for key, _ in batch], vectors, strict=True))
            if on_passage:
                on_passage(min(len(texts), done + first + len(batch)))
        if not keys:
            return np.zeros((0, encoder.dimensions), np.float32), 0
        return np.stack([known[key] for key in keys]), len(missing)

    def _read(self, keys: set[bytes], dimensions: int) -> dict[bytes, NDArray[np.float32]]:
        known: dict[bytes, NDArray[np.float32]] = {}
        for key in keys:
            record = self._connection.execute(
                "SELECT vector FROM vector WHERE key = ?", (key,)
            ).fetchone()
            vector = _opened(record[0], dimensions) if record else None
            if vector is not None:
                known[key] = vector
        return known

    def _write(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        rows = [(key, _sealed(vector)) for key, vector in zip(keys, vectors, strict=True)]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)


def _key(fingerprint: str, text: str) -> bytes:
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()


def _sealed(vector: NDArray[np.float32]) -> bytes:
    """A vector as it is kept, with a checksum: a flipped bit would rank passages wrongly."""
    data = vector.astype(np.float32, copy=False).tobytes()
    return data + zlib.crc32(data).to_bytes(4, "little")


def _opened(sealed: bytes, dimensions: int) -> NDArray[np.float32] | None:
    """The vector, or None where it is damaged or of another length."""
    data, checksum = sealed[:-4], sealed[-4:]
    if len(data) != 4 * dimensions or zlib.crc32(data).to_bytes(4, "little") != checksum:
        return None
    return np.frombuffer(data, np.float32)


def _open(path: Path) -> sqlite3.Connection:
    """The cache, or a new one where the file is damaged: it holds nothing that cannot be remade."""
    try:
        return _connect(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        for part in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            part.unlink(missing_ok=True)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
        )
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the cache is damaged")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
