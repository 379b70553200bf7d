"""The Fréchet distance against SciPy's square root of a matrix, and against what is known."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from minidl.metrics import frechet_distance


def features(seed, count, width, rank=None):
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(rank or width, width))
    return rng.normal(size=(count, rank or width)) @ mixing + rng.normal(size=width)


def by_scipy(a, b):
    """The usual formula, with the root of a product that is not symmetric."""
    cov_a, cov_b = (np.atleast_2d(np.cov(x, rowvar=False)) for x in (a, b))
    root = scipy.linalg.sqrtm(cov_a @ cov_b)
    gap = a.mean(axis=0) - b.mean(axis=0)
    return gap @ gap + np.trace(cov_a + cov_b - 2 * np.real(root))


@given(
    seed=st.integers(0, 999), width=st.integers(1, 8), counts=st.tuples(*[st.integers(20, 60)] * 2)
)
def test_as_scipy(seed, width, counts):
    a, b = features(seed, counts[0], width), features(seed + 1, counts[1], width)
    assert frechet_distance(a, b) == pytest.approx(by_scipy(a, b), rel=1e-6)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a), rel=1e-9)


@given(seed=st.integers(0, 99), shift=st.floats(-5, 5))
def test_what_is_known(seed, shift):
    a = features(seed, 50, 6)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(a, a + shift) == pytest.approx(6 * shift**2, abs=1e-6)
    # Twice as far from the mean: the deviations differ by themselves, in every direction.
    wide = 2 * (a - a.mean(axis=0)) + a.mean(axis=0)
    assert frechet_distance(a, wide) == pytest.approx(np.trace(np.cov(a, rowvar=False)), rel=1e-6)


def test_features_that_depend_on_each_other():
    """Covariances without full rank, of which sqrtm gives no good root."""
    a = features(0, 100, 10, rank=3)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-5)
    assert frechet_distance(a, np.zeros((5, 10))) == pytest.approx(
        np.square(a.mean(axis=0)).sum() + np.trace(np.cov(a, rowvar=False))
    )


@pytest.mark.parametrize(
    ("a", "message"),
    [
        (np.zeros((1, 3)), "two rows"),
        (np.zeros(3), "needs shape"),
        (np.zeros((4, 2)), "a has 2 features, b has 3"),
        (np.full((4, 3), np.nan), "finite"),
        (np.full((4, 3), "x"), "needs shape"),
    ],
)
def test_what_is_refused(a, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(a, np.ones((4, 3)))
