"""The Fréchet distance: how far apart two sets of features lie, in mean and in spread."""

import numpy as np


def frechet_distance(a, b):
    """Return the squared Fréchet distance of two sets of features, each taken for normal.

    ‖μ_a − μ_b‖² + tr(Σ_a + Σ_b − 2 (Σ_a^½ Σ_b Σ_a^½)^½), with means μ and covariances Σ: 0 if
    both agree (Dowson and Landau, 1982). With the features of an Inception network it is known as
    the FID (Heusel et al., 2017), which usual code computes by the root of Σ_a Σ_b, a matrix
    that is not symmetric; this root has the same trace, and loses no digits to complex numbers.

    Parameters
    ----------
    a, b : array (N, features)
        At least two rows each; more rows than features, or the distance is too large.

    Returns
    -------
    float
        In the square of the features' unit.

    >>> a = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])
    >>> round(frechet_distance(a, a + [3.0, 0.0]), 6)
    9.0
    """
    (mean_a, cov_a), (mean_b, cov_b) = _moments(a, "a"), _moments(b, "b")
    if len(mean_a) != len(mean_b):
        raise ValueError(
            f"frechet_distance: a has {len(mean_a)} features, b has {len(mean_b)}; "
            "they must be equal"
        )
    root = _root(cov_a)
    # The eigenvalues of a product like this are at least 0, but for rounding.
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ cov_b @ root), 0)).sum()
    distance = np.square(mean_a - mean_b).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * shared
    return max(float(distance), 0.0)


def _moments(x, name):
    """Return the mean (features,) and the covariance matrix of features (N, features)."""
    x = np.asarray(x)
    if x.ndim != 2 or len(x) < 2 or not x.shape[1] or x.dtype.kind not in "fiu":
        raise ValueError(
            f"frechet_distance: {name} needs shape (N, features) with at least two rows, "
            f"got {x.dtype} {x.shape}"
        )
    x = x.astype(np.float64)
    if not np.isfinite(x).all():
        raise ValueError(f"frechet_distance: {name} needs finite numbers, got NaN or infinity")
    return x.mean(axis=0), np.atleast_2d(np.cov(x, rowvar=False))


def _root(matrix):
    """Return the square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
