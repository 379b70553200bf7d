"""PCA held against the covariance's eigenvectors, t-SNE against its own formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.insight import pca, projection, tsne


@given(st.integers(0, 10**6), st.integers(3, 12), st.integers(2, 6))
def test_pca_is_the_eigenvectors_of_the_covariance(seed, count, width):
    x = np.random.default_rng(seed).normal(size=(count, width))
    projected, directions, shares = pca(x, 2)
    values = np.linalg.eigvalsh(np.cov(x.T))[::-1]
    assert np.allclose(projected.var(axis=0, ddof=1), values[:2])
    assert np.allclose(shares, values[:2] / values.sum())
    assert np.allclose(directions @ directions.T, np.eye(2))
    assert np.allclose(projected, (x - x.mean(axis=0)) @ directions.T)


@given(st.integers(0, 10**6), st.floats(2, 9))
def test_every_row_reaches_the_perplexity(seed, perplexity):
    x = np.random.default_rng(seed).normal(size=(24, 3))
    p = projection.conditional_probabilities(projection.squared_distances(x), perplexity)
    entropy = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=1)
    assert np.allclose(np.exp(entropy), perplexity, rtol=1e-6)
    assert np.allclose(p.sum(axis=1), 1)
    assert not p.diagonal().any()


def divergence(p, y):
    """KL(P ‖ Q) as the paper writes it, in loops."""
    n = len(y)
    kernel = {
        (i, j): 1 / (1 + ((y[i] - y[j]) ** 2).sum()) for i in range(n) for j in range(n) if i != j
    }
    total = sum(kernel.values())
    return sum(p[i, j] * np.log(p[i, j] / (k / total)) for (i, j), k in kernel.items() if p[i, j])


def test_gradient_is_that_of_finite_differences():
    rng = np.random.default_rng(0)
    p = projection.joint_probabilities(rng.normal(size=(7, 3)), 2.5)
    y = rng.normal(size=(7, 2))
    found = projection.gradient(1.0, p, y)
    assert np.isclose(projection.divergence(p, y), divergence(p, y))
    for i in np.ndindex(y.shape):
        step = np.zeros_like(y)
        step[i] = 1e-6
        slope = (divergence(p, y + step) - divergence(p, y - step)) / 2e-6
        assert np.isclose(found[i], slope, atol=1e-7)


def test_tsne_keeps_clusters_together_and_lowers_the_divergence():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 25)
    x = rng.normal(size=(100, 10)) + 8 * rng.normal(size=(4, 10))[labels]
    y, kl = tsne(x, 10, iterations=400)
    assert kl[-1] < kl[0] / 2
    p = projection.joint_probabilities(x, 10)
    assert divergence(p, y) == pytest.approx(kl[-1], abs=1e-9)
    distances = projection.squared_distances(y) + np.diag(np.full(100, np.inf))
    near = np.argsort(distances, axis=1)[:, :5]
    assert (labels[near] == labels[:, None]).mean() > 0.99
    assert np.array_equal(y, tsne(x, 10, iterations=400)[0])


def test_equal_points_stay_finite():
    y, kl = tsne(np.ones((8, 3)), 2, iterations=300)
    assert np.isfinite(y).all()
    assert np.isfinite(kl).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pca(np.ones(3)), r"pca: needs numbers of shape \(N, D\), got float64 \(3,\)"),
        (lambda: pca(np.ones((3, 2)), 3), "pca: components needs at most 2, got 3"),
        (lambda: pca([[np.nan, 1]], 1), "pca: needs finite numbers"),
        (lambda: tsne(np.ones((3, 2))), "tsne: needs 4 to 5,000 points, got 3"),
        (lambda: tsne(np.ones((9, 2)), 5), r"tsne: perplexity needs a number in \(1, 4.5\), got 5"),
        (lambda: tsne(np.ones((9, 2)), 2, iterations=0), "tsne: iterations needs a whole number"),
    ],
)
def test_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()
