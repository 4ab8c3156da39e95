"""The reader as it is shipped: an ONNX model in 8 bits that names what it was trained with.

Input: `embeddings` (batch, length, hidden), rows of the embedding model's word table, for texts of
one length. Output: the logits `spans` (batch, length, length), from a token to another.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from index.errors import YoujuError
from index.reading.onnx_reader import FORMAT_VERSION, open_session
from training.checkpoints import publish
from training.network import Reader
from training.onnx_reader import HEAD, as_onnx

SIZE_LIMIT = 25 * 2**20
"""Bytes: the file is kept with the code."""


Probe = NDArray[np.float32]


class ExportError(YoujuError):
    """The reader cannot be shipped as it is."""


def export(
    reader: Reader, path: Path, metadata: Mapping[str, str], probes: Sequence[Probe] = ()
) -> int:
    """Write the reader in 8 bits; returns the file's size in bytes, and raises ExportError.

    One product stays as it is: that which brings the logits of the `probes` (word vectors, each
    (1, length, hidden)) nearest to the reader's own. A few of its inputs are far greater than all
    others, and would leave those no more than a few of the 8 bits.
    """
    whole = as_onnx(reader)
    layers = range(reader.shape.layers) if probes else ()
    tried = [quantised(whole, [f"layers.{layer}.outer.product"]) for layer in layers]
    model = min(tried, key=_Distance(whole, probes)) if tried else quantised(whole)
    helper.set_model_props(model, {"version": FORMAT_VERSION, **metadata})
    data = model.SerializeToString()
    if len(data) > SIZE_LIMIT:
        raise ExportError(
            f"导出的模型有 {len(data) / 2**20:.1f} MiB，超过 {SIZE_LIMIT // 2**20} MiB 的上限；"
            f"请减少层数（--layers）。"
        )
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    publish(part, path)
    return len(data)


def quantised(model: ModelProto, spared: Sequence[str] = ()) -> ModelProto:
    """The model with its layers' weights in 8 bits, each column with a scale of its own.

    Only 7 of the 8 are used: with all, processors without VNNI overflow, and nothing tells. The
    head stays in float32: it is small, and its logits are what is compared.
    """
    with tempfile.TemporaryDirectory() as folder, _without_advice():
        found = Path(folder) / "quantised.onnx"
        quantize_dynamic(
            model,
            found,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=[*HEAD, *spared],
            # What comes out of the runtime's own operators has no type that ONNX knows.
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
        return onnx.load(found)


class _Distance:
    """How far a model's logits of some probes are from those of the whole one."""

    def __init__(self, whole: ModelProto, probes: Sequence[Probe]) -> None:
        self._probes = probes
        self._wanted = self._logits(whole)

    def __call__(self, model: ModelProto) -> float:
        return float(np.abs(self._logits(model) - self._wanted).mean())

    def _logits(self, model: ModelProto) -> Probe:
        session = open_session(model.SerializeToString())
        runs = (session.run(["spans"], {"embeddings": one})[0] for one in self._probes)
        return np.concatenate([logits.ravel() for logits in runs])


@contextmanager
def _without_advice() -> Iterator[None]:
    """Without the root logger's word that the model was not pre-processed, which it need not be."""
    before = logging.root.level
    logging.root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logging.root.setLevel(before)
