"""Max-pooling as an operation: the article's formula and layer, paddings, refusals."""

import numpy as np
import pytest

from minidl import Tensor, formulas, grad, ops


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_article_formula_for_every_size(dtype):
    rng = np.random.default_rng(0)
    for height, width in np.ndindex(8, 8):
        A = rng.normal(-1, 1, (height + 2, width + 2)).astype(dtype)
        for k in range(1, min(A.shape)):
            y = ops.max_pool2d(A[None, :, :, None], pool_size=2, strides=1, dilation_rate=k)
            assert y.dtype == dtype
            assert np.array_equal(y[0, :, :, 0], formulas.max_pooling(A, k))


@pytest.mark.parametrize("size", [(4, 4), (5, 7), (2, 3)])
def test_the_article_layer_samples_the_formula(size):
    A = np.random.default_rng(1).normal(size=size)
    y = ops.max_pool2d(A[None, :, :, None], (2, 2))[0, :, :, 0]
    assert y.shape == (size[0] // 2, size[1] // 2)
    assert np.array_equal(y, formulas.max_pooling(A, 1)[::2, ::2])


def test_gradient_goes_to_the_first_of_equals():
    x = Tensor(np.zeros((1, 2, 2, 1)), requires_grad=True)
    ops.max_pool2d(x, 2).sum().backward()
    assert x.grad.data[0, :, :, 0].tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize("padding", ["same", ((1, 1), (1, 1))])
def test_padding_never_wins(padding):
    x = Tensor(np.full((1, 3, 3, 2), -1.0), requires_grad=True)
    y = ops.max_pool2d(x, 2, padding=padding)
    assert y.shape == (1, 2, 2, 2)
    assert (y.data == -1).all()
    y.sum().backward()
    assert x.grad.data.sum() == y.size


def test_nan_wins():
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    x[0, 0, 0] = np.nan
    y = ops.max_pool2d(x, 2)[0, :, :, 0]
    assert np.array_equal(y, [[np.nan, 7], [13, 15]], equal_nan=True)


def test_same_bits_for_every_number_of_threads(set_num_threads):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(9, 37, 41, 7)).astype("float32")
    results = []
    for n in (1, 2, 3):
        set_num_threads(n)
        t = Tensor(x, requires_grad=True)
        y = ops.max_pool2d(t, 3, 2, "same")
        results.append([a.data.tobytes() for a in (y, *grad((y * y).sum(), t))])
    assert results[0] == results[1] == results[2]


X = np.ones((2, 5, 4, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ops.max_pool2d(X[0], 2), ValueError, r"x needs 4 axes.*add the channel axis"),
        (lambda: ops.max_pool2d(X.astype(int), 2), TypeError, "x needs float32 or float64, got i"),
        (lambda: ops.max_pool2d(0.5, 2), TypeError, "x needs an array or Tensor, got float"),
        (lambda: ops.max_pool2d(X, 5), ValueError, "5 × 5 window does not fit in the 5 × 4 i"),
        (lambda: ops.max_pool2d(X, 2, dilation_rate=4), ValueError, "to 5 × 5.*5 × 4 image"),
        (lambda: ops.max_pool2d(X, 0), ValueError, "the window's size needs .* at least 1, got 0"),
        (lambda: ops.max_pool2d(X, 2.0), TypeError, "size needs a whole number, got 2.0"),
        (lambda: ops.max_pool2d(X, 2, 0), ValueError, "strides needs .* at least 1, got 0"),
        (lambda: ops.max_pool2d(X, 2, -2), ValueError, "strides needs .* at least 1, got -2"),
        (lambda: ops.max_pool2d(X, 2, 1.5), TypeError, "strides needs a whole number, got 1.5"),
        (lambda: ops.max_pool2d(X, 2, True), TypeError, "strides needs a whole number, got True"),
        (lambda: ops.max_pool2d(X, 2, padding="smae"), ValueError, "padding needs .*, got 'smae'"),
        (lambda: ops.max_pool2d(X, 2, 1, ((2, 0), (0, 0))), ValueError,
         r"some windows hold padding alone; use less padding \(image \(5, 4\), window \(2, 2\)"),
        (lambda: ops.max_pool2d(X, 2, 1, ((0, 0), (0, 3))), ValueError, "padding alone"),
        (lambda: ops.max_pool2d(X, 2, 1, ((5, 5), (0, 0)), 6), ValueError, "does not fit in"),
        (lambda: ops.max_pool2d(X[:, :1], (2, 1), 1, ((1, 3), (0, 0)), 2), ValueError, "alone"),
    ],
)  # fmt: skip
def test_refuses(call, error, message):
    with pytest.raises(error, match=f"^max_pool2d: .*{message}|^max_pool2d: {message}"):
        call()
