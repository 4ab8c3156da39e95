"""From the model named in the settings to an `Encoder`: find its folder, open it, identify it.

Everything that a folder, the hub or a library can raise becomes a ModelError here that says what
to do. The fingerprint covers the files' content, so that an index made with other weights under
the same name is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from index.encoding.default_model import ensure_default_model
from index.encoding.encoder import Encoder
from index.encoding.prompts import Prompts, choose_prompts
from index.encoding.sentence_encoder import (
    SentenceEncoder,
    bound_spinning,
    has_native_bfloat16,
    open_model,
    silence_libraries,
)
from index.errors import ModelError
from index.types import IndexSettings

PRECISIONS = ("auto", "float32", "bfloat16")

_DEFAULT = "default"
_HUB_OWNER = "sentence-transformers"
# What a vector depends on. Other formats of the same weights (onnx/, *.bin) are never loaded.
_MODEL_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")
_OTHER_FORMATS = ("onnx", "openvino")


def load_encoder(settings: IndexSettings, models_dir: Path) -> Encoder:
    """Load the model of the settings; the default one is decoded below `models_dir` if need be.

    `settings.model` is "default", a folder, or a hub name; a hub model that is in the local cache
    is taken from there without asking the hub. It runs on the CPU. Raises ModelError where the
    model cannot be found or read, or the precision is not a known one.
    """
    bound_spinning()
    precision = resolve_precision(settings.precision)
    folder = _model_folder(settings.model, models_dir)
    silence_libraries()
    try:
        model = open_model(folder, precision)
    except Exception as error:  # whatever a foreign folder provokes: KeyError, SafetensorError, …
        raise ModelError(
            f"无法载入模型 {settings.model}（{folder}）：{type(error).__name__}："
            f"{_first_line(error)}。请确认这是完整的 sentence-transformers 模型文件夹。"
        ) from error
    prompts = choose_prompts(settings, model.prompts, folder)
    return SentenceEncoder(model, settings.model, _fingerprint(folder, prompts, precision), prompts)


def resolve_precision(wanted: str) -> str:
    """ "float32" or "bfloat16"; "auto" is bfloat16 where the CPU computes in it natively.

    Elsewhere bfloat16 is emulated, slower than float32. Raises ModelError for other words.
    """
    if wanted not in PRECISIONS:
        raise ModelError(f"不支持的精度 {wanted!r}，可选：{'、'.join(PRECISIONS)}。")
    if wanted != "auto":
        return wanted
    return "bfloat16" if has_native_bfloat16() else "float32"


def _model_folder(name: str, models_dir: Path) -> Path:
    if name == _DEFAULT:
        return ensure_default_model(models_dir)
    folder = Path(name).expanduser()
    if not folder.is_dir():
        if _looks_like_path(name) or folder.exists():
            raise ModelError(
                f"找不到模型文件夹：{folder}。请检查路径；其中应有 config.json、"
                f"tokenizer.json 和 *.safetensors 等文件。"
            )
        folder = _hub_folder(name)
    if not _has_weights(folder):
        raise ModelError(
            f"模型 {name} 没有可用的权重：{folder} 中没有 *.safetensors 文件。"
            f"请改用带 safetensors 权重的 sentence-transformers 模型。"
        )
    return folder


def _looks_like_path(name: str) -> bool:
    """Whether it cannot be a hub name, which is `name` or `owner/name`."""
    return (
        name.startswith((".", "~"))
        or Path(name).is_absolute()
        or "\\" in name
        or name.count("/") > 1
    )


def _hub_folder(name: str) -> Path:
    """The snapshot of a hub model, from the local cache where it is there, else downloaded."""
    silence_libraries()
    from huggingface_hub import snapshot_download

    repo = name if "/" in name else f"{_HUB_OWNER}/{name}"
    wanted: dict[str, Any] = {
        "allow_patterns": list(_MODEL_FILES),
        "ignore_patterns": [f"{other}/*" for other in _OTHER_FORMATS],
    }
    try:
        cached = Path(snapshot_download(repo, local_files_only=True, **wanted))
        if _has_weights(cached):
            return cached
    except (OSError, ValueError):
        # Not in the cache; the attempt below says why it cannot be had at all.
        pass
    try:
        return Path(snapshot_download(repo, **wanted))
    except Exception as error:  # the hub, its HTTP library and the disk raise without a common root
        raise ModelError(
            f"无法取得模型 {name}：本地没有这个文件夹，也没能从模型库下载 {repo}"
            f"（{_first_line(error)}）。没有网络时，请把模型下载到本地，"
            f"并在设置中填写该文件夹的完整路径；或使用自带的模型 default。"
        ) from error


def _has_weights(folder: Path) -> bool:
    return any(_model_files(folder, ("*.safetensors",)))


def _model_files(folder: Path, patterns: Sequence[str] = _MODEL_FILES) -> Iterator[Path]:
    for pattern in patterns:
        for path in folder.rglob(pattern):
            parts = path.relative_to(folder).parts
            if not any(part in _OTHER_FORMATS or part.startswith(".") for part in parts):
                yield path


def _fingerprint(folder: Path, prompts: Prompts, precision: str) -> str:
    digest = hashlib.sha256(repr((astuple(prompts), precision)).encode())
    for path in sorted(_model_files(folder)):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:32]


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
