"""Fixtures that more than one test module needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from index.encoder import Encoder, load_encoder
from index.types import IndexSettings

ROOT = Path(__file__).resolve().parent.parent

# A first example may have to load a dictionary, and machines are noisy: tests do not time.
settings.register_profile("youju", deadline=None)
settings.load_profile("youju")


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where the default model is decoded, shared by runs."""
    return Path(os.environ.get("YOUJU_TEST_MODELS", ROOT / "data" / "models"))


@pytest.fixture(scope="session")
def encoder(models_dir: Path) -> Encoder:
    """The real default model."""
    return load_encoder(IndexSettings(), models_dir)
