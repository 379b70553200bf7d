"""Points that lie far from each other: the greedy answer to the k-centre problem.

NumPy only; tested by ``tests/data/test_k_center.py``.
"""

import math

import numpy as np

CHUNK = 1 << 24  # distances computed at a time


def k_center(f, count, centers):
    """Pick points one after the other, each the farthest from all centres so far.

    The greedy 2-approximation of the k-centre problem: the largest distance of a point to its
    next centre is at most twice as large as with the best choice (Gonzalez, 1985).

    Parameters
    ----------
    f : array (N, D)
        The points.
    count : int
        At most N.
    centers : array (M, D)
        Those that are there already. If M is 0, the first point becomes one.

    Returns
    -------
    numpy.ndarray
        int64 (count,), indices into `f`.

    >>> k_center(np.array([[0.0], [1.0], [10.0], [4.0]]), 2, np.array([[0.0]]))
    array([2, 3])
    """
    squares = np.einsum("nd,nd->n", f, f)
    nearest = np.full(len(f), np.inf)
    rows = max(1, CHUNK // max(len(f), 1))
    for first in range(0, len(centers), rows):
        part = centers[first : first + rows]
        # |f − c|² = |f|² − 2 f·c + |c|²; |f|² is the same for every centre.
        apart = np.einsum("nd,nd->n", part, part)[:, None] - 2 * (part @ f.T)
        nearest = np.minimum(nearest, apart.min(axis=0) + squares)
    picked = np.empty(count, np.int64)
    for i in range(count):
        picked[i] = nearest.argmax()
        center = f[picked[i]]
        nearest = np.minimum(nearest, squares - 2 * (f @ center) + center @ center)
        nearest[picked[i]] = -math.inf  # not again, even where all distances are 0
    return picked
