"""The reader that comes with the project, or another, or none, as the settings name it."""

from __future__ import annotations

from pathlib import Path

from index.encoding.default_model import ensure_default_model
from index.errors import ModelError
from index.reading.reader import Reader
from index.reading.remembering import RememberingReader

DEFAULT, OFF = "default", "off"
FOLDER = Path(__file__).resolve().parent.parent / "models"
PATTERN = "reader-*.onnx"
"""What follows the hyphen is what the file's SHA-256 begins with."""


def load_reader(name: str, models_dir: Path) -> Reader | None:
    """The reader of a name: the one that comes with the project, an exported file's, or none.

    `models_dir` has the default embedding model, whose words it reads. Raises ModelError.
    """
    if name == OFF:
        return None
    path = shipped_file() if name == DEFAULT else Path(name).expanduser()
    checksum = path.stem.partition("-")[2] if name == DEFAULT else None
    from index.reading.onnx_reader import open_reader

    return RememberingReader(open_reader(path, ensure_default_model(models_dir), checksum))


def shipped_file() -> Path:
    """The one file that is shipped; raises ModelError."""
    found = sorted(FOLDER.glob(PATTERN))
    if len(found) != 1:
        raise ModelError(
            f"{FOLDER} 里应有一个 {PATTERN} 文件，现在有 {len(found)} 个，请重新安装。"
        )
    return found[0]
