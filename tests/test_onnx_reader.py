"""An exported file reads as the network does, page by page, and what is not its own is refused."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from onnx import ModelProto, helper
from training.batches import collate
from training.embedding_model import load_embedding_model
from training.examples import Read
from training.export import export
from training.network import Reader
from training.onnx_reader import HEAD, as_onnx
from training.scoring import score

from index.encoding.default_model import ensure_default_model
from index.errors import ModelError
from index.reading.onnx_reader import (
    ANSWERS,
    EVEN,
    FORMAT_VERSION,
    HIGHEST,
    OnnxReader,
    open_reader,
)
from index.reading.pointing import answers
from index.reading.reader import Page, Reading
from tests.packed_models import tiny_packed
from tests.tiny_reader import asked, tiny_kit

QUESTION = "ab甲"
PAGES = [
    Page("", "甲a乙乙"),
    Page("cd", "b甲甲乙" * 9),
    Page("", ""),
    Page("甲", "乙" * 99),
    Page("d", "甲乙甲d，不认识的字"),
]


@pytest.fixture(scope="module")
def network(tiny_folder: Path) -> Reader:
    """Random weights: the tiny model's own are all near 1, with which pages hardly differ."""
    torch.manual_seed(3)
    made = Reader(load_embedding_model(tiny_folder).shape)
    torch.nn.init.normal_(made.positions)
    torch.nn.init.normal_(made.pair.weight, std=0.2)
    return made.eval()


@pytest.fixture(scope="module")
def facts(tiny_folder: Path) -> dict[str, str]:
    return {
        "embedding_model": load_embedding_model(tiny_folder).fingerprint,
        "token_limit": "64",
    }


@pytest.fixture(scope="module")
def shipped(
    network: Reader, facts: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The network as it is shipped, in 8 bits."""
    path = tmp_path_factory.mktemp("shipped") / "reader.onnx"
    export(network, path, facts)
    return path


@pytest.fixture(scope="module")
def reader(shipped: Path, tiny_folder: Path) -> OnnxReader:
    return open_reader(shipped, tiny_folder)


def written(path: Path, model: ModelProto, facts: Mapping[str, str]) -> Path:
    """A file with a model, and what it tells of itself."""
    helper.set_model_props(model, dict(facts))
    onnx.save(model, path)
    return path


def expected(network: Reader, folder: Path, pages: Sequence[Page]) -> list[Reading]:
    """What the network itself makes of the pages."""
    kit = tiny_kit(folder)
    batch = collate(
        [asked(QUESTION, *(Read(page.context, page.text, ()) for page in pages))], kit.vocabulary
    )
    with torch.inference_mode():
        scores = score(network, kit, batch)
    ranks = scores.rank.tolist()
    rows = zip(batch.reads, ranks, scores.spans.numpy(), strict=True)
    return [
        Reading(HIGHEST * math.tanh(rank / EVEN), answers(tokens.shown, spans, ANSWERS))
        for tokens, rank, spans in rows
    ]


def numbers(readings: Sequence[Reading]) -> list[float]:
    """All logits and scores."""
    return [n for one in readings for n in (one.logit, *(found.score for found in one.answers))]


def places(readings: Sequence[Reading]) -> list[list[tuple[int, int]]]:
    return [[(found.start, found.end) for found in one.answers] for one in readings]


def test_in_float32_it_reads_as_the_network_does(
    network: Reader, facts: dict[str, str], tiny_folder: Path, tmp_path: Path
) -> None:
    told = {"version": FORMAT_VERSION, **facts}
    path = written(tmp_path / "whole.onnx", as_onnx(network), told)
    found = open_reader(path, tiny_folder).read(QUESTION, PAGES)
    wanted = expected(network, tiny_folder, PAGES)
    assert places(found) == places(wanted)
    assert numbers(found) == pytest.approx(numbers(wanted), abs=1e-4)


def test_in_8_bits_it_is_near_to_that(
    reader: OnnxReader, network: Reader, tiny_folder: Path
) -> None:
    pages = [page for page in PAGES if page.text]
    found, wanted = reader.read(QUESTION, pages), expected(network, tiny_folder, pages)
    ours, theirs = ([(one.logit, one.answers[0].score) for one in both] for both in (found, wanted))
    assert np.array(ours) == pytest.approx(np.array(theirs), rel=0.02, abs=0.02)
    assert np.ptp(np.array(theirs), axis=0).min() > 0.02
    assert [one[0] for one in places(found)] == [one[0] for one in places(wanted)]


def test_the_product_that_loses_most_in_8_bits_is_spared(
    network: Reader, facts: dict[str, str], tmp_path: Path
) -> None:
    """A feature of the second layer's product is far greater than all others."""
    shape = replace(network.shape, layers=2)
    torch.manual_seed(3)
    made = Reader(shape).eval()
    with torch.no_grad():
        made.get_parameter("layers.1.inner.bias")[0] = 500.0
        made.get_parameter("layers.1.outer.weight")[:, 0] = 0.001
    probes = [torch.randn(1, 9, shape.hidden).numpy() for _ in range(4)]
    export(made, tmp_path / "spared.onnx", facts, probes)
    model = onnx.load(tmp_path / "spared.onnx")
    left = {node.name for node in model.graph.node if node.op_type == "MatMul"}
    assert left == {"layers.1.outer.product", *HEAD}


def test_pages_read_together_are_read_as_each_alone(reader: OnnxReader) -> None:
    together = reader.read(QUESTION, PAGES)
    assert together == [reader.read(QUESTION, [page])[0] for page in PAGES]
    assert reader.read(QUESTION, PAGES[::-1]) == together[::-1]
    assert len(set(together)) == len(PAGES)


def test_nothing_is_made_of_no_pages(reader: OnnxReader) -> None:
    assert reader.read(QUESTION, []) == []


def test_an_empty_page_has_a_logit_and_no_answer(reader: OnnxReader) -> None:
    (empty,) = reader.read(QUESTION, [Page("甲", "")])
    assert empty.answers == ()
    assert isinstance(empty.logit, float)


@given(st.text("abcd甲乙丙 \n，𠮷"), st.text("abcd甲乙丙 \n，𠮷", max_size=80))
def test_answers_lie_apart_within_the_text_best_first(
    reader: OnnxReader, question: str, text: str
) -> None:
    (reading,) = reader.read(question, [Page("甲", text)])
    assert np.isfinite(numbers([reading])).all()
    assert len(reading.answers) <= ANSWERS
    assert all(0 <= one.start < one.end <= len(text) for one in reading.answers)
    scores = [one.score for one in reading.answers]
    assert scores == sorted(scores, reverse=True)
    # Several tokens may stand for one character, as the mark of a word's begin does.
    inner = sorted((one.start, one.end) for one in reading.answers)
    assert all(end <= start + 1 for (_, end), (start, _) in pairwise(inner))


def test_what_is_read_hangs_on_the_question(reader: OnnxReader) -> None:
    assert reader.read("甲", PAGES) != reader.read("d", PAGES)


def test_threads_may_share_it(reader: OnnxReader) -> None:
    questions = ["a", "b甲", "乙", QUESTION] * 8
    wanted = [reader.read(question, PAGES) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda one: reader.read(one, PAGES), questions)) == wanted


