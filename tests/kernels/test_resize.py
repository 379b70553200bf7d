"""Bilinear resizing, against a matrix for each axis, and its transpose."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.kernels import resize
from minidl.runtime import threads


@pytest.fixture(autouse=True, scope="module")
def _small_tiles():
    with mock.patch.object(threads, "GRAIN", 50):
        yield


def between(rng, n, m, dtype):
    """Return any two places and weights for each of m, and the matrix that they stand for."""
    low, high = rng.integers(0, n, (2, m))
    weights = rng.integers(-4, 5, (2, m)).astype(dtype)
    matrix = np.zeros((m, n))
    np.add.at(matrix, (np.arange(m), low), weights[0])
    np.add.at(matrix, (np.arange(m), high), weights[1])
    return (low, high, *weights), matrix


sides = st.integers(1, 6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(size=st.tuples(sides, sides), out=st.tuples(sides, sides), seed=st.integers(0, 2**32))
def test_matrices(dtype, size, out, seed):
    rng = np.random.default_rng(seed)
    rows, by_row = between(rng, size[0], out[0], dtype)
    columns, by_column = between(rng, size[1], out[1], dtype)
    x = rng.integers(-9, 10, (3, *size, 2)).astype(dtype)
    y = rng.integers(-9, 10, (3, *out, 2)).astype(dtype)
    found = resize.bilinear(x, rows, columns)
    back = resize.bilinear_transpose(y, rows, columns, size)
    assert found.dtype == back.dtype == dtype
    # Whole numbers: exact.
    assert np.array_equal(found, np.einsum("ph,qw,nhwc->npqc", by_row, by_column, x))
    assert np.array_equal(back, np.einsum("ph,qw,npqc->nhwc", by_row, by_column, y))
