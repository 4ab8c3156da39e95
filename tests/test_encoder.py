"""The encoder on the real model, against a forward pass written out in NumPy.

What needs no real weights runs on a model of 32 dimensions that is packed by hand.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from math import erf
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.default_model import PackedModel, ensure_default_model, packaged_file, parse
from index.encoder import (
    BGE_QUESTION_PROMPT,
    Encoder,
    Prompts,
    choose_prompts,
    load_encoder,
    resolve_precision,
)
from index.errors import ModelError
from index.types import IndexSettings
from tests.test_default_model import load_engine, reference_ids, tiny_packed

Array = NDArray[np.float64]
REPOSITORY = Path(__file__).parent.parent
PASSAGES = [
    "2020年全市一般公共预算收入完成10.4亿元，比上年增长5.2%。",
    "猫喜欢在阳光下睡觉。",
    "臺灣繁體中文的檢索與問答。",
    "ＡＢＣ１２３ mixed 文字 😀 ～ 测试",
    "短",
    "居民人均可支配收入继续提高，城镇新增就业完成全年目标。" * 12,
]


# --- An independent forward pass -------------------------------------------------------------


def _tensor(model: PackedModel, name: str, rows: NDArray[np.intp] | None = None) -> Array:
    """A tensor in float64, or some rows of it, straight from the packed blocks."""
    entry = model.tensors[name]
    if entry.kind == 0:
        return np.frombuffer(model.data, "<f4", entry.count, entry.start).astype(np.float64)
    raw = np.frombuffer(model.data, np.uint8, entry.size, entry.start)
    if rows is not None:
        raw = raw.reshape(model.header.vocabulary, -1)[rows]
    blocks = raw.reshape(-1, 18)
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float64)
    weights = np.empty((len(blocks), 32))
    weights[:, :16] = blocks[:, 2:] % 16
    weights[:, 16:] = blocks[:, 2:] // 16
    return ((weights - 8) * scales).reshape(-1)


def _dense(model: PackedModel, name: str, x: Array) -> Array:
    weight = _tensor(model, f"{name}.w").reshape(-1, x.shape[1])
    return x @ weight.T + _tensor(model, f"{name}.b")


def _layer_norm(model: PackedModel, name: str, x: Array) -> Array:
    centred = x - x.mean(axis=1, keepdims=True)
    deviation: Array = np.sqrt((centred**2).mean(axis=1, keepdims=True) + model.header.epsilon)
    scaled: Array = centred / deviation
    return scaled * _tensor(model, f"{name}.w") + _tensor(model, f"{name}.b")


def _attention(model: PackedModel, layer: int, x: Array) -> Array:
    heads, size = model.header.heads, model.header.hidden // model.header.heads
    q, k, v = (
        _dense(model, f"l{layer}.{name}", x).reshape(-1, heads, size).transpose(1, 0, 2)
        for name in "qkv"
    )
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(size)
    weights: Array = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    mixed: Array = weights @ v
    return mixed.transpose(1, 0, 2).reshape(x.shape)


def _gelu(x: Array) -> Array:
    inner: Array = np.vectorize(erf)(x / np.sqrt(2))
    return 0.5 * x * (1 + inner)


def reference_vector(model: PackedModel, text: str) -> Array:
    """Tokenise, embed, run the layers, take the mean over all tokens, scale to length 1."""
    ids = np.array([model.header.bos, *reference_ids(model, text), model.header.eos])
    width = model.header.hidden
    positions = _tensor(model, "emb.pos").reshape(-1, width)[: len(ids)]
    x = _tensor(model, "emb.word", ids).reshape(-1, width) + positions
    x = _layer_norm(model, "emb.ln", x + _tensor(model, "emb.type")[:width])
    for layer in range(model.header.layers):
        attended = _dense(model, f"l{layer}.ao", _attention(model, layer, x))
        x = _layer_norm(model, f"l{layer}.aln", x + attended)
        inner = _gelu(_dense(model, f"l{layer}.fi", x))
        x = _layer_norm(model, f"l{layer}.oln", x + _dense(model, f"l{layer}.fo", inner))
    mean: Array = x.mean(axis=0)
    return mean / np.float64(np.linalg.norm(mean))


# --- Fixtures --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packed() -> PackedModel:
    path = packaged_file()
    return parse(path.read_bytes(), path)


@pytest.fixture(scope="module")
def exact(models_dir: Path) -> Encoder:
    """The default model in float32."""
    return load_encoder(IndexSettings(precision="float32"), models_dir)


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of 32 dimensions and one token per character, limit 64 tokens."""
    root = tmp_path_factory.mktemp("tiny")
    (root / "tiny.bin").write_bytes(tiny_packed())
    return ensure_default_model(root / "models", root / "tiny.bin")


