"""Batch normalisation of rows against the formulas in double precision."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.kernels import normalize

DTYPES = {"float32": 2e-5, "float64": 1e-12}


def rows(shape, dtype, seed=0):
    return (3 * np.random.default_rng(seed).normal(size=shape) + 1).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@given(shape=hnp.array_shapes(min_dims=2, max_dims=2, max_side=150), seed=st.integers(0, 9))
def test_moments(dtype, shape, seed):
    x = rows(shape, dtype, seed)
    exact = x.astype(np.float64)
    mean, variance = normalize.moments(x)
    assert mean.dtype == variance.dtype == dtype
    np.testing.assert_allclose(mean, exact.mean(axis=0), rtol=DTYPES[dtype], atol=DTYPES[dtype])
    np.testing.assert_allclose(variance, exact.var(axis=0), rtol=DTYPES[dtype], atol=1e-9)


@pytest.mark.parametrize("dtype", DTYPES)
@given(shape=hnp.array_shapes(min_dims=2, max_dims=2, max_side=150), seed=st.integers(0, 9))
def test_forward_and_gradients(dtype, shape, seed):
    x, g = rows(shape, dtype, seed), rows(shape, dtype, seed + 1)
    gamma, beta = rows(shape[1:], dtype, seed + 2), rows(shape[1:], dtype, seed + 3)
    mean, variance = normalize.moments(x)
    deviation = np.sqrt(variance + np.dtype(dtype).type(0.01))
    y = normalize.forward(x, mean, gamma / deviation, beta)
    by_x, by_gamma, by_beta = normalize.gradients(g, x, mean, deviation, gamma)

    x, g, gamma, beta = (a.astype(np.float64) for a in (x, g, gamma, beta))
    deviation = np.sqrt(x.var(axis=0) + 0.01)
    unit = (x - x.mean(axis=0)) / deviation
    expected = [
        unit * gamma + beta,
        gamma / deviation * (g - g.mean(axis=0) - unit * (g * unit).mean(axis=0)),
        (g * unit).sum(axis=0),
        g.sum(axis=0),
    ]
    for found, right in zip((y, by_x, by_gamma, by_beta), expected, strict=True):
        assert found.dtype == dtype
        scale = 1 + np.abs(right).max(initial=0) + 1 / deviation.min()
        np.testing.assert_allclose(found, right, atol=20 * DTYPES[dtype] * scale)


def test_many_rows_lose_no_digits():
    x = (np.random.default_rng(0).random((200_000, 3)) + 1000).astype(np.float32)
    mean, variance = normalize.moments(x)
    np.testing.assert_allclose(mean, x.astype(np.float64).mean(axis=0), rtol=1e-7)
    np.testing.assert_allclose(variance, x.astype(np.float64).var(axis=0), rtol=1e-5)


def test_same_bits_for_every_number_of_threads(set_num_threads):
    x, g = rows((5001, 70), "float32"), rows((5001, 70), "float32", 1)
    results = []
    for n in (1, 2, 3):
        set_num_threads(n)
        mean, variance = normalize.moments(x)
        found = normalize.gradients(g, x, mean, variance, variance)
        found += normalize.forward(x, mean, variance, mean), mean, variance
        results.append([array.tobytes() for array in found])
    assert results[0] == results[1] == results[2]
