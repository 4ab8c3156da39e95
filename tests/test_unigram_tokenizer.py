"""The tokenizer, against the package's own algorithm and its compiled engine."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from index.encoding.default_model import ensure_default_model
from index.encoding.packed_file import packaged_file, parse
from index.encoding.packed_model import PackedModel
from index.encoding.unigram_tokenizer import build_tokenizer
from tests.packed_models import load_engine, reference_ids, tiny_packed

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


@pytest.fixture(scope="module")
def tokenizer(models_dir: Path) -> Tokenizer:
    return Tokenizer.from_file(str(ensure_default_model(models_dir) / "tokenizer.json"))


@pytest.fixture(scope="module")
def engine() -> Any:
    return load_engine()


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


def test_tiny_model_has_a_token_for_each_character() -> None:
    model = parse(tiny_packed(), Path("tiny.bin"))
    assert build_tokenizer(model).encode("ab\n乙?").tokens == [
        "<s>", "▁", "a", "b", "▁", "乙", "?", "</s>",
    ]  # fmt: skip
