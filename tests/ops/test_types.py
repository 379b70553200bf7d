"""What changes a type, and what draws random numbers: outside the table's promises."""

import numpy as np
import pytest

from minidl import Tensor, check_grads, ops


def test_astype():
    x = np.array([1.75, -2.5])
    assert ops.astype(x, "int64").tolist() == [1, -2]
    assert ops.astype(x, "float32").dtype == "float32"
    check_grads(lambda x: ops.astype(x * 2, "float64") * x, x, order=2)


def test_gradient_through_another_precision():
    x = Tensor(np.array([1.5, 2.0]), requires_grad=True)
    (x.astype("float32") * 3).sum().backward()
    assert x.grad.dtype == "float64"
    assert x.grad.data.tolist() == [3, 3]


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_one_hot(dtype):
    labels = np.array([[2, 0], [1, 2]])
    expected = [[[0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 0, 1]]]
    for x in (labels, Tensor(labels), labels.tolist()):
        hot = ops.one_hot(x, 3, dtype)
        assert isinstance(hot, Tensor) == isinstance(x, Tensor)
        assert hot.dtype == dtype
        assert np.asarray(hot).tolist() == expected


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_drops_its_share_and_scales_the_rest(rate):
    x = np.full(100_000, 3.0, "float32")
    y = ops.dropout(x, rate)
    assert y.dtype == "float32"
    assert set(np.unique(y)) == {0, np.float32(3) * np.float32(1 / (1 - rate))}
    # Six standard deviations of a binomial share.
    assert abs((y == 0).mean() - rate) < 6 * np.sqrt(rate * (1 - rate) / x.size)


def test_dropout_gradient_is_its_scale():
    x = Tensor(np.ones((30, 30)), requires_grad=True)
    y = ops.dropout(x, 0.25, np.random.default_rng(0))
    y.sum().backward()
    assert np.array_equal(x.grad.data, y.data)
    again = ops.dropout(x, 0.25, np.random.default_rng(0))
    assert np.array_equal(again.data, y.data)


@pytest.mark.parametrize(
    ("x", "rate", "error", "message"),
    [
        (np.ones(3), 1, ValueError, r"rate needs a number in \[0, 1\)"),
        (np.ones(3), -0.1, ValueError, r"rate needs a number in \[0, 1\]"),
        (np.ones(3), float("nan"), ValueError, r"rate needs a number in \[0, 1\]"),
        (np.ones(3), "half", TypeError, "rate needs a number, got 'half'"),
        (np.ones(3, int), 0.3, TypeError, "x needs float32 or float64, got int64"),
    ],
)
def test_dropout_refuses(x, rate, error, message):
    with pytest.raises(error, match=f"dropout: {message}"):
        ops.dropout(x, rate)
