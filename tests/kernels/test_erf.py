"""The error function over all of its range, against SciPy."""

import numpy as np
import pytest
from scipy import special

from minidl.kernels import erf as kernels

X = np.concatenate([np.linspace(-40, 40, 4001), np.geomspace(1e-300, 1, 200), [np.inf, -np.inf]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_to_the_last_digits(dtype):
    x = X.astype(dtype)
    few = 4 * np.finfo(dtype).eps
    expected = special.erf(x.astype("float64")).astype(dtype)
    np.testing.assert_allclose(kernels.erf(x), expected, rtol=few)
    # Φ(−x) falls as exp(−x²/2): the rounding of x² is a share of the result.
    expected = special.ndtr(x.astype("float64")).astype(dtype)
    found = kernels.normal_distribution(x)
    usual = found > np.finfo(dtype).tiny
    assert (expected[~usual] <= 2 * np.finfo(dtype).tiny).all()
    np.testing.assert_allclose(found[usual], expected[usual], rtol=400 * np.finfo(dtype).eps)
    assert found.dtype == dtype


def test_special_numbers_and_other_types():
    assert np.isnan(kernels.erf(np.array([np.nan]))).all()
    assert kernels.erf(np.array([0.0, -0.0])).tobytes() == np.array([0.0, -0.0]).tobytes()
    assert kernels.erf(np.array([1, 2])).dtype == "float64"
    assert kernels.erf(np.float16([1])).dtype == "float32"
    assert kernels.erf(0.5) == special.erf(0.5)
    assert kernels.erf(np.empty((0, 3))).shape == (0, 3)


def test_large_arrays_of_any_layout():
    x = np.random.default_rng(0).normal(size=(300, 400))
    np.testing.assert_allclose(kernels.erf(x.T), special.erf(x.T), rtol=1e-15)
