"""Depthwise and grouped convolution, against the ordinary one on each group by itself.

On whole numbers every sum is exact, in any order: the comparisons are bit for bit.
"""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.kernels import conv
from minidl.kernels.conv import depthwise, grouped
from minidl.runtime import threads


@pytest.fixture(autouse=True, scope="module")
def _small_tiles():
    with mock.patch.object(threads, "GRAIN", 50):
        yield


few = st.integers(1, 3)


@st.composite
def cases(draw):
    """Draw (x, kernel, y, geometry, groups), all in whole numbers."""
    size, strides, dilation = (draw(st.tuples(few, few)) for _ in range(3))
    pads = draw(st.tuples(*[st.integers(0, 2)] * 4))
    image, out = [], []
    for axis in range(2):
        span, padding = dilation[axis] * (size[axis] - 1) + 1, pads[axis] + pads[axis + 2]
        n = draw(st.integers(max(1, span - padding), 7))
        image.append(n)
        out.append((n + padding - span) // strides[axis] + 1)
    n, groups, channels, filters = (draw(few) for _ in range(4))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    x, kernel, y = (
        rng.integers(-9, 10, shape).astype(dtype)
        for shape in (
            (n, *image, channels * groups),
            (*size, channels, filters * groups),
            (n, *out, filters * groups),
        )
    )
    return x, kernel, y, (*strides, *pads[:2], *dilation), groups


def apart(a, b, groups, axes, judge):
    parts = zip(np.split(a, groups, axes[0]), np.split(b, groups, axes[1]), strict=True)
    return np.concatenate([judge(p, q) for p, q in parts], axis=-1)


@given(case=cases())
def test_every_group_is_a_convolution(case):
    x, kernel, y, geometry, groups = case
    size, out_size, in_size = kernel.shape[:2], y.shape[1:3], x.shape[1:3]
    last = (3, 3)
    for found, expected in (
        (grouped.forward(x, kernel, geometry, out_size, groups),
         apart(x, kernel, groups, last, lambda a, b: conv.forward(a, b, geometry, out_size))),
        (grouped.transpose(y, kernel, geometry, in_size, groups),
         apart(y, kernel, groups, last, lambda a, b: conv.transpose(a, b, geometry, in_size))),
        (grouped.kernel_gradient(x, y, size, geometry, groups),
         apart(x, y, groups, last, lambda a, b: conv.kernel_gradient(a, b, size, geometry))),
    ):  # fmt: skip
        assert found.dtype == x.dtype
        assert np.array_equal(found, expected)


def test_depthwise_by_hand():
    x = np.arange(12.0).reshape(1, 2, 3, 2)
    taps = np.array([[[1.0, 0.0], [0.0, 10.0]]])  # one row: this pixel, or ten times the next
    y = depthwise.forward(x, taps, (1, 1, 0, 0, 1, 1), (2, 2))
    assert y[0, ..., 0].tolist() == [[0, 2], [6, 8]]
    assert y[0, ..., 1].tolist() == [[30, 50], [90, 110]]


def test_any_layout_and_inputs_are_left():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4, 6, 5, 2)).transpose(3, 2, 1, 0)[..., ::-1]
    taps = rng.normal(size=(4, 2, 3)).transpose(1, 2, 0)
    x.flags.writeable = taps.flags.writeable = False
    how = (1, 1, 0, 0, 1, 1), (4, 4)
    found = depthwise.forward(x, taps, *how)
    assert np.array_equal(found, depthwise.forward(x.copy(), taps.copy(), *how))
    back = depthwise.transpose(found, taps, how[0], (5, 6))
    total = depthwise.kernel_gradient(x, found, (2, 3), how[0])
    energy = np.vdot(found, found)
    np.testing.assert_allclose([np.vdot(back, x), np.vdot(total, taps)], energy)
