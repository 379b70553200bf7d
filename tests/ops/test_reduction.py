"""Sums of large arrays take a road of their own: over all axes but the last."""

import numpy as np
import pytest

from minidl import ops
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
