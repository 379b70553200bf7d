"""Convolution kernels, against the article's formula and SciPy's correlation.

On whole numbers every sum is exact, in any order: there the comparisons are bit for bit.
Tiles are cut small (`GRAIN`), so that small arrays also go through several of them.
"""

import math
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate

from minidl import formulas
from minidl.kernels import conv
from minidl.runtime import threads

DTYPES = ["float32", "float64"]
NO_FRILLS = (1, 1, 0, 0, 1, 1)  # stride 1, no padding, no dilation


@pytest.fixture(autouse=True, scope="module")
def _small_tiles():
    with mock.patch.object(threads, "GRAIN", 50):
        yield


def by_definition(x, kernel, strides, pads, dilation):
    """Return SciPy's correlation with the dilated kernel over the padded image, subsampled."""
    x = np.pad(x.astype("float64"), ((0, 0), *pads, (0, 0)))
    kh, kw, channels, filters = kernel.shape
    dilated = np.zeros((dilation[0] * (kh - 1) + 1, dilation[1] * (kw - 1) + 1, channels, filters))
    dilated[:: dilation[0], :: dilation[1]] = kernel
    maps = [[correlate(image, dilated[..., f], "valid", "direct")[..., 0] for f in range(filters)]
            for image in x]  # fmt: skip
    return np.moveaxis(maps, 1, -1)[:, :: strides[0], :: strides[1]]


@st.composite
def cases(draw):
    """Draw (x shape, kernel shape, strides, pads, dilation) where the window fits."""
    few = st.integers(1, 3)
    strides, dilation, size = (draw(st.tuples(few, few)) for _ in range(3))
    pads = draw(st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2))
    image = []
    for k, d, p in zip(size, dilation, pads, strict=True):
        smallest = max(1, d * (k - 1) + 1 - sum(p))
        image.append(draw(st.integers(smallest, smallest + 6)))
    n, channels, filters = draw(few), draw(st.integers(1, 4)), draw(st.integers(1, 5))
    return (n, *image, channels), (*size, channels, filters), strides, pads, dilation


def geometry_of(strides, pads, dilation):
    return (*strides, pads[0][0], pads[1][0], *dilation)


def whole_numbers(shape, dtype, seed=0):
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_formula_for_every_size(dtype):
    rng = np.random.default_rng(1)
    eps = np.finfo(dtype).eps
    for height, width in np.ndindex(9, 9):
        for k in range(1, min(height, width) + 2):
            size = (height + 2 - k, width + 2 - k)
            for real in (False, True):
                A, K = (
                    rng.normal(size=s) if real else rng.integers(-9, 10, s)
                    for s in ((height + 1, width + 1), (k, k))
                )
                A, K = A.astype(dtype), K.astype(dtype)
                f = formulas.convolution(A, K)
                x, kernel = A[None, :, :, None], K[:, :, None, None]
                found = conv.forward(x, kernel, NO_FRILLS, size)[0, :, :, 0]
                assert found.dtype == f.dtype == dtype
                # k² products and as many sums on either side, each rounded once.
                bound = 2 * k * k * eps * correlate(abs(A), abs(K), "valid") if real else 0
                assert (abs(found - f) <= bound).all()


@pytest.mark.parametrize("dtype", DTYPES)
@given(case=cases())
def test_forward_on_whole_numbers(dtype, case):
    shape, kernel_shape, *how = case
    x, kernel = whole_numbers(shape, dtype, 1), whole_numbers(kernel_shape, dtype, 2)
    expected = by_definition(x, kernel, *how)
    found = conv.forward(x, kernel, geometry_of(*how), expected.shape[1:3])
    assert found.dtype == dtype
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@given(case=cases())
def test_forward_on_real_numbers(dtype, case):
    shape, kernel_shape, *how = case
    rng = np.random.default_rng(3)
    x, kernel = rng.normal(size=shape).astype(dtype), rng.normal(size=kernel_shape).astype(dtype)
    expected = by_definition(x, kernel, *how)
    found = conv.forward(x, kernel, geometry_of(*how), expected.shape[1:3])
    # One rounding a product and one a sum, of at most the sum of the absolute products.
    taps = math.prod(kernel_shape[:3])
    bound = (2 * taps + 2) * np.finfo(dtype).eps * by_definition(abs(x), abs(kernel), *how)
    assert (abs(found - expected) <= bound).all()


