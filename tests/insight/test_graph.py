"""Graphs of models and of histories: their boxes, their arrows, the limit."""

import pytest

from minidl import Input, Model, Sequential, Tensor, layers, ops
from minidl.insight import Graph, graph


def test_sequential():
    model = Sequential([Input((4, 4, 1)), layers.Flatten(name="f"), layers.Dense(3, name="d")])
    found = graph(model)
    assert found.boxes == (
        ("input", "(N, 4, 4, 1)"),
        ("f: Flatten", "(N, 16)"),
        ("d: Dense", "(N, 3)", "51 parameters"),
    )
    assert found.arrows == ((0, 1), (1, 2))


def test_shared_layers_and_models_inside():
    a, b = Input((4,), name="left"), Input((4,), name="right")
    inner = Sequential([Input((4,)), layers.Dense(2)], name="inner")
    joined = layers.Concatenate(name="join")([inner(a), inner(b)])
    found = graph(Model([a, b], joined))
    names = [box[0] for box in found.boxes]
    assert names == ["left", "right", "inner: Sequential", "inner: Sequential", "join: Concatenate"]
    assert [found.boxes[i][-1] for i in (2, 3)] == ["shared, call 1 of 2", "shared, call 2 of 2"]
    assert set(found.arrows) == {(0, 2), (1, 3), (2, 4), (3, 4)}


def test_history():
    x = Tensor([1.0, 2.0], requires_grad=True, name="x")
    y = ops.exp(x)
    found = graph((y * x + y).sum())
    names = [box[0] for box in found.boxes]
    assert names == ["x", "exp", "multiply", "add", "sum"]
    assert found.boxes[1][1] == "(2,)"
    assert set(found.arrows) == {(0, 1), (1, 2), (0, 2), (2, 3), (1, 3), (3, 4)}


def test_dot_is_escaped():
    text = Graph('a"b', (('say "no"\\', "x\ny"),), ()).to_dot()
    assert 'digraph "a\\"b" {' in text
    assert '0 [label="say \\"no\\"\\\\\\nx y"];' in text


def test_refuses():
    class Net(Model):
        def call(self, x, training=False):
            return x

    with pytest.raises(TypeError, match="Sequential or functional model, got Net"):
        graph(Net())
    with pytest.raises(ValueError, match=r"input's shape of .* is not known yet"):
        graph(Sequential([layers.Dense(2)]))
    x = Tensor(1.0, requires_grad=True)
    for _ in range(20):
        x = x + 1.0
    with pytest.raises(ValueError, match="boxes are too many to read; the limit is 10"):
        graph(x, most=10)
