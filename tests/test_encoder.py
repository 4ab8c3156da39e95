"""The encoder on the real model, against a forward pass written out in NumPy.

What needs no real weights runs on a model of 32 dimensions that is packed by hand.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from index.encoding.default_model import ensure_default_model
from index.encoding.encoder import Encoder
from index.encoding.model_loading import load_encoder
from index.encoding.packed_file import packaged_file, parse
from index.encoding.packed_model import PackedModel
from index.types import IndexSettings
from tests.packed_models import load_engine
from tests.reference_model import reference_vector
from tests.tiny_model import load_tiny

PASSAGES = [
    "2020年全市一般公共预算收入完成10.4亿元，比上年增长5.2%。",
    "猫喜欢在阳光下睡觉。",
    "臺灣繁體中文的檢索與問答。",
    "ＡＢＣ１２３ mixed 文字 😀 ～ 测试",
    "短",
    "居民人均可支配收入继续提高，城镇新增就业完成全年目标。" * 12,
]


@pytest.fixture(scope="module")
def packed() -> PackedModel:
    path = packaged_file()
    return parse(path.read_bytes(), path)


@pytest.fixture(scope="module")
def exact(models_dir: Path) -> Encoder:
    """The default model in float32."""
    return load_encoder(IndexSettings(precision="float32"), models_dir)


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