def load_tiny(folder: Path, **settings: str) -> Encoder:
    wanted = {"precision": "float32", **settings}
    return load_encoder(IndexSettings(model=str(folder), **wanted), folder.parent)  # type: ignore[arg-type]


# --- Vectors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", PASSAGES)
def test_passages_equal_the_numpy_forward_pass(
    exact: Encoder, packed: PackedModel, text: str
) -> None:
    (vector,) = exact.embed_passages([text])
    assert vector @ reference_vector(packed, f"passage: {text}") > 0.99999


def test_question_equals_the_numpy_forward_pass(exact: Encoder, packed: PackedModel) -> None:
    vector = exact.embed_question("2020年的预算收入是多少？")
    assert vector @ reference_vector(packed, "query: 2020年的预算收入是多少？") > 0.99999


def test_vectors_equal_the_packages_engine(exact: Encoder) -> None:
    """The engine rounds activations to 8 bits, hence not closer than this."""
    engine = load_engine()
    cosines = (exact.embed_passages(PASSAGES) * engine.passage(PASSAGES)).sum(axis=1)
    assert cosines.min() >= 0.9998
    assert exact.embed_question("今年的预算？") @ engine.query("今年的预算？") >= 0.9998


def test_bfloat16_stays_close_to_float32(exact: Encoder, models_dir: Path) -> None:
    short = load_encoder(IndexSettings(precision="bfloat16"), models_dir)
    cosines = (exact.embed_passages(PASSAGES) * short.embed_passages(PASSAGES)).sum(axis=1)
    assert cosines.min() > 0.9995


def test_vectors_are_float32_of_unit_length(encoder: Encoder) -> None:
    passages, question = encoder.embed_passages(PASSAGES), encoder.embed_question("预算")
    assert passages.dtype == question.dtype == np.float32
    assert (passages.shape, question.shape) == ((len(PASSAGES), 384), (384,))
    lengths = np.linalg.norm([*passages, question], axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-6)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.embed_passages([]).shape == (0, encoder.dimensions)
    assert encoder.count_tokens([]) == []


def test_empty_text_has_a_vector(encoder: Encoder) -> None:
    assert np.linalg.norm(encoder.embed_passages([""])[0]) == pytest.approx(1, abs=1e-6)


def test_what_is_alike_is_near(encoder: Encoder) -> None:
    near, far = encoder.embed_passages(["全市财政收入超过十亿元。", "猫喜欢在阳光下睡觉。"])
    question = encoder.embed_question("财政收入是多少？")
    assert question @ near > question @ far + 0.05


def test_question_and_passage_prompts_differ(encoder: Encoder) -> None:
    (passage,) = encoder.embed_passages(["财政收入"])
    assert passage @ encoder.embed_question("财政收入") < 0.999


# --- A vector depends on its own text alone --------------------------------------------------


def test_company_and_order_change_no_bit(encoder: Encoder) -> None:
    together = encoder.embed_passages(PASSAGES)
    np.testing.assert_array_equal(encoder.embed_passages(PASSAGES[::-1]), together[::-1])
    alone = np.vstack([encoder.embed_passages([text]) for text in PASSAGES])
    np.testing.assert_array_equal(alone, together)


