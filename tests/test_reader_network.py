"""The network is a BertModel with a head, and stays one in its parts."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from training.embedding_model import initial_reader, kept_layers, load_embedding_model
from training.network import JOINT, freeze

from index.encoding.default_model import ensure_default_model
from index.errors import ModelError
from tests.packed_models import tiny_packed
from tests.tiny_reader import tiny_reader


@pytest.fixture(scope="module")
def deep_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model of four layers."""
    root = tmp_path_factory.mktemp("deep")
    (root / "deep.bin").write_bytes(tiny_packed(layers=4))
    return ensure_default_model(root / "models", root / "deep.bin")


def inputs(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Three inputs of 9 tokens, two of them shorter."""
    ids = torch.tensor(
        [[0, 5, 6, 7, 2, 2, 9, 10, 2], [0, 7, 2, 2, 5, 2] + [1] * 3, [0, 2] + [1] * 7]
    )
    return load_embedding_model(folder).words[ids].float(), ids != 1


def test_its_states_are_those_of_the_embedding_model(deep_folder: Path) -> None:
    from transformers import BertModel

    bert: nn.Module = BertModel.from_pretrained(deep_folder, add_pooling_layer=False)
    bert.eval()
    reader = tiny_reader(deep_folder, layers=4).eval()
    vectors, mask = inputs(deep_folder)
    with torch.no_grad():
        states = bert(inputs_embeds=vectors, attention_mask=mask.long()).last_hidden_state
        scores = reader(vectors, mask)
        start, end = reader.span(states).unbind(-1)
    spans = (mask[:, :, None] & mask[:, None]).nonzero(as_tuple=True)
    torch.testing.assert_close(scores[spans], (start[:, :, None] + end[:, None])[spans])


def test_ends_know_each_other(tiny_folder: Path) -> None:
    """Worked by hand of two ends' vectors; nothing is known before it is learnt."""
    reader = tiny_reader(tiny_folder).eval()
    vectors, mask = inputs(tiny_folder)
    with torch.no_grad():
        before = reader(vectors, mask)
        reader.pair.weight.zero_()
        # Each token's first vector is 1s, its last one the half of them.
        reader.pair.bias[:JOINT], reader.pair.bias[JOINT:] = 1.0, 0.5
        after = reader(vectors, mask)
    torch.testing.assert_close(after - before, torch.full_like(before, 0.5 * math.sqrt(JOINT)))


def test_shapes(tiny_folder: Path) -> None:
    assert tiny_reader(tiny_folder)(*inputs(tiny_folder)).shape == (3, 9, 9)


def test_what_is_padding_changes_nothing(tiny_folder: Path) -> None:
    reader = tiny_reader(tiny_folder).eval()
    vectors, mask = inputs(tiny_folder)
    noise = torch.where(mask[..., None], vectors, torch.full_like(vectors, 3.0))
    spans = mask[:, :, None] & mask[:, None]
    whole = reader(vectors, mask)
    torch.testing.assert_close(reader(noise, mask)[spans], whole[spans])
    short = reader(vectors[2:, :2], mask[2:, :2])
    torch.testing.assert_close(short, whole[2:, :2, :2])


@pytest.mark.parametrize(
    ("available", "wanted", "kept"),
    [
        (12, 12, list(range(12))),
        (12, 6, [1, 3, 5, 7, 9, 11]),
        (12, 4, [2, 5, 8, 11]),
        (3, 2, [0, 2]),
    ],
)
def test_a_student_keeps_layers_evenly(available: int, wanted: int, kept: list[int]) -> None:
    assert kept_layers(available, wanted) == kept


def test_a_student_has_the_weights_of_every_second_layer(deep_folder: Path) -> None:
    whole = tiny_reader(deep_folder, layers=4).state_dict()
    student = tiny_reader(deep_folder, layers=2).state_dict()
    for name in ("qkv.weight", "outer_norm.bias"):
        assert torch.equal(student[f"layers.0.{name}"], whole[f"layers.1.{name}"])
        assert torch.equal(student[f"layers.1.{name}"], whole[f"layers.3.{name}"])


def test_the_head_follows_from_the_seed(tiny_folder: Path) -> None:
    first, again, other = (tiny_reader(tiny_folder, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(first.span.weight, again.span.weight)
    assert not torch.equal(first.span.weight, other.span.weight)


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_the_lowest_layers_can_be_frozen(deep_folder: Path, layers: int) -> None:
    reader = tiny_reader(deep_folder, layers=4)
    freeze(reader, layers)
    learning = {name for name, weight in reader.named_parameters() if weight.requires_grad}
    assert {f"layers.{layer}.out.bias" in learning for layer in range(layers)} <= {False}
    assert {f"layers.{layer}.out.bias" in learning for layer in range(layers, 4)} == {True}
    assert ("positions" in learning) == ("norm.weight" in learning) == (layers == 0)
    assert {"span.weight", "pair.weight"} <= learning


def test_the_word_table_is_no_part_of_the_reader(tiny_folder: Path) -> None:
    model = load_embedding_model(tiny_folder)
    assert all(
        tensor.shape[0] != len(model.words) for tensor in tiny_reader(tiny_folder).parameters()
    )


def test_a_folder_that_is_no_bert_is_refused(tmp_path: Path, tiny_folder: Path) -> None:
    with pytest.raises(ModelError, match="不是可用来训练阅读器的 BERT 向量模型"):
        load_embedding_model(tmp_path)
    for name, word in (("config.json", "词向量表"), ("model.safetensors", "词表")):
        (tmp_path / name).write_bytes((tiny_folder / name).read_bytes())
        with pytest.raises(ModelError, match=f"里没有能读的{word}|不是可用的{word}"):
            load_embedding_model(tmp_path)


def test_longer_inputs_than_the_limit_have_no_positions(tiny_folder: Path) -> None:
    model = load_embedding_model(tiny_folder)
    short = replace(model, shape=replace(model.shape, positions=8))
    assert initial_reader(short, 1, 0.0, 1).positions.shape == (8, 32)
