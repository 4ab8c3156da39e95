"""Generations on disk: written once, verified, then published by moving one pointer.

    data/CURRENT                        the name of the generation that serves
    data/generations/NAME/manifest.json what it is, and a sha256 of each of its files
    data/generations/NAME/…             records.sqlite, vectors.faiss, and the words: lexical/,
                                        literal.txt, lexicon.json

A generation is written under a name that nothing reads, flushed to disk and verified before
`CURRENT` is replaced in one step. Killed at any byte, the old one still serves.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from index.errors import IndexDamaged, IndexMismatch, IndexMissing
from index.types import FileCode, FileNotice, IndexSettings

FORMAT = 2
RECORDS = "records.sqlite"
VECTORS = "vectors.faiss"
LEXICAL = "lexical"
LITERAL = "literal.txt"
LEXICON = "lexicon.json"
MANIFEST = "manifest.json"
_BUILDING = ".building"
_REBUILD = "请运行 scripts/rebuild_index 重建索引"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself. `files` maps each file's relative path to its sha256."""

    version: str
    built_at: datetime
    fingerprint: str
    settings: IndexSettings
    encoder: str
    dimensions: int
    background: tuple[float, float]
    documents: int
    passages: int
    skipped: tuple[FileNotice, ...]
    remarks: tuple[FileNotice, ...]
    files: Mapping[str, str]


def current_version(data_dir: Path) -> str | None:
    """The name of the published generation, or None; reads one small file."""
    try:
        name = (data_dir / "CURRENT").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        name = ""
    # The pointer is a name, never a path: a damaged one must not lead out of the folder.
    if not name or Path(name).name != name or name.startswith("."):
        raise IndexDamaged(f"指针文件 {data_dir / 'CURRENT'} 已损坏，{_REBUILD}")
    return name


def current_folder(data_dir: Path) -> Path:
    """The folder of the published generation; raises IndexMissing or IndexDamaged."""
    name = current_version(data_dir)
    if name is None:
        raise IndexMissing(f"{data_dir} 里还没有索引，请先运行 scripts/rebuild_index")
    return _generations(data_dir) / name


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation; raises IndexDamaged or IndexMismatch."""
    try:
        fields = json.loads((folder / MANIFEST).read_bytes())
        found = fields["format"]
        if found != FORMAT:
            detail = f"索引 {folder.name} 的格式版本是 {found}，本程序需要 {FORMAT}，{_REBUILD}"
            raise IndexMismatch(detail)
        if fields.pop("checksum") != _checksum(fields):
            raise ValueError("the manifest is not as it was written")
        return _manifest(fields)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"索引 {folder.name} 的 {MANIFEST} 缺失或已损坏，{_REBUILD}") from error


def verify(folder: Path, manifest: Manifest) -> None:
    """Check every file against the manifest; raises IndexDamaged with the file's name."""
    for name, expected in manifest.files.items():
        try:
            found = _sha256(folder / name)
        except OSError as error:
            raise IndexDamaged(f"索引 {folder.name} 缺少文件 {name}，{_REBUILD}") from error
        if found != expected:
            raise IndexDamaged(f"索引 {folder.name} 的文件 {name} 校验和不符，{_REBUILD}")


def check_encoder(manifest: Manifest, fingerprint: str, model: str) -> None:
    """Refuse an encoder whose vectors are not those of the generation."""
    if fingerprint != manifest.encoder:
        raise IndexMismatch(
            f"索引 {manifest.version} 由模型 {manifest.settings.model} 建立，"
            f"与当前模型 {model}（或其提示词、精度）不一致，{_REBUILD}"
        )


def checksums(folder: Path) -> dict[str, str]:
    """The sha256 of every file of a folder but the manifest, by relative path."""
    return {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest: the last file of a generation."""
    fields = {"format": FORMAT, **asdict(manifest), "built_at": manifest.built_at.isoformat()}
    fields["checksum"] = _checksum(fields)
    text = json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def building_folder(data_dir: Path) -> Path:
    """An empty folder to write a generation in; what killed builds left there is removed."""
    generations = _generations(data_dir)
    folder = generations / _BUILDING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def publish(data_dir: Path, building: Path, version: str) -> Path:
    """Flush a verified generation to disk, give it its name, and point `CURRENT` at it."""
    for path in (*building.rglob("*"), building):
        flush(path)
    folder = _generations(data_dir) / version
    building.replace(folder)
    flush(folder.parent)
    pointer = data_dir / "CURRENT.new"
    pointer.write_text(version + "\n", encoding="ascii")
    flush(pointer)
    pointer.replace(data_dir / "CURRENT")
    flush(data_dir)
    return folder


def remove_old(data_dir: Path, keep: set[str]) -> None:
    """Remove all generations but those named; a reader that has one open keeps its files."""
    for folder in _generations(data_dir).iterdir():
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def recipe() -> str:
    """A sha256 over the code and rules that make a generation out of a corpus."""
    digest = hashlib.sha256()
    for path in _recipe_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _recipe_files() -> Iterator[Path]:
    package = Path(__file__).parent
    rules = {".py", ".toml", ".txt"}
    yield from sorted(path for path in package.rglob("*") if path.suffix in rules)


def _generations(data_dir: Path) -> Path:
    return data_dir / "generations"


def _checksum(fields: dict[str, Any]) -> str:
    """The manifest's own: it holds figures, such as the background, that no file repeats."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _manifest(fields: dict[str, Any]) -> Manifest:
    del fields["format"]
    fields["built_at"] = datetime.fromisoformat(fields["built_at"])
    fields["settings"] = IndexSettings(**fields["settings"])
    mean, deviation = fields["background"]
    fields["background"] = (float(mean), float(deviation))
    for name in ("skipped", "remarks"):
        fields[name] = tuple(
            FileNotice(notice["path"], FileCode(notice["code"]), notice["detail"])
            for notice in fields[name]
        )
    return Manifest(**fields)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
