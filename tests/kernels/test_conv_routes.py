"""The three routes of convolution, each held against the formula, and the rule that chooses."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate

import minidl
from minidl.kernels import conv
from minidl.kernels.conv import blocked, direct, winograd
from minidl.runtime import threads

PLAIN = (1, 1, 0, 0, 1, 1)


@pytest.fixture(autouse=True, scope="module")
def _small_pieces():
    """Cut tiles and blocks small, so that small arrays go through several, the last ones short."""
    with (
        mock.patch.object(threads, "GRAIN", 50),
        mock.patch.object(blocked, "BLOCK", 300),
        mock.patch.object(direct, "BLOCK", 20),
        mock.patch.object(winograd, "BLOCK", 3),
    ):
        yield


def correlated(x, kernel, corner, out_size, stride=1):
    """Return SciPy's correlation over the padded image, (N, *out_size, F), in float64."""
    reach = [(o - 1) * stride + len(kernel) for o in out_size]
    pads = [(p, max(r - n - p, 0)) for r, n, p in zip(reach, x.shape[1:3], corner, strict=True)]
    x = np.pad(x.astype("float64"), ((0, 0), *pads, (0, 0)))[:, : reach[0], : reach[1]]
    maps = [
        [correlate(image, k, "valid", "direct")[..., 0] for k in np.moveaxis(kernel, 3, 0)]
        for image in x
    ]
    return np.moveaxis(maps, 1, -1)[:, ::stride, ::stride]


sizes = st.integers(1, 10)
few = st.integers(1, 5)
cases = st.tuples(
    st.integers(1, 3), sizes, sizes, few, few, st.tuples(st.integers(0, 2), st.integers(0, 2))
)


def drawn(case, dtype, whole, side=3, stride=1):
    """Return x, kernel, y, corner and sizes of a case: a convolution that keeps some padding."""
    n, height, width, channels, filters, corner = case
    rng = np.random.default_rng(0)
    out_size = tuple(
        max(1, (size + 2 * p - side) // stride + 1)
        for size, p in zip((height, width), corner, strict=True)
    )
    kernel = (side, side, channels, filters)
    shapes = (n, height, width, channels), kernel, (n, *out_size, filters)
    arrays = (rng.integers(-9, 10, s) if whole else rng.normal(size=s) for s in shapes)
    return (*(a.astype(dtype) for a in arrays), corner, out_size)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("module", [direct, blocked])
@given(case=cases)
def test_exact_on_whole_numbers(module, dtype, case):
    x, kernel, y, corner, out_size = drawn(case, dtype, whole=True)
    how = corner if module is direct else (1, 1, *corner, 1, 1)
    expected = correlated(x, kernel, corner, out_size)
    found = module.forward(x, kernel, how, out_size)
    assert (found.dtype, found.shape) == (dtype, expected.shape)
    assert np.array_equal(found, expected)
    gradient = module.kernel_gradient(x, y, (3, 3), how)
    assert np.vdot(kernel.astype("float64"), gradient) == np.vdot(expected, y)
    if module is direct:  # it writes to one channel at a time
        x, kernel = x[..., :1], kernel[:, :, :1]
        expected = correlated(x, kernel, corner, out_size)
    image = module.transpose(y, kernel, how, x.shape[1:3])
    assert (image.dtype, image.shape) == (dtype, x.shape)
    assert np.vdot(x.astype("float64"), image) == np.vdot(expected, y)


@pytest.mark.parametrize(("side", "stride"), winograd.STRIDES.items())
@given(case=cases, more=st.tuples(st.integers(0, 1), st.integers(0, 1)))
def test_winograd_is_the_formula(side, stride, case, more):
    # In float64 its own rounding is far below what a wrong coefficient would do.
    if side == 4:
        case = (*case[:5], tuple(p + m for p, m in zip(case[5], more, strict=True)))
    x, kernel, y, corner, out_size = drawn(case, "float64", False, side, stride)
    expected = correlated(x, kernel, corner, out_size, stride)
    found = winograd.forward(x, kernel, corner, out_size)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * (1 + abs(expected).max()))
    scale = abs(x).max() * abs(kernel).max() * abs(y).sum() * side**2 * x.shape[3] + 1
    form = np.vdot(expected, y)
    image = winograd.transpose(y, kernel, corner, x.shape[1:3])
    assert abs(np.vdot(x, image) - form) < 1e-11 * scale
    how = (stride, stride, *corner, 1, 1)
    np.testing.assert_allclose(
        image,
        blocked.transpose(y, kernel, how, x.shape[1:3]),
        atol=1e-11 * abs(kernel).max() * abs(y).max() * side**2 * y.shape[3],
    )
    gradient = winograd.kernel_gradient(x, y, (side, side), corner)
    assert abs(np.vdot(kernel, gradient) - form) < 1e-11 * scale
    np.testing.assert_allclose(
        gradient, blocked.kernel_gradient(x, y, (side, side), how), atol=1e-11 * scale
    )


