"""A validation set, taken from the training set class by class.

NumPy only; tested by ``tests/data/test_split.py``.
"""

import numpy as np
from numpy.typing import ArrayLike


def split(y: ArrayLike, fraction: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Choose a part of the examples at random for validation, the same share of every class.

    A class of n ≥ 2 examples gives round(n · fraction) of them, but at least one and at most
    n − 1, so that both sides know it; a lone example stays in the training set.

    Parameters
    ----------
    y : array-like, shape (N,)
        Labels, of any dtype that NumPy can sort.
    fraction : float
        Share of the examples to set aside, 0 < fraction < 1.
    rng : numpy.random.Generator
        Source of the choice: the same state, the same split.

    Returns
    -------
    train_indices, validation_indices : numpy.ndarray
        int64, in rising order; together, every index from 0 to N − 1 once.

    Raises
    ------
    TypeError
        If ``rng`` is not a Generator.
    ValueError
        If ``fraction`` is out of its range, ``y`` is not one-dimensional, or no class has two
        examples, so that one side would be empty.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> train_indices, validation_indices = split(y, 0.25, np.random.default_rng(0))
    >>> y[train_indices], y[validation_indices]
    (array([0, 0, 0, 1, 1, 1]), array([0, 1]))
    """
    y = np.asarray(y)
    _check_arguments(y, fraction, rng)
    _, class_of, counts = np.unique(y, return_inverse=True, return_counts=True)
    if y.size == 0 or counts.max() < 2:
        raise ValueError(
            f"split: y needs a class with at least two examples to share out, "
            f"got {len(counts)} classes for {y.size} examples"
        )

    is_validation = np.zeros(y.size, dtype=bool)
    members = np.split(np.argsort(class_of, kind="stable"), np.cumsum(counts)[:-1])
    for indices in members:
        if len(indices) >= 2:
            count = np.clip(round(len(indices) * fraction), 1, len(indices) - 1)
            is_validation[rng.permutation(indices)[:count]] = True
    return np.flatnonzero(~is_validation), np.flatnonzero(is_validation)


def _check_arguments(y, fraction, rng) -> None:
    if y.ndim != 1:
        raise ValueError(f"split: y must be one-dimensional, got shape {y.shape}")
    if not 0 < fraction < 1:
        raise ValueError(f"split: fraction must lie between 0 and 1, got {fraction}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"split: rng must be a numpy.random.Generator, got {type(rng).__name__}; "
            f"numpy.random.default_rng(seed) makes one"
        )
