"""The word vectors of the default embedding model, which the reader's input is made of.

They are most of a model, and every machine that searches has them on its disk: the reader is
shipped without, and looks them up where they lie.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

WORDS = "embeddings.word_embeddings.weight"
_TYPES = {"F16": np.float16, "F32": np.float32}
_FINGERPRINT_STEP = 64
_LENGTH_BYTES = 8


def open_words(folder: Path) -> NDArray[Any]:
    """The word table (vocabulary, hidden) of a model folder, mapped into memory, not read.

    Raises ModelError.
    """
    path = folder / "model.safetensors"
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            entry = json.loads(file.read(length))[WORDS]
        kind, (rows, columns) = _TYPES[entry["dtype"]], entry["shape"]
        start = _LENGTH_BYTES + length + entry["data_offsets"][0]
        return np.memmap(path, kind, "r", start, (rows, columns))
    except (OSError, ValueError, LookupError, TypeError, OverflowError, MemoryError) as error:
        raise ModelError(f"{path} 里没有能读的词向量表：{error}") from error


def fingerprint(words: NDArray[Any], vocabulary: Mapping[str, int]) -> str:
    """A name for the pieces in their order and their vectors, of which every 64th is enough.

    Not of the files: another version of a library may write the same in other bytes.
    """
    digest = hashlib.sha256(repr(tuple(words.shape)).encode())
    digest.update("\n".join(sorted(vocabulary, key=vocabulary.__getitem__)).encode())
    digest.update(np.ascontiguousarray(words[::_FINGERPRINT_STEP], np.float32).tobytes())
    return digest.hexdigest()[:32]
