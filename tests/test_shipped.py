"""Which reader a setting names: the one that comes with the project, another file, or none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from training.embedding_model import load_embedding_model
from training.export import export

from index.encoding.default_model import ensure_default_model
from index.errors import ModelError
from index.reading import shipped
from index.reading.reader import Page
from index.reading.shipped import DEFAULT, OFF, load_reader, shipped_file
from tests.tiny_reader import tiny_reader


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the shipped file is looked for: empty."""
    found = tmp_path / "shipped"
    found.mkdir()
    monkeypatch.setattr(shipped, "FOLDER", found)
    return found


@pytest.fixture(scope="module")
def one_layer(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported reader of one of the default model's layers."""
    model = load_embedding_model(ensure_default_model(models_dir))
    path = tmp_path_factory.mktemp("exported") / "reader.onnx"
    facts = {"embedding_model": model.fingerprint, "token_limit": str(model.shape.positions)}
    export(tiny_reader(model.folder), path, facts)
    return path


def named(folder: Path, data: bytes) -> Path:
    """A file with the name that its bytes have to have."""
    path = folder / f"reader-{hashlib.sha256(data).hexdigest()[:12]}.onnx"
    path.write_bytes(data)
    return path


def test_off_is_no_reader(folder: Path, tmp_path: Path) -> None:
    assert load_reader(OFF, tmp_path / "models") is None
    assert not (tmp_path / "models").exists()


def test_the_shipped_file_is_read_with(folder: Path, one_layer: Path, models_dir: Path) -> None:
    path = named(folder, one_layer.read_bytes())
    assert shipped_file() == path
    reader = load_reader(DEFAULT, models_dir)
    assert reader is not None
    assert path.stem.endswith(reader.fingerprint[:12])
    (reading,) = reader.read("桥有多长？", [Page("新桥", "桥长420米。")])
    assert reading.answers


def test_another_file_is_read_with_by_its_path(
    folder: Path, one_layer: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_path = load_reader(str(one_layer), models_dir)
    monkeypatch.setenv("HOME", str(one_layer.parent))
    from_home = load_reader("~/reader.onnx", models_dir)
    assert by_path is not None
    assert from_home is not None
    assert by_path.fingerprint == from_home.fingerprint


@pytest.mark.parametrize("count", [0, 2])
def test_none_or_two_shipped_files_are_refused(count: int, folder: Path, models_dir: Path) -> None:
    for place in range(count):
        named(folder, bytes([place]))
    (folder / "README.md").write_bytes(b"what lies beside does not count")
    with pytest.raises(ModelError, match=rf"reader-\*\.onnx 文件，现在有 {count} 个，请重新安装"):
        load_reader(DEFAULT, models_dir)


def test_a_damaged_shipped_file_is_refused_by_name(
    folder: Path, one_layer: Path, models_dir: Path
) -> None:
    path = named(folder, one_layer.read_bytes())
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(ModelError, match=rf"{path.name} 已损坏（校验和不符）"):
        load_reader(DEFAULT, models_dir)


def test_another_file_that_is_not_there_is_refused_by_name(
    folder: Path, models_dir: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"读不到阅读器的文件 .*nowhere\.onnx"):
        load_reader(str(tmp_path / "nowhere.onnx"), models_dir)