def test_the_fingerprint_is_that_of_the_file(
    reader: OnnxReader, shipped: Path, network: Reader, facts: dict[str, str], tmp_path: Path
) -> None:
    digest = hashlib.sha256(shipped.read_bytes()).hexdigest()
    assert reader.fingerprint == digest[:32]
    export(network, tmp_path / "again.onnx", facts)
    assert (tmp_path / "again.onnx").read_bytes() == shipped.read_bytes()


def refused(path: Path, folder: Path, words: str, checksum: str | None = None) -> None:
    """The file is named, and what can be done instead."""
    with pytest.raises(ModelError, match=rf"{path.name} ?{words}.*YOUJU_READER=off"):
        open_reader(path, folder, checksum)


def test_a_missing_file_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    refused(tmp_path / "nowhere.onnx", tiny_folder, "：")
    refused(tmp_path, tiny_folder, "：")


def test_damaged_bytes_are_told_by_the_checksum(
    shipped: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    data = shipped.read_bytes()
    checksum = hashlib.sha256(data).hexdigest()[:12]
    assert open_reader(shipped, tiny_folder, checksum).fingerprint.startswith(checksum)
    path = tmp_path / "damaged.onnx"
    # A bit in the middle: a weight, with which the runtime finds nothing wrong.
    path.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
    refused(path, tiny_folder, "已损坏（校验和不符）", checksum)


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x0a" * 50])
def test_what_is_no_onnx_file_is_refused(content: bytes, tiny_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.onnx"
    path.write_bytes(content)
    refused(path, tiny_folder, "不是可用的阅读器")


def test_a_file_that_is_cut_off_is_refused(
    shipped: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "short.onnx"
    path.write_bytes(shipped.read_bytes()[:-100])
    refused(path, tiny_folder, "不是可用的阅读器")


@pytest.mark.parametrize("missing", ["version", "embedding_model", "token_limit"])
def test_a_model_that_tells_less_is_no_reader(
    missing: str, network: Reader, facts: dict[str, str], tiny_folder: Path, tmp_path: Path
) -> None:
    told = {"version": FORMAT_VERSION, **facts}
    del told[missing]
    path = written(tmp_path / "bare.onnx", as_onnx(network), told)
    refused(path, tiny_folder, f"不是可用的阅读器：.*{missing}")


def test_a_file_of_another_format_is_refused(
    network: Reader, tiny_folder: Path, tmp_path: Path
) -> None:
    path = written(tmp_path / "new.onnx", as_onnx(network), {"version": "3"})
    refused(path, tiny_folder, "的格式是第 3 版，这个程序只认第 2 版")


def test_a_file_that_was_trained_with_other_words_is_refused(
    shipped: Path, tmp_path: Path, facts: dict[str, str]
) -> None:
    (tmp_path / "other.bin").write_bytes(tiny_packed(seed=8))
    other = ensure_default_model(tmp_path / "models", tmp_path / "other.bin")
    known, found = facts["embedding_model"], load_embedding_model(other).fingerprint
    refused(shipped, other, f"是用别的向量模型（{known}）训练的，这里的是 {found}")


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_model_folder_that_lacks_a_file_is_refused_by_its_name(
    name: str, shipped: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    for file in {"model.safetensors", "tokenizer.json"} - {name}:
        (tmp_path / file).write_bytes((tiny_folder / file).read_bytes())
    with pytest.raises(ModelError, match=name.replace(".", r"\.")):
        open_reader(shipped, tmp_path)
