"""Max-pooling kernels, against the article's formula and loops written out here."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl import formulas
from minidl.kernels import pool
from minidl.runtime import threads

DTYPES = ["float32", "float64"]


@pytest.fixture(autouse=True, scope="module")
def _small_tiles():
    with mock.patch.object(threads, "GRAIN", 50):
        yield


def window(n, k, stride, before, dilation):
    """Return, for each of the windows, its taps inside an axis of n: (tap number, place)."""
    return lambda i: [
        (t, place)
        for t in range(k)
        if 0 <= (place := i * stride - before + t * dilation) < n
    ]  # fmt: skip


def by_definition(x, size, geometry, out_size):
    """Return the maxima and winners, window by window; NaN is larger than any number."""
    sy, sx, top, left, dy, dx = geometry
    rows = window(x.shape[1], size[0], sy, top, dy)
    columns = window(x.shape[2], size[1], sx, left, dx)
    out = np.empty((len(x), *out_size, x.shape[3]), x.dtype)
    winner = np.empty(out.shape, int)
    for n, p, q, c in np.ndindex(out.shape):
        taps = [
            (x[n, h, w, c], i * size[1] + j) for i, h in rows(p) for j, w in columns(q)
        ]  # in row order
        nans = [tap for tap in taps if np.isnan(tap[0])]
        best = nans[0] if nans else next(t for t in taps if t[0] == max(v for v, _ in taps))
        out[n, p, q, c], winner[n, p, q, c] = best
    return out, winner


@st.composite
def cases(draw, special=(-np.inf, np.inf, np.nan), most_dilation=3):
    """Draw (x, size, geometry, out_size) whose every window has a tap inside the image."""
    size, strides, dilation, pads, out_size, image = [], [], [], [], [], []
    for _ in range(2):
        k, s, d = (
            draw(st.integers(1, 3)),
            draw(st.integers(1, 3)),
            draw(st.integers(1, most_dilation)),
        )
        before, after = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        n = draw(st.integers(max(1, d * (k - 1) + 1 - before - after), 7))
        m = (n + before + after - d * (k - 1) - 1) // s + 1
        taps = window(n, k, s, before, d)
        while before and not all(map(taps, range(m))):
            before -= 1
            taps = window(n, k, s, before, d)
        while m and not taps(m - 1):
            m -= 1
        m = m if all(map(taps, range(m))) else 0
        for values, value in zip(
            (size, strides, dilation, pads, out_size, image), (k, s, d, before, m, n), strict=True
        ):
            values.append(value)
    shape = (draw(st.integers(1, 3)), *image, draw(st.integers(1, 3)))
    values = np.array([-3.0, -2.0, -1.0, *special])  # few values: many ties
    x = np.random.default_rng(draw(st.integers(0, 2**32))).choice(values, shape)
    return x, tuple(size), (*strides, *pads, *dilation), tuple(out_size)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_formula_for_every_size(dtype):
    rng = np.random.default_rng(1)
    for height, width in np.ndindex(9, 9):
        for k in range(1, min(height, width) + 1):
            A = rng.integers(-99, -9, (height + 1, width + 1)).astype(dtype)
            f = formulas.max_pooling(A, k)
            found, _ = pool.max_forward(A[None, :, :, None], (2, 2), (1, 1, 0, 0, k, k), f.shape)
            assert found.dtype == dtype
            assert np.array_equal(found[0, :, :, 0], f)


def test_stride_two_samples_the_formula():
    A = np.random.default_rng(2).normal(size=(8, 6))
    found, _ = pool.max_forward(A[None, :, :, None], (2, 2), (2, 2, 0, 0, 1, 1), (4, 3))
    assert np.array_equal(found[0, :, :, 0], formulas.max_pooling(A, 1)[::2, ::2])


@pytest.mark.parametrize("dtype", DTYPES)
@given(case=cases())
def test_forward_by_definition(dtype, case):
    x, size, geometry, out_size = case
    x = x.astype(dtype)
    out, winner = pool.max_forward(x, size, geometry, out_size)
    expected, expected_winner = by_definition(x, size, geometry, out_size)
    assert out.dtype == dtype
    assert np.array_equal(out, expected, equal_nan=True)
    assert np.array_equal(winner, expected_winner)


@pytest.mark.parametrize("dtype", DTYPES)
@given(case=cases(special=()))
def test_scatter_and_gather_are_adjoint(dtype, case):
    x, size, geometry, out_size = case
    x = x.astype(dtype)
    out, winner = pool.max_forward(x, size, geometry, out_size)
    assert np.array_equal(pool.gather(x, winner, size, geometry), out)

    y = np.random.default_rng(3).integers(-9, 10, out.shape).astype(dtype)
    image = pool.scatter(y, winner, size, geometry, x.shape[1:3])
    assert (image.shape, image.dtype) == (x.shape, dtype)
    assert np.vdot(image, x) == np.vdot(y, out)  # whole numbers: exact
    assert image.sum() == y.sum()


def test_ties_go_to_the_first_in_row_order():
    x = np.zeros((1, 2, 2, 1))
    x[0, 0, 1], x[0, 1, 0] = 5, 5
    _, winner = pool.max_forward(x, (2, 2), (2, 2, 0, 0, 1, 1), (1, 1))
    assert winner.item() == 1
    image = pool.scatter(np.full((1, 1, 1, 1), 7.0), winner, (2, 2), (2, 2, 0, 0, 1, 1), (2, 2))
    assert image[0, :, :, 0].tolist() == [[0, 7], [0, 0]]


def test_overlapping_windows_add_up():
    x = np.array([0.0, 9.0, 0.0]).reshape(1, 1, 3, 1)
    _, winner = pool.max_forward(x, (1, 2), (1, 1, 0, 0, 1, 1), (1, 2))
    y = np.array([2.0, 3.0]).reshape(1, 1, 2, 1)
    image = pool.scatter(y, winner, (1, 2), (1, 1, 0, 0, 1, 1), (1, 3))
    assert image.ravel().tolist() == [0, 5, 0]


@pytest.mark.parametrize("place", range(4))
def test_nan_wins_wherever_it_is(place):
    x = np.array([np.inf, -1.0, 2.0, np.inf])
    x[place] = np.nan
    out, winner = pool.max_forward(x.reshape(1, 2, 2, 1), (2, 2), (2, 2, 0, 0, 1, 1), (1, 1))
    assert np.isnan(out.item())
    assert winner.item() == place


@pytest.mark.parametrize("value", [-1.0, -np.inf, np.finfo("float32").min])
def test_padding_never_wins(value):
    x = np.full((1, 3, 3, 2), value, "float32")
    out, _ = pool.max_forward(x, (3, 3), (1, 1, 2, 2, 1, 1), (5, 5))
    assert (out == value).all()


@pytest.mark.parametrize("side", [16, 17])
def test_last_tap_of_a_large_window(side):
    x = np.zeros((1, side, side, 1))
    x[0, -1, -1] = 1
    out, winner = pool.max_forward(x, (side, side), (1, 1, 0, 0, 1, 1), (1, 1))
    assert (out.item(), winner.item()) == (1, side * side - 1)
    image = pool.scatter(out, winner, (side, side), (1, 1, 0, 0, 1, 1), (side, side))
    assert np.array_equal(image, x)


@pytest.mark.parametrize("read_only", [False, True])
def test_any_layout_and_inputs_are_left(read_only):
    how = (2, 2), (1, 1, 0, 0, 1, 1)
    rng = np.random.default_rng(5)
    x = rng.normal(size=(3, 5, 4, 6)).transpose(3, 2, 1, 0)[::-2]
    y = rng.normal(size=(3, 4, 3, 3)).transpose(0, 2, 1, 3)[..., ::-1]
    x.flags.writeable = y.flags.writeable = not read_only
    before = x.copy(), y.copy()
    out, winner = pool.max_forward(x, *how, (3, 4))
    expected, expected_winner = pool.max_forward(before[0], *how, (3, 4))
    assert np.array_equal(out, expected)
    assert np.array_equal(winner, expected_winner)
    assert np.array_equal(pool.gather(x, winner, *how), expected)
    scattered = pool.scatter(y, winner, *how, (4, 5))
    assert np.array_equal(scattered, pool.scatter(before[1], winner, *how, (4, 5)))
    assert np.array_equal(x, before[0])
    assert np.array_equal(y, before[1])


def test_no_images():
    x = np.empty((0, 4, 4, 2))
    out, winner = pool.max_forward(x, (2, 2), (2, 2, 0, 0, 1, 1), (2, 2))
    assert out.shape == winner.shape == (0, 2, 2, 2)
    assert pool.scatter(out, winner, (2, 2), (2, 2, 0, 0, 1, 1), (4, 4)).shape == x.shape
    assert pool.gather(x, winner, (2, 2), (2, 2, 0, 0, 1, 1)).shape == out.shape


def means_by_definition(x, size, geometry, out_size):
    rows = window(x.shape[1], size[0], geometry[0], geometry[2], 1)
    columns = window(x.shape[2], size[1], geometry[1], geometry[3], 1)
    out = np.empty((len(x), *out_size, x.shape[3]))
    for n, p, q, c in np.ndindex(out.shape):
        out[n, p, q, c] = np.mean([x[n, h, w, c] for _, h in rows(p) for _, w in columns(q)])
    return out


@pytest.mark.parametrize("dtype", DTYPES)
@given(case=cases(special=(), most_dilation=1))
def test_average_by_definition_and_its_transpose(dtype, case):
    x, size, geometry, out_size = case
    x = x.astype(dtype)
    out = pool.average_forward(x, size, geometry, out_size)
    assert out.dtype == dtype
    few = 9 * np.finfo(dtype).eps
    np.testing.assert_allclose(out, means_by_definition(x, size, geometry, out_size), rtol=few)
    y = np.random.default_rng(4).integers(1, 9, out.shape).astype(dtype)
    image = pool.average_transpose(y, size, geometry, x.shape[1:3])
    assert (image.shape, image.dtype) == (x.shape, dtype)
    np.testing.assert_allclose(np.vdot(image, x), np.vdot(y, out), rtol=99 * few)
