"""Fixtures that more than one test module needs."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from index.builder import build
from index.encoding.default_model import ensure_default_model
from index.encoding.encoder import Encoder
from index.encoding.model_loading import load_encoder
from index.reading.inputs import Vocabulary, open_vocabulary
from index.reading.reader import Reader
from index.reading.shipped import load_reader
from index.types import IndexSettings
from tests.packed_models import tiny_packed

ROOT = Path(__file__).resolve().parent.parent

# A first example may have to load a dictionary, and machines are noisy: tests do not time.
settings.register_profile("youju", deadline=None)
settings.load_profile("youju")

# What a shell starts in the background ignores Ctrl+C, and what the tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where the default model stands decoded, shared by runs."""
    folder = Path(os.environ.get("YOUJU_TEST_MODELS", ROOT / "data" / "models"))
    ensure_default_model(folder)
    return folder


@pytest.fixture(scope="session")
def encoder(models_dir: Path) -> Encoder:
    """The real default model."""
    return load_encoder(IndexSettings(), models_dir)


@pytest.fixture(scope="session")
def reader(models_dir: Path) -> Reader:
    """The reader that comes with the project."""
    found = load_reader("default", models_dir)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of 32 dimensions and one token per character, limit 64 tokens."""
    root = tmp_path_factory.mktemp("tiny")
    (root / "tiny.bin").write_bytes(tiny_packed())
    return ensure_default_model(root / "models", root / "tiny.bin")


@pytest.fixture(scope="session")
def tiny_vocabulary(tiny_folder: Path) -> Vocabulary:
    """The tiny model's pieces: 64 tokens of an input."""
    return open_vocabulary(tiny_folder, 64)


@pytest.fixture(scope="session")
def vocabulary(models_dir: Path) -> Vocabulary:
    """The default model's pieces: 384 tokens of an input."""
    return open_vocabulary(ensure_default_model(models_dir), 384)


@pytest.fixture(scope="session")
def built_data(
    encoder: Encoder, models_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data folder with an index of the project's own corpus. To be copied, not changed."""
    data = tmp_path_factory.mktemp("built") / "data"
    data.mkdir()
    (data / "models").symlink_to(models_dir.resolve(), target_is_directory=True)
    build(ROOT / "corpus", data, encoder, IndexSettings())
    return data