@pytest.mark.parametrize("dtype", DTYPES)
@given(case=cases())
def test_the_three_are_one_trilinear_form(dtype, case):
    shape, kernel_shape, *how = case
    geometry = geometry_of(*how)
    x, kernel = whole_numbers(shape, dtype, 1), whole_numbers(kernel_shape, dtype, 2)
    out_size = by_definition(x, kernel, *how).shape[1:3]
    y = whole_numbers((shape[0], *out_size, kernel_shape[3]), dtype, 3)

    image = conv.transpose(y, kernel, geometry, shape[1:3])
    gradient = conv.kernel_gradient(x, y, kernel_shape[:2], geometry)
    assert (image.shape, image.dtype) == (shape, dtype)
    assert (gradient.shape, gradient.dtype) == (kernel_shape, dtype)

    form = np.vdot(conv.forward(x, kernel, geometry, out_size).astype("float64"), y)
    assert np.vdot(x.astype("float64"), image) == form
    assert np.vdot(kernel.astype("float64"), gradient) == form


def test_transpose_paints_the_kernel():
    y = np.zeros((1, 2, 2, 1))
    y[0, 0, 1, 0] = 2
    kernel = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(2, 2, 1, 1)
    image = conv.transpose(y, kernel, (2, 2, 0, 0, 1, 1), (4, 4))
    assert image[0, :, :, 0].tolist() == [[0, 0, 2, 4], [0, 0, 6, 8], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_kernel_gradient_sums_patches():
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    y = np.zeros((1, 2, 2, 1))
    y[0, 0, 0], y[0, 1, 1] = 1, 10
    gradient = conv.kernel_gradient(x, y, (2, 2), NO_FRILLS)
    assert gradient[:, :, 0, 0].tolist() == [[40, 51], [73, 84]]


def strided(array):
    """Return the same numbers, two apart in memory and backwards along the first axis."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    view = wide[::-1, ..., ::2]
    view[...] = array
    return view


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("layout", [strided, read_only, np.asfortranarray])
@pytest.mark.parametrize("pads", [((0, 0), (0, 0)), ((1, 0), (2, 1))])
def test_any_layout_and_inputs_are_left(layout, pads):
    how = (1, 2), pads, (1, 1)
    geometry = geometry_of(*how)
    x, kernel = whole_numbers((2, 6, 5, 3), "float32", 1), whole_numbers((2, 2, 3, 4), "float32", 2)
    out_size = by_definition(x, kernel, *how).shape[1:3]
    y = whole_numbers((2, *out_size, 4), "float32", 3)
    given = [layout(a) for a in (x, kernel, y)]
    before = [a.copy() for a in given]

    for function, first, second, *rest in [
        (conv.forward, 0, 1, geometry, out_size),
        (conv.transpose, 2, 1, geometry, (6, 5)),
        (conv.kernel_gradient, 0, 2, (2, 2), geometry),
    ]:
        plain = (x, kernel, y)
        expected = function(plain[first], plain[second], *rest)
        assert np.array_equal(function(given[first], given[second], *rest), expected)
    assert all(map(np.array_equal, given, before))


def test_output_is_new_memory():
    x = whole_numbers((1, 3, 3, 1), "float32")
    one = np.ones((1, 1, 1, 1), "float32")
    for out in (
        conv.forward(x, one, NO_FRILLS, (3, 3)),
        conv.transpose(x, one, NO_FRILLS, (3, 3)),
    ):
        assert np.array_equal(out, x)
        assert not np.shares_memory(out, x)


def test_no_images():
    x, kernel = np.empty((0, 5, 4, 2)), np.ones((2, 2, 2, 3))
    y = conv.forward(x, kernel, NO_FRILLS, (4, 3))
    assert y.shape == (0, 4, 3, 3)
    assert conv.transpose(y, kernel, NO_FRILLS, (5, 4)).shape == x.shape
    assert np.array_equal(conv.kernel_gradient(x, y, (2, 2), NO_FRILLS), np.zeros_like(kernel))


@pytest.mark.parametrize("channels", [1, 4])
@pytest.mark.parametrize("dtype", DTYPES)
def test_same_bits_for_every_number_of_threads(set_num_threads, dtype, channels):
    rng = np.random.default_rng(4)
    geometry = (2, 1, 1, 0, 1, 2)
    x, kernel, y = (
        rng.normal(size=s).astype(dtype)
        for s in ((5, 9, 11, channels), (3, 2, channels, 5), (5, 4, 9, 5))
    )
    results = []
    for n in (1, 2, 3):
        set_num_threads(n)
        results.append(
            (
                conv.forward(x, kernel, geometry, (4, 9)).tobytes(),
                conv.transpose(y, kernel, geometry, (9, 11)).tobytes(),
                conv.kernel_gradient(x, y, (3, 2), geometry).tobytes(),
            )
        )
    assert results[0] == results[1] == results[2]
