"""Places that are named once and places that are named twice; random numbers that are given."""

import numpy as np
import pytest

from minidl import Tensor, grad, ops
from minidl.ops.indexing import _names_places_once

X = np.arange(24.0).reshape(2, 3, 4)
MASK = X > 7


@pytest.mark.parametrize(
    ("index", "once"),
    [
        (1, True), (slice(None), True), (..., True), (None, True), (np.int64(1), True),
        ((1, ..., None, slice(0, 3, 2)), True), (MASK, True), (MASK[:, 0, 0], True),
        ((slice(None), MASK[0, :, 0], 2), True), ((MASK[:, 0, 0], np.int64(1)), True),
        ([0, 0], False), (np.array([1, 1]), False), ((slice(None), [2, 2]), False),
        ((0, [2, 2], 1), False), ((MASK[:, 0, 0], [1, 1]), False),
        (np.array([[0], [1]]), False), (np.zeros(3, "uint8"), False),
    ],
)  # fmt: skip
def test_gradients_go_back_to_the_places_they_came_from(index, once):
    assert _names_places_once(index) is once
    x = Tensor(X, requires_grad=True)
    y = x[index]
    np.testing.assert_array_equal(y.data, X[index])
    g = np.random.default_rng(0).integers(1, 9, y.shape).astype(float)
    expected = np.zeros_like(X)
    np.add.at(expected, index, g)
    for create_graph in (False, True):
        np.testing.assert_array_equal(grad(y, [x], create_graph, g)[0].data, expected)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3, None])
@pytest.mark.parametrize(
    "indices", [0, -1, [1, 0, 1, -1], [[0, 1], [1, -2]], np.zeros((2, 0), int)]
)
def test_gradients_of_what_is_taken(indices, axis):
    x = Tensor(X, requires_grad=True)
    y = ops.take(x, indices, axis)
    np.testing.assert_array_equal(y.data, np.take(X, indices, axis))
    g = np.random.default_rng(0).integers(1, 9, y.shape).astype(float)
    places = np.take(np.arange(X.size).reshape(X.shape), indices, axis)
    expected = np.bincount(places.ravel(), g.ravel(), X.size).reshape(X.shape)
    for create_graph in (False, True):
        np.testing.assert_array_equal(grad(y, [x], create_graph, g)[0].data, expected)


def test_tensors_are_indices_too():
    x = Tensor(X)
    for index in (Tensor(MASK), (Tensor(np.array([1, 0])), 2), (0, Tensor(MASK[0]))):
        plain = tuple(np.asarray(i) for i in index) if isinstance(index, tuple) else index.data
        np.testing.assert_array_equal(x[index].data, X[plain])
    assert ops.getitem([1.0, 2.0], 1) == 2
    assert isinstance(ops.getitem(X, Tensor(np.array([1]))), np.ndarray)


class Given:
    """Random numbers that are not."""

    def __init__(self, numbers):
        self.numbers = np.float32(numbers)

    def random(self, shape, dtype):
        assert (shape, dtype) == (self.numbers.shape, np.float32)
        return self.numbers


def test_dropout_keeps_what_is_drawn_from_its_rate_on():
    x = np.full(4, 3.0)
    drawn = Given([0.0, 0.25, 0.24, 0.99])
    assert ops.dropout(x, 0.25, drawn).tolist() == [0, 4, 0, 4]
    assert ops.dropout(x, 0) is x
