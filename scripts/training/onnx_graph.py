"""An ONNX graph while it is put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, ValueInfoProto, helper, numpy_helper
from torch import Tensor

RUNTIME = "com.microsoft"
"""ONNX Runtime's own operators: the standard ones take many small steps for one of these."""

_OPSET, _IR_VERSION = 21, 10


class Graph:
    """Nodes and constants in the order in which they are added; each has the name of its value."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, TensorProto] = {}

    def op(self, kind: str, inputs: list[str], output: str, domain: str = "", **how: Any) -> str:
        """Add an operator of one output, whose name is returned."""
        return self.ops(kind, inputs, [output], domain, **how)[0]

    def ops(
        self, kind: str, inputs: list[str], outputs: list[str], domain: str = "", **how: Any
    ) -> list[str]:
        """Add an operator of several outputs."""
        made = helper.make_node(kind, inputs, outputs, name=outputs[0], domain=domain, **how)
        self._nodes.append(made)
        return outputs

    def linear(self, states: str, name: str) -> str:
        """Add a product with a layer's weights, and its bias."""
        weight = self._constant(f"{name}.weight", self._weight(f"{name}.weight").T.copy())
        product = self.op("MatMul", [states, weight], f"{name}.product")
        return self.op("Add", [product, self.weight(f"{name}.bias")], f"{name}.sum")

    def weight(self, name: str) -> str:
        """Add one of the network's weights."""
        return self._constant(name, self._weight(name))

    def number(self, name: str, value: float) -> str:
        """Add a real number."""
        return self._constant(name, np.array(value, np.float32))

    def integers(self, name: str, values: int | list[int]) -> str:
        """Add integers, a scalar or a list."""
        return self._constant(name, np.array(values, np.int64))

    def model(self, inputs: list[ValueInfoProto], outputs: list[ValueInfoProto]) -> ModelProto:
        """All that was added, as a model."""
        constants = list(self._constants.values())
        graph = helper.make_graph(self._nodes, "reader", inputs, outputs, constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(RUNTIME, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)

    def _weight(self, name: str) -> NDArray[np.float32]:
        found: NDArray[np.float32] = self._weights[name].detach().float().cpu().numpy()
        return found

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self._constants[name] = numpy_helper.from_array(values, name)
        return name
