"""Names in ONNX graphs."""

import numpy as np

from minidl.interchange.onnx.graph import FIRST, Call, Graph, Value


def test_names_are_unique():
    graph = Graph()
    names = [graph.unique(name) for name in ("a", "a", "a_1", "a", "a_1")]
    assert len(set(names)) == 5
    assert names[0] == "a"


def test_constants_are_shared_if_equal_and_apart_if_not():
    call = Call(Graph(), "layer", (None, 2))
    first, second = call.constant("w", [1.0, 2.0]), call.constant("w", [1.0, 3.0])
    assert first == call.constant("w", [1.0, 2.0]) == "layer/w"
    assert second == call.constant("w", [1.0, 3.0]) == "layer/w_1"
    assert [a.tolist() for a in call.graph.constants.values()] == [[1, 2], [1, 3]]
    assert call.graph.constants[first].dtype == np.float32


def test_a_transpose_is_written_once():
    graph = Graph()
    value = graph.input("x", (None, 4, 5, 3))
    call = Call(graph, "layer", value.shape)
    assert call.first(value) == call.first(value) == "layer/Transpose"
    assert call.last(value) == "x"
    assert len(graph.nodes) == 1
    assert Value(value.shape, {FIRST: "y"}).layout == FIRST
