"""A model folder of 32 dimensions, for what needs no real weights."""

from __future__ import annotations

from pathlib import Path

from index.encoding.encoder import Encoder
from index.encoding.model_loading import load_encoder
from index.types import IndexSettings


def load_tiny(folder: Path, **settings: str) -> Encoder:
    """Its encoder in float32, unless the settings say otherwise."""
    wanted = {"precision": "float32", **settings}
    return load_encoder(IndexSettings(model=str(folder), **wanted), folder.parent)  # type: ignore[arg-type]
