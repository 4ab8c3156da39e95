"""The shipped file gives what the network gives, and says what it belongs to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from training import export as exporting
from training.batches import collate
from training.export import ExportError, export, quantised
from training.loop import Pace, train
from training.onnx_reader import as_onnx
from training.run import Run
from training.scoring import score

from index.encoding.default_model import ensure_default_model
from tests.packed_models import tiny_packed
from tests.tiny_reader import RECIPE, asked, letters, read, tiny_reader, tiny_run

Vector = NDArray[np.float32]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A reader of two layers that has learnt its letters."""
    root = tmp_path_factory.mktemp("trained")
    (root / "two.bin").write_bytes(tiny_packed(layers=2))
    folder = ensure_default_model(root / "models", root / "two.bin")
    run = tiny_run(folder, root / "run", replace(RECIPE, layers=2))
    train(run, False, Pace(), lambda state: None)
    run.reader.eval()
    return run


def both(run: Run, model: onnx.ModelProto) -> tuple[Vector, Vector]:
    """The spans' logits as the network and the model give them, for reads of several lengths."""
    examples = [*letters(), asked("a", read("甲乙" * 20), read("甲"))]
    batch = collate(examples, run.kit.vocabulary)
    with torch.inference_mode():
        scores = score(run.reader, run.kit, batch)
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ours: list[Vector] = []
    theirs: list[Vector] = []
    for row, tokens in enumerate(batch.reads):
        length = len(tokens.shown.ids)
        vectors = run.kit.words[batch.ids[row : row + 1, :length]].numpy()
        network = scores.spans[row, :length, :length].numpy()
        (found,) = session.run(["spans"], {"embeddings": vectors})
        possible = np.isfinite(network)
        ours.append(network[possible])
        theirs.append(found[0][possible])
    return np.concatenate(ours), np.concatenate(theirs)


def test_in_float32_it_is_the_network(trained: Run) -> None:
    ours, shipped = both(trained, as_onnx(trained.reader))
    np.testing.assert_allclose(shipped, ours, atol=1e-4)


def test_in_8_bits_it_points_alike(trained: Run) -> None:
    assert np.corrcoef(*both(trained, quantised(as_onnx(trained.reader))))[0, 1] > 0.99


def test_layers_are_in_8_bits_and_the_head_is_not(trained: Run) -> None:
    model = quantised(as_onnx(trained.reader))
    kinds = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    wide = [
        name for name, kind in kinds.items() if kind == onnx.TensorProto.INT8 and "zero" not in name
    ]
    # Four products in each of two layers.
    assert len([name for name in wide if name.endswith("quantized")]) == 8
    assert {kinds["span.weight"], kinds["pair.weight"]} == {onnx.TensorProto.FLOAT}


def test_inputs_and_outputs(trained: Run) -> None:
    graph = as_onnx(trained.reader).graph
    assert [value.name for value in graph.input] == ["embeddings"]
    assert [value.name for value in graph.output] == ["spans"]


def test_the_file_names_its_embedding_model(trained: Run, tmp_path: Path) -> None:
    path = tmp_path / "reader.onnx"
    size = export(trained.reader, path, {"embedding_model": "abc", "token_limit": "64"})
    assert size == path.stat().st_size
    session = InferenceSession(path, providers=["CPUExecutionProvider"])
    told = session.get_modelmeta().custom_metadata_map
    assert told == {"version": "2", "embedding_model": "abc", "token_limit": "64"}
    assert [one.name for one in tmp_path.iterdir()] == ["reader.onnx"]


def test_a_file_too_large_is_not_shipped(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SIZE_LIMIT", 2000)
    with pytest.raises(ExportError, match="超过 0 MiB 的上限；请减少层数"):
        export(tiny_reader(tiny_folder), tmp_path / "reader.onnx", {})
    assert not list(tmp_path.iterdir())
