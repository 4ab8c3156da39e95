"""The reader's network, operator by operator, as an ONNX model in float32.

Written out and not traced: it then depends on no tracer, and holds no operator that it need not.
"""

from __future__ import annotations

import math

from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from training.network import JOINT, Reader, Shape
from training.onnx_graph import RUNTIME, Graph

HEAD = ("span.product", "pair.product", "together")
"""The nodes of the last products."""


def as_onnx(reader: Reader) -> ModelProto:
    """See `export` for the model's inputs and outputs."""
    graph, shape = Graph(reader.state_dict()), reader.shape
    states = _embedded(graph, shape)
    for place in range(shape.layers):
        states = _layer(graph, states, f"layers.{place}", shape)
    _spans(graph, states)
    return graph.model(*_signature(shape))


def _spans(graph: Graph, states: str) -> None:
    """The logit of each span, from its first token (row) to its last (column)."""
    both = graph.linear(states, "span")
    start, end = graph.ops("Split", [both], ["start", "end"], axis=-1, num_outputs=2)
    pair = graph.linear(states, "pair")
    first, last = graph.ops("Split", [pair], ["first", "last"], axis=-1, num_outputs=2)
    product = graph.op(
        "MatMul", [first, graph.op("Transpose", [last], "across", perm=[0, 2, 1])], HEAD[2]
    )
    scaled = graph.op("Div", [product, graph.number("scale", math.sqrt(JOINT))], "scaled")
    ends = graph.op("Transpose", [end], "ends", perm=[0, 2, 1])
    graph.op("Add", [graph.op("Add", [start, ends], "apart"), scaled], "spans")


def _embedded(graph: Graph, shape: Shape) -> str:
    """Word vectors with their positions, normalised."""
    sizes = graph.op("Shape", ["embeddings"], "length", start=1, end=2)
    begin, rows = graph.integers("begin", [0]), graph.integers("rows", [0])
    table = graph.weight("positions")
    places = graph.op("Slice", [table, begin, sizes, rows], "places")
    placed = graph.op("Add", ["embeddings", places], "placed")
    norm = [graph.weight("norm.weight"), graph.weight("norm.bias")]
    return graph.op("LayerNormalization", [placed, *norm], "embedded", epsilon=shape.epsilon)


def _layer(graph: Graph, states: str, name: str, shape: Shape) -> str:
    three = [f"{name}.{part}" for part in ("query", "key", "value")]
    parts = graph.ops("Split", [graph.linear(states, f"{name}.qkv")], three, axis=-1, num_outputs=3)
    found = graph.op("MultiHeadAttention", parts, f"{name}.found", RUNTIME, num_heads=shape.heads)
    states = _added(graph, states, graph.linear(found, f"{name}.out"), f"{name}.out_norm", shape)
    inner = graph.op("Gelu", [graph.linear(states, f"{name}.inner")], f"{name}.gelu")
    outer = graph.linear(inner, f"{name}.outer")
    return _added(graph, states, outer, f"{name}.outer_norm", shape)


def _added(graph: Graph, states: str, found: str, name: str, shape: Shape) -> str:
    # The runtime has one operator for both, which takes ten times as long.
    both = graph.op("Add", [states, found], f"{name}.added")
    norm = [graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias")]
    return graph.op("LayerNormalization", [both, *norm], f"{name}.normed", epsilon=shape.epsilon)


def _signature(shape: Shape) -> tuple[list[ValueInfoProto], list[ValueInfoProto]]:
    value, real = helper.make_tensor_value_info, TensorProto.FLOAT
    inputs = [
        value("embeddings", real, ["batch", "length", shape.hidden]),
    ]
    outputs = [
        value("spans", real, ["batch", "length", "length"]),
    ]
    return inputs, outputs
