"""Features of many numbers as points in the plane: PCA and t-SNE."""

import numpy as np

from minidl.runtime import checks

EXAGGERATION, EARLY = 12.0, 250  # the factor on P, and for how many of the first steps
MOST = 5000  # points: two matrices of this size are held


def pca(x, components=2):
    """Return the principal components of points.

    Parameters
    ----------
    x : array (N, D)
    components : int
        At most min(N, D).

    Returns
    -------
    projected : array (N, components)
        Centred, of largest variance first. Signs are such that the largest weight of each
        direction is positive.
    directions : array (components, D)
        Of length 1.
    shares : array (components,)
        Of the whole variance.

    >>> projected, directions, shares = pca([[0, 0], [1, 1], [2, 2]], 1)
    >>> shares.round(6).tolist(), directions.round(2).tolist()
    ([1.0], [[0.71, 0.71]])
    """
    x = _points(x, "pca")
    components = checks.integer(components, "pca: components")
    if components > min(x.shape):
        raise ValueError(f"pca: components needs at most {min(x.shape)}, got {components}")
    centred = x - x.mean(axis=0)
    _, s, directions = np.linalg.svd(centred, full_matrices=False)
    largest = np.abs(directions).argmax(axis=1)
    directions *= np.where(directions[np.arange(len(s)), largest] < 0, -1, 1)[:, None]
    directions = directions[:components]
    total = (s**2).sum() or 1.0
    return centred @ directions.T, directions, s[:components] ** 2 / total


def tsne(x, perplexity=30.0, *, iterations=500, seed=0):
    """Return points in the plane, near each other if they are near in `x`.

    Exact t-SNE of van der Maaten and Hinton, "Visualizing data using t-SNE" (2008), begun
    from the two first principal components: early exaggeration, momentum, gains per number.

    Parameters
    ----------
    x : array (N, D)
        N at least 4, up to 5,000; time and memory grow as N².
    perplexity : float
        About how many neighbours count; less than N / 2.
    iterations : int
    seed : int
        Of a tiny jitter, which parts points that are equal.

    Returns
    -------
    points : array (N, 2)
    divergence : array (iterations / 50, rounded up, + 1)
        KL(P ‖ Q) before every 50th step, and at the end.
    """
    x = _points(x, "tsne")
    if not 4 <= len(x) <= MOST:
        raise ValueError(f"tsne: needs 4 to {MOST:,} points, got {len(x):,}")
    perplexity = checks.real(perplexity, "tsne: perplexity", 1, len(x) / 2, exclusive=True)
    iterations = checks.integer(iterations, "tsne: iterations")
    p = joint_probabilities(x, perplexity)
    y = np.zeros((len(x), 2))
    found = pca(x, min(2, x.shape[1]))[0]
    y[:, : found.shape[1]] = found
    y = 1e-4 * y / (y[:, 0].std() or 1.0)
    y += np.random.default_rng(seed).normal(0, 1e-6, y.shape)
    rate = max(len(x) / EXAGGERATION / 4, 50.0)  # Belkina et al. (2019)
    velocity, gains, measured = np.zeros_like(y), np.ones_like(y), []
    for i in range(iterations):
        early = i < EARLY
        if i % 50 == 0:
            measured.append(divergence(p, y))
        slope = gradient(EXAGGERATION if early else 1.0, p, y)
        gains = np.where(slope * velocity < 0, gains + 0.2, gains * 0.8).clip(0.01)
        velocity = (0.5 if early else 0.8) * velocity - rate * gains * slope
        y += velocity
        y -= y.mean(axis=0)
    return y, np.array([*measured, divergence(p, y)])


def gradient(exaggeration, p, y):
    """Return ``4 Σ_j (e p_ij − q_ij) (y_i − y_j) / (1 + |y_i − y_j|²)``, (N, 2).

    q is Student's t of the distances, normalised. Exaggerated (e > 1), what is near pulls
    harder, and q pushes as before.
    """
    kernel = _kernel(y)
    force = kernel * (-1 / kernel.sum())
    force += exaggeration * p if exaggeration != 1 else p
    force *= kernel
    return 4 * (force.sum(axis=1)[:, None] * y - force @ y)


def divergence(p, y):
    """Return KL(P ‖ Q) of points y, where both sum to 1."""
    kernel = _kernel(y)
    there = p > 0
    return float((p[there] * np.log(p[there] / kernel[there] * kernel.sum())).sum())


def _kernel(y):
    kernel = 1 / (1 + squared_distances(y))
    np.fill_diagonal(kernel, 0)
    return kernel


def joint_probabilities(x, perplexity):
    """Return the symmetric p_ij, (N, N), of sum 1: of conditional_probabilities, both ways."""
    p = conditional_probabilities(squared_distances(x), perplexity)
    p = (p + p.T) / (2 * len(p))
    p[p < 1e-30] = 0  # far below any effect; denormal numbers are slow
    return p


def conditional_probabilities(distances, perplexity):
    """Return p_j|i in rows: Gaussians as wide as gives each row the perplexity 2^entropy.

    The widths are found by bisection of log β for all rows at once.
    """
    d = distances - np.where(np.eye(len(distances)), np.inf, distances).min(axis=1)[:, None]
    d = np.maximum(d, 0)
    scale = d.mean(axis=1)[:, None]
    d = d / np.where(scale > 0, scale, 1)
    low, high = np.full((len(d), 1), -30.0), np.full((len(d), 1), 30.0)
    for _ in range(60):
        middle = (low + high) / 2
        p = np.exp(-d * np.exp(middle))
        np.fill_diagonal(p, 0)
        p /= p.sum(axis=1, keepdims=True)
        entropy = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=1, keepdims=True)
        wide = entropy > np.log(perplexity)
        low, high = np.where(wide, middle, low), np.where(wide, high, middle)
    return p


def squared_distances(x):
    """Return |x_i − x_j|², (N, N), at least 0 and 0 on the diagonal."""
    norms = (x**2).sum(axis=1)
    distances = np.maximum(norms[:, None] + norms - 2 * x @ x.T, 0)
    np.fill_diagonal(distances, 0)
    return distances


def _points(x, caller):
    x = np.asarray(x)
    if x.ndim != 2 or not x.size or x.dtype.kind not in "fiub":
        raise ValueError(f"{caller}: needs numbers of shape (N, D), got {x.dtype} {x.shape}")
    x = x.astype(np.float64)
    if not np.isfinite(x).all():
        raise ValueError(f"{caller}: needs finite numbers, got NaN or Inf")
    return x
