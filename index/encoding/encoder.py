"""What the rest of the program knows of a model: texts go in, vectors come out.

Whoever needs vectors asks for an `Encoder`, so that a test can pass one that is worked by hand and
no other module has to import the model's libraries.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """A model as its callers see it. Every vector is float32 and of unit length."""

    @property
    def name(self) -> str:
        """The model as named in the settings."""

    @property
    def fingerprint(self) -> str:
        """Hex digest of all that a vector depends on: files, prompts, precision."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens that a passage may have; special tokens and the prompt are already taken off."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens and prompt."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors in the order of the texts, shape (n, dimensions).

        Raises ValueError where a text has more than `max_tokens`: nothing is cut silently.
        """

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `embed_passages`, for a few short texts at once while a user waits.

        Much faster for a few, and equal to it only up to rounding.
        """

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """One vector, shape (dimensions,); tokens beyond the model's limit are left out.

        May be called from several threads at once.
        """
