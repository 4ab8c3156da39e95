"""Finding and opening a model: its precision, its fingerprint, and what is said where it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from index.encoding.model_loading import load_encoder, resolve_precision
from index.errors import ModelError
from index.types import IndexSettings
from tests.tiny_model import load_tiny

REPOSITORY = Path(__file__).parent.parent


def test_precision_is_one_of_three() -> None:
    assert resolve_precision("bfloat16") == "bfloat16"
    assert resolve_precision("auto") in ("float32", "bfloat16")
    with pytest.raises(ModelError, match=r"不支持的精度 'float16'.*bfloat16"):
        resolve_precision("float16")


# --- Fingerprint -----------------------------------------------------------------------------


def test_fingerprint_is_stable_and_hexadecimal(tiny_folder: Path) -> None:
    first, second = load_tiny(tiny_folder), load_tiny(tiny_folder)
    assert first.fingerprint == second.fingerprint
    assert len(bytes.fromhex(first.fingerprint)) == 16
    assert (first.name, first.dimensions) == (str(tiny_folder), 32)


def test_fingerprint_changes_with_what_a_vector_depends_on(
    tiny_folder: Path, tmp_path: Path
) -> None:
    copies = {name: tmp_path / name for name in ("same", "weights", "tokenizer", "pooling")}
    for copy in copies.values():
        copytree(tiny_folder, copy)
    _flip_last_byte(copies["weights"] / "model.safetensors")
    with (copies["tokenizer"] / "tokenizer.json").open("a") as stream:
        stream.write("\n")
    pooling = {"embedding_dimension": 32, "pooling_mode": "cls"}
    (copies["pooling"] / "1_Pooling/config.json").write_text(json.dumps(pooling))
    (copies["same"] / "README.md").write_text("not part of the model")
    found = {name: load_tiny(copy).fingerprint for name, copy in copies.items()}
    found["bfloat16"] = load_tiny(tiny_folder, precision="bfloat16").fingerprint
    found["prompt"] = load_tiny(tiny_folder, passage_prompt="d").fingerprint
    assert found.pop("same") == load_tiny(tiny_folder).fingerprint
    assert len({*found.values(), load_tiny(tiny_folder).fingerprint}) == len(found) + 1


def _flip_last_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


# --- Models that cannot be had ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["/no/such/model", "./model", "~/no-such-model", "a/b/c"])
def test_missing_folder_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"找不到模型文件夹.*model|找不到模型文件夹：a/b/c"):
        load_encoder(IndexSettings(model=name), tmp_path)


def test_file_instead_of_a_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match="找不到模型文件夹"):
        load_encoder(IndexSettings(model=str(tmp_path / "model.safetensors")), tmp_path)


def test_folder_without_weights_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"没有可用的权重.*safetensors"):
        load_encoder(IndexSettings(model=str(tmp_path)), tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "modules.json"])
def test_damaged_model_folder_says_so(tiny_folder: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "damaged"
    copytree(tiny_folder, folder)
    (folder / name).write_bytes((folder / name).read_bytes()[:-40])
    with pytest.raises(ModelError, match=r"无法载入模型.*完整的 sentence-transformers"):
        load_tiny(folder)


def test_hub_name_without_network_says_what_to_do(tmp_path: Path) -> None:
    """In a process of its own: the hub library reads its environment once."""
    code = (
        "from pathlib import Path; from index.encoding.model_loading import load_encoder;"
        "from index.types import IndexSettings; from index.errors import ModelError\n"
        "try: load_encoder(IndexSettings(model='BAAI/bge-base-zh-v1.5'), Path('models'))\n"
        "except ModelError as error: print(error)"
    )
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY, env={**os.environ, **offline}, capture_output=True, check=True,
    )  # fmt: skip
    message = done.stdout.decode("utf-8")
    assert "无法取得模型 BAAI/bge-base-zh-v1.5" in message
    assert "填写该文件夹的完整路径" in message
    assert done.stderr == b""


def test_loading_prints_nothing(tiny_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    encoder = load_tiny(tiny_folder)
    encoder.embed_passages(["a" * 20] * 40)
    encoder.embed_question("甲" * 200)
    assert capfd.readouterr() == ("", "")
