"""Convolution as an operation: paddings, sizes, refusals, the same bits on any threads."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl import Tensor, formulas, grad, ops


def whole_numbers(shape, dtype="float64", seed=0):
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(dtype)


def test_the_article_formula():
    A, K = whole_numbers((7, 6)), whole_numbers((3, 3), seed=1)
    y = ops.conv2d(A[None, :, :, None], K[:, :, None, None])
    assert np.array_equal(y[0, :, :, 0], formulas.convolution(A, K))


few = st.integers(1, 3)


@given(n=st.integers(1, 9), k=st.integers(1, 4), s=few, d=few)
def test_same_is_valid_on_the_padded_image(n, k, s, d):
    x, kernel = whole_numbers((2, n, n + 1, 2)), whole_numbers((k, 2, 2, 3), seed=1)
    pads = []
    for size, taps in ((n, k), (n + 1, 2)):
        total = max((-(-size // s) - 1) * s + d * (taps - 1) + 1 - size, 0)
        pads.append((total // 2, total - total // 2))
    padded = np.pad(x, ((0, 0), *pads, (0, 0)))
    expected = ops.conv2d(padded, kernel, s, "valid", d)
    assert np.array_equal(ops.conv2d(x, kernel, s, "same", d), expected)
    assert np.array_equal(ops.conv2d(x, kernel, s, tuple(pads), d), expected)


@given(h=st.integers(1, 5), k=st.integers(1, 4), s=few, d=few)
def test_transpose_sizes(h, k, s, d):
    x, kernel = np.ones((1, h, 2, 3)), np.ones((k, 1, 4, 3))
    valid = ops.conv2d_transpose(x, kernel, (s, 1), dilation_rate=(d, 1))
    assert valid.shape == (1, (h - 1) * s + d * (k - 1) + 1, 2, 4)
    same = ops.conv2d_transpose(x, kernel, (s, 1), "same", dilation_rate=(d, 1))
    assert same.shape == (1, h * s, 2, 4)
    more = ops.conv2d_transpose(x, kernel, (s, 1), output_padding=(s - 1, 0), dilation_rate=(d, 1))
    assert more.shape == (1, (h - 1) * s + d * (k - 1) + s, 2, 4)
    size = more.shape[1:3]
    sized = ops.conv2d_transpose(x, kernel, (s, 1), dilation_rate=(d, 1), output_size=size)
    assert np.array_equal(sized, more)


@pytest.mark.parametrize("padding", ["valid", "same", ((2, 1), (0, 1))])
def test_transpose_is_the_adjoint(padding):
    x, kernel = whole_numbers((2, 8, 7, 3)), whole_numbers((3, 2, 3, 4), seed=1)
    y = ops.conv2d(x, kernel, 2, padding)
    z = whole_numbers(y.shape, seed=2)
    back = ops.conv2d_transpose(z, kernel, 2, padding, output_size=(8, 7))
    assert np.vdot(y, z) == np.vdot(x, back)  # whole numbers: exact


def test_dtypes_promote():
    x, kernel = np.ones((1, 3, 3, 1), "float32"), np.ones((2, 2, 1, 1))
    assert ops.conv2d(x, kernel).dtype == "float64"
    assert ops.conv2d(x, kernel.astype("float32")).dtype == "float32"


def test_same_bits_for_every_number_of_threads(set_num_threads):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(9, 37, 41, 5)).astype("float32")
    kernel = rng.normal(size=(3, 3, 5, 17)).astype("float32")
    results = []
    for n in (1, 2, 3):
        set_num_threads(n)
        inputs = Tensor(x, requires_grad=True), Tensor(kernel, requires_grad=True)
        y = ops.conv2d(*inputs, strides=(1, 2), padding="same")
        results.append([a.data.tobytes() for a in (y, *grad((y * y).sum(), inputs))])
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("extra", [None, 0, 1, (1, 0), (0, 1)])
@pytest.mark.parametrize("padding", ["valid", ((1, 0), (2, 1))])
def test_sizes_of_transposes_with_padding_and_more(padding, extra):
    x, kernel = whole_numbers((1, 3, 4, 2)), whole_numbers((3, 2, 5, 2), seed=1)
    found = ops.conv2d_transpose(x, kernel, (2, 3), padding, extra, (1, 2))
    (top, bottom), (left, right) = ((0, 0), (0, 0)) if padding == "valid" else padding
    more = extra if isinstance(extra, tuple) else (extra or 0,) * 2
    size = 2 * 2 + 3 + more[0] - top - bottom, 3 * 3 + 3 + more[1] - left - right
    assert found.shape == (1, *size, 5)
    # Painted by hand, and cut.
    canvas = np.zeros((20, 20, 5))
    for (p, q), (i, j) in itertools.product(np.ndindex(3, 4), np.ndindex(3, 2)):
        canvas[2 * p + i, 3 * q + 2 * j] += kernel[i, j] @ x[0, p, q]
    np.testing.assert_array_equal(found[0], canvas[top : top + size[0], left : left + size[1]])


X, K = np.ones((2, 5, 4, 3)), np.ones((2, 2, 3, 6))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ops.conv2d(X[0], K), ValueError,
         r"x needs 4 axes \(N, H, W, C\), got shape \(5, 4, 3\): for grey images add the channel"),
        (lambda: ops.conv2d(X[0, 0], K), ValueError, r"x needs 4 axes .*got shape \(4, 3\)$"),
        (lambda: ops.conv2d(0.5, K), TypeError, "x needs an array or Tensor, got float"),
        (lambda: ops.conv2d(X.astype("uint8"), K), TypeError, "x needs float32 or float64, got u"),
        (lambda: ops.conv2d(X, K.astype(int)), TypeError, "the kernel needs float32 or float64"),
        (lambda: ops.conv2d(X, K[0]), ValueError, r"kernel needs 4 axes, got shape \(2, 3, 6\)"),
        (lambda: ops.conv2d(X, 3), ValueError, "kernel needs 4 axes, got int"),
        (lambda: ops.conv2d(X, K[:, :, :2]), ValueError, r"x has 3 channels, but .*made for 2"),
        (lambda: ops.conv2d(X, np.ones((6, 2, 3, 1))), ValueError, "6 × 2 window does not fit in"),
        (lambda: ops.conv2d(X, np.ones((0, 2, 3, 1))), ValueError, "window's size needs a whole"),
        (lambda: ops.conv2d(X, K, strides=0), ValueError, "strides needs .* at least 1, got 0"),
        (lambda: ops.conv2d(X, K, strides=-1), ValueError, "strides needs .* at least 1, got -1"),
        (lambda: ops.conv2d(X, K, strides=1.5), TypeError, "strides needs a whole number, got 1.5"),
        (lambda: ops.conv2d(X, K, strides=True), TypeError, "strides needs a whole number, got Tr"),
        (lambda: ops.conv2d(X, K, padding="full"), ValueError, "padding needs 'valid', 'same' or"),
        (lambda: ops.conv2d_transpose(X, K), ValueError, "x has 3 channels, but .*made for 6"),
        (lambda: ops.conv2d_transpose(X, K[..., :3], 2, output_padding=2), ValueError,
         r"an image of \(12, 10\) has \(6, 5\) windows, but x has \(5, 4\)"),
        (lambda: ops.conv2d_transpose(X, K[..., :3], 2, "same", 1), ValueError,
         "with padding='same' give output_size instead of output_padding"),
        (lambda: ops.conv2d_transpose(X, K[..., :3], 2, "valid", 1, output_size=9), ValueError,
         "give output_size or output_padding, not both"),
        (lambda: ops.conv2d_transpose(X, K[..., :3], output_size=(7, 5)), ValueError,
         r"an image of \(7, 5\) has \(6, 4\) windows, but x has \(5, 4\)"),
        (lambda: ops.conv2d_transpose(X, K[..., :3], output_size=(5, 5)), ValueError,
         r"an image of \(5, 5\) has \(4, 4\) windows, but x has \(5, 4\)"),
        (lambda: ops.conv2d_transpose(X, K[..., :3], 2, "valid", -1), ValueError,
         "output_padding needs a whole number of at least 0, got -1"),
        (lambda: ops.conv2d_transpose(X, K[..., :3], output_size=0), ValueError,
         "output_size needs a whole number of at least 1, got 0"),
        (lambda: ops.conv2d_transpose(X, K[..., :3], padding=((3, 3), (3, 3))), ValueError,
         "output_size needs a whole number of at least 1"),
        (lambda: ops.conv2d_transpose(X[..., :2], K[..., :3]), ValueError,
         "x has 2 channels, but .*made for 3"),
        (lambda: ops.conv2d(X, K, groups=0), ValueError, "groups needs a whole number of at least"),
        (lambda: ops.conv2d(X, K, groups=4), ValueError, "6 filters do not make 4 equal groups"),
        (lambda: ops.conv2d(X, K, groups=2), ValueError, "x has 3 channels, but .*made for 6"),
        (lambda: ops.conv2d_transpose(X, K[..., :3], groups=2), ValueError,
         "3 channels of x do not make 2 equal groups"),
        (lambda: ops.conv2d_kernel_grad(X, X[:, 1:, 1:], 2, groups=2), ValueError,
         "3 channels of x do not make 2 equal groups"),
        (lambda: ops.conv2d_kernel_grad(X, K[:, :, :, :2], 2, groups=3), ValueError,
         "2 filters do not make 3 equal groups"),
        (lambda: ops.conv2d_kernel_grad(X, X[1:, 1:, 1:], 2), ValueError,
         r"y needs shape \(2, 4, 3, 'filters'\), got \(1, 4, 3, 3\)"),
        (lambda: ops.conv2d_kernel_grad(X, X, 2), ValueError, "y needs shape .*, got"),
        (lambda: ops.conv2d_kernel_grad(X, X[0], 2), ValueError, "y needs 4 axes"),
    ],
)  # fmt: skip
def test_refuses(call, error, message):
    with pytest.raises(error, match=rf"^conv2d\w*: .*{message}"):
        call()
