"""Parts for cross-validation, in which every example is held out once.

NumPy only; tested by ``tests/data/test_folds.py``.
"""

import numpy as np
from numpy.typing import ArrayLike


def folds(y: ArrayLike, count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Deal the examples at random into parts for cross-validation, each class evenly.

    Parameters
    ----------
    y : array-like, shape (N,)
        Labels, of any dtype that NumPy can sort.
    count : int
        How many parts, at least 2.
    rng : numpy.random.Generator
        Source of the choice.

    Returns
    -------
    list of numpy.ndarray
        int64 indices in rising order; together, every index from 0 to N − 1 once. Two parts
        differ by at most one example in each class, and by at most one in all.

    Raises
    ------
    ValueError
        If a class has fewer examples than there are parts: its examples would be predicted by
        models that hardly know it.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 1, 1, 1])
    >>> [y[part].tolist() for part in folds(y, 3, np.random.default_rng(0))]
    [[0, 1], [0, 1], [0, 1]]
    """
    y = np.asarray(y)
    if y.ndim != 1:
        raise ValueError(f"folds: y must be one-dimensional, got shape {y.shape}")
    names, class_of, counts = np.unique(y, return_inverse=True, return_counts=True)
    if not y.size or counts.min() < count:
        scarce = f"class {names[counts.argmin()]} has {counts.min()}" if y.size else "there is none"
        raise ValueError(f"folds: each class needs at least {count} examples, but {scarce}")
    # Shuffled, then sorted by class, and dealt out like cards, so that no part gets ahead.
    order = rng.permutation(y.size)
    order = order[np.argsort(class_of[order], kind="stable")]
    return [np.sort(order[first::count]) for first in range(count)]