def test_many_batches_keep_the_order(tiny_folder: Path) -> None:
    encoder = load_tiny(tiny_folder)
    texts = [
        ("abcd甲乙" * 9)[start : start + size] for size in range(0, 48, 3) for start in range(3)
    ]
    together = encoder.embed_passages(texts)
    alone = np.vstack([encoder.embed_passages([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_questions_from_many_threads_are_the_same(encoder: Encoder) -> None:
    questions = [f"第{number}季度的收入{'是多少' * (number % 5)}？" for number in range(24)]
    expected = [encoder.embed_question(question) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        passages = pool.submit(encoder.embed_passages, PASSAGES)
        found = list(pool.map(encoder.embed_question, questions))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(passages.result(), encoder.embed_passages(PASSAGES), atol=1e-6)


# --- Tokens and limits -----------------------------------------------------------------------


def test_token_counts_are_the_tokenizers_own(encoder: Encoder, models_dir: Path) -> None:
    path = ensure_default_model(models_dir) / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    own = [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in PASSAGES]
    assert encoder.count_tokens(PASSAGES) == own


def test_limit_leaves_room_for_prompt_and_special_tokens(encoder: Encoder) -> None:
    assert encoder.max_tokens == 512 - 2 - len(["▁passage", ":"])


def test_longest_passage_is_taken_and_the_next_is_refused(tiny_folder: Path) -> None:
    encoder = load_tiny(tiny_folder, passage_prompt="")
    longest = "甲" * 61  # and the mark of the text's beginning
    assert encoder.count_tokens([longest]) == [encoder.max_tokens] == [62]
    assert encoder.embed_passages(["乙", longest]).shape == (2, 32)
    with pytest.raises(ValueError, match="63 tokens is longer than the model's 62"):
        encoder.embed_passages(["乙", longest + "甲"])


def test_long_question_is_cut_at_the_limit(tiny_folder: Path) -> None:
    encoder = load_tiny(tiny_folder)
    first, second = (encoder.embed_question("甲" * 90 + end) for end in ("ab", "cd乙"))
    np.testing.assert_array_equal(first, second)


# --- Precision and prompts -------------------------------------------------------------------


def test_precision_is_one_of_three() -> None:
    assert resolve_precision("bfloat16") == "bfloat16"
    assert resolve_precision("auto") in ("float32", "bfloat16")
    with pytest.raises(ModelError, match=r"不支持的精度 'float16'.*bfloat16"):
        resolve_precision("float16")


@pytest.mark.parametrize(
    ("name", "configured", "expected"),
    [
        ("owner/any", {}, Prompts("", "")),
        ("owner/any", {"query": "", "document": ""}, Prompts("", "")),
        ("owner/any", {"query": "q: ", "document": "d: "}, Prompts("q: ", "d: ")),
        ("owner/any", {"query": "q: ", "passage": "p: ", "document": ""}, Prompts("q: ", "p: ")),
        ("intfloat/multilingual-e5-base", {"query": ""}, Prompts("query: ", "passage: ")),
        ("intfloat/e5-large", {"query": "q: "}, Prompts("q: ", "")),
        ("BAAI/bge-base-zh-v1.5", {}, Prompts(BGE_QUESTION_PROMPT, "")),
        ("BAAI/bge-base-en-v1.5", {}, Prompts("", "")),
        ("owner/safe50-model", {}, Prompts("", "")),
    ],
)
def test_prompts_come_from_the_model_or_its_family(
    name: str, configured: dict[str, str | None], expected: Prompts
) -> None:
    assert choose_prompts(IndexSettings(model=name), configured, Path("snapshot")) == expected


def test_prompts_of_the_settings_come_first() -> None:
    settings = IndexSettings(model="intfloat/e5-base", question_prompt="", passage_prompt="段：")
    assert choose_prompts(settings, {"query": "q: "}, Path("e5")) == Prompts("", "段：")


def test_family_is_seen_in_the_folders_name() -> None:
    found = choose_prompts(IndexSettings(model="."), {}, Path("/models/bge-small-zh-v1.5"))
    assert found.question == BGE_QUESTION_PROMPT


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
        "from pathlib import Path; from index.encoder import load_encoder;"
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
