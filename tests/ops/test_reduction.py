"""Sums of large arrays take a road of their own: over all axes but the last."""

import numpy as np
import pytest

from minidl import ops
from minidl.kernels import elementwise
from minidl.kernels.elementwise import LARGE


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("shape", [(LARGE // 8 + 3, 8), (5, LARGE // 32, 11)])
def test_large_sums_over_all_but_the_last_axis(shape, keepdims):
    x = np.random.default_rng(0).normal(size=shape)
    axes = tuple(range(len(shape) - 1))
    found = ops.sum(x, axis=axes, keepdims=keepdims)
    expected = np.sum(x, axis=axes, keepdims=keepdims)
    assert found.shape == expected.shape
    # Another order of adding: a few roundings of the sum of the absolute values.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13 * np.abs(x).sum())


@pytest.mark.parametrize(
    ("shape", "axis", "keepdims", "quick"),
    [
        ((LARGE // 8, 8), 0, False, True),
        ((LARGE // 8, 8), -2, True, True),
        ((LARGE // 32, 4, 8), (1, -3), False, True),
        ((LARGE // 8, 8), 1, False, False),
        ((LARGE // 8, 8), None, False, False),
        ((LARGE // 32, 4, 8), 0, False, False),
        ((LARGE // 8 - 1, 8), 0, False, False),
        ((LARGE,), (), False, False),
        ((LARGE,), 0, False, False),
    ],
)
def test_which_sums_take_it(shape, axis, keepdims, quick, monkeypatch):
    taken = []
    plain = elementwise.sum_rows
    monkeypatch.setattr(elementwise, "sum_rows", lambda x: (taken.append(x.shape), plain(x))[1])
    x = np.random.default_rng(0).integers(-9, 9, shape)
    for dtype, kind in (("float32", True), ("float64", True), ("int64", False), ("int8", False)):
        for layout, order in ((x.astype(dtype), True), (np.asfortranarray(x, dtype), False)):
            taken.clear()
            found = ops.sum(layout, axis, keepdims)
            np.testing.assert_array_equal(found, np.sum(layout, axis=axis, keepdims=keepdims))
            in_order = order or layout.flags.c_contiguous
            rows = [(x.size // shape[-1], shape[-1])]
            assert taken == (rows if quick and kind and in_order else [])