@pytest.mark.parametrize("side", winograd.STRIDES)
@pytest.mark.parametrize("shape", [(2, 14, 14, 32, 64), (1, 19, 13, 128, 48), (40, 6, 6, 16, 16)])
def test_winograd_keeps_four_digits(shape, side):
    n, height, width, channels, filters = shape
    stride = winograd.STRIDES[side]
    out_size = (-(-height // stride), -(-width // stride))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, height, width, channels)).astype("float32")
    kernel = rng.normal(size=(side, side, channels, filters)).astype("float32")
    y = rng.normal(size=(n, *out_size, filters)).astype("float32")
    how = (stride, stride, 1, 1, 1, 1)
    x64, kernel64, y64 = (a.astype("float64") for a in (x, kernel, y))
    for found, exact in [
        (
            winograd.forward(x, kernel, (1, 1), out_size),
            blocked.forward(x64, kernel64, how, out_size),
        ),
        (
            winograd.transpose(y, kernel, (1, 1), (height, width)),
            blocked.transpose(y64, kernel64, how, (height, width)),
        ),
        (
            winograd.kernel_gradient(x, y, (side, side), (1, 1)),
            blocked.kernel_gradient(x64, y64, (side, side), how),
        ),
    ]:
        assert found.dtype == np.float32
        assert abs(found - exact).max() < 1e-4 * abs(exact).max()


@pytest.mark.parametrize(
    ("module", "side", "stride"),
    [(direct, 3, 1), (blocked, 3, 1), (winograd, 3, 1), (winograd, 4, 2)],
)
def test_same_bits_for_any_number_of_threads(module, side, stride, set_num_threads):
    case = (5, 9, 7, 5, 6, (1, 1))
    x, kernel, y, corner, out_size = drawn(case, "float32", False, side, stride)
    how = (1, 1, *corner, 1, 1) if module is blocked else corner
    taps = kernel[:, :, :1] if module is direct else kernel
    results = []
    for threads_ in (1, 2, 3):
        set_num_threads(threads_)
        results.append(
            (
                module.forward(x, kernel, how, out_size),
                module.transpose(y, taps, how, x.shape[1:3]),
                module.kernel_gradient(x, y, (side, side), how),
            )
        )
    for other in results[1:]:
        assert all(map(np.array_equal, results[0], other))


@pytest.mark.parametrize(
    ("expected", "dtype", "images", "kernel", "geometry", "out_size"),
    [
        (direct, "float32", 1, (3, 3, 4, 64), PLAIN, (9, 9)),
        (blocked, "float32", 1, (3, 3, 5, 64), PLAIN, (99, 99)),
        (blocked, "float32", 9, (3, 3, 15, 64), PLAIN, (99, 99)),
        (blocked, "float32", 9, (3, 3, 64, 15), PLAIN, (99, 99)),
        (winograd, "float32", 1, (3, 3, 16, 16), PLAIN, (16, 32)),
        (blocked, "float32", 1, (3, 3, 16, 16), PLAIN, (16, 31)),
        (winograd, "float32", 2, (3, 3, 16, 16), (1, 1, 2, 2, 1, 1), (16, 32)),
        (blocked, "float32", 2, (3, 3, 16, 16), (1, 1, 3, 0, 1, 1), (16, 32)),
        (blocked, "float64", 9, (3, 3, 64, 64), PLAIN, (99, 99)),
        (blocked, "float32", 9, (3, 3, 64, 64), (2, 1, 0, 0, 1, 1), (99, 99)),
        (blocked, "float32", 9, (3, 3, 64, 64), (1, 1, 0, 0, 1, 2), (99, 99)),
        (blocked, "float32", 9, (3, 5, 64, 64), PLAIN, (99, 99)),
        (blocked, "float32", 9, (5, 5, 1, 64), PLAIN, (99, 99)),
        (winograd, "float32", 9, (4, 4, 16, 16), (2, 2, 3, 3, 1, 1), (99, 99)),
        (blocked, "float32", 9, (4, 4, 16, 16), (2, 2, 4, 0, 1, 1), (99, 99)),
        (blocked, "float32", 9, (4, 4, 4, 64), (2, 2, 0, 0, 1, 1), (99, 99)),
        (blocked, "float32", 9, (4, 4, 16, 16), PLAIN, (99, 99)),
        (winograd, "float32", 99, (3, 3, 16, 16), PLAIN, (6, 6)),
        (blocked, "float32", 99, (3, 3, 16, 16), PLAIN, (5, 5)),
        (winograd, "float32", 99, (4, 4, 16, 16), (2, 2, 1, 1, 1, 1), (7, 7)),
        (blocked, "float32", 99, (4, 4, 16, 16), (2, 2, 1, 1, 1, 1), (5, 5)),
        (blocked, "float32", 9, (4, 4, 16, 16), (2, 1, 0, 0, 1, 1), (99, 99)),
    ],
)
def test_the_rule(expected, dtype, images, kernel, geometry, out_size):
    assert conv.route(np.dtype(dtype), images, kernel, geometry, out_size) is expected


def test_winograd_can_be_switched_off(monkeypatch):
    arguments = np.dtype("float32"), 9, (3, 3, 64, 64), PLAIN, (99, 99)
    monkeypatch.setattr(minidl.config, "winograd", False)
    assert conv.route(*arguments) is blocked


def test_the_three_functions_take_the_route(monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 12, 12, 16)).astype("float32")
    kernel = rng.normal(size=(3, 3, 16, 20)).astype("float32")
    y = conv.forward(x, kernel, PLAIN, (10, 10))
    found = y, conv.transpose(y, kernel, PLAIN, (12, 12)), conv.kernel_gradient(x, y, (3, 3), PLAIN)
    monkeypatch.setattr(conv, "PIXELS", 100)
    by_winograd = (
        conv.forward(x, kernel, PLAIN, (10, 10)),
        conv.transpose(y, kernel, PLAIN, (12, 12)),
        conv.kernel_gradient(x, y, (3, 3), PLAIN),
    )
    for a, b in zip(found, by_winograd, strict=True):
        assert not np.array_equal(a, b)  # another order of sums …
        np.testing.assert_allclose(a, b, atol=1e-4 * abs(a).max())  # … of the same numbers


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_few_channels_are_transposed_exactly(channels):
    rng = np.random.default_rng(0)
    y = rng.integers(-9, 10, (3, 5, 6, 7)).astype("float32")
    kernel = rng.integers(-9, 10, (3, 3, channels, 7)).astype("float32")
    for geometry, size in [(PLAIN, (7, 8)), ((1, 1, 1, 2, 1, 1), (6, 9))]:
        found = conv.transpose(y, kernel, geometry, size)
        assert found.flags.c_contiguous
        assert np.array_equal(found, blocked.transpose(y, kernel, geometry, size))
