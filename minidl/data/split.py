"""Training, validation and test sets: chosen class by class, with groups kept together.

NumPy and ``minidl.runtime.checks``; tested by ``tests/data/test_split.py``.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from minidl.runtime import checks


def split(
    y: ArrayLike,
    fraction: float,
    rng: np.random.Generator,
    groups: ArrayLike | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Choose a part of the examples at random for validation, the same share of every class.

    A class of n ≥ 2 examples gives round(n · fraction) of them, but at least one and at most
    n − 1, so that both sides know it; a lone example stays in the training set.

    With `groups`, all examples of a group stay on one side, so that a network is not judged on
    persons, or scenes, that it was trained on. Shares are then only approximate: groups are
    offered in a random order, and one is taken if that brings the counts of the classes nearer
    to their shares (the sum over classes of the squared distance, relative to the class's
    count).

    Parameters
    ----------
    y : array-like, shape (N,)
        Labels, of any dtype that NumPy can sort.
    fraction : float
        Share of the examples to set aside, 0 < fraction < 1.
    rng : numpy.random.Generator
        Source of the choice: the same state, the same split.
    groups : array-like, shape (N,), optional
        The group of each example: numbers or names.

    Returns
    -------
    train_indices, validation_indices : numpy.ndarray
        int64, in rising order; together, every index from 0 to N − 1 once.

    Raises
    ------
    TypeError
        If ``rng`` is not a Generator.
    ValueError
        If ``fraction`` is out of its range, ``y`` or ``groups`` is not of shape (N,), or one
        side would be empty: no class has two examples, or there are not two groups.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> train_indices, validation_indices = split(y, 0.25, np.random.default_rng(0))
    >>> y[train_indices], y[validation_indices]
    (array([0, 0, 0, 1, 1, 1]), array([0, 1]))
    >>> writers = np.array(["ann", "ann", "bob", "bob", "ann", "ann", "bob", "bob"])
    >>> train_indices, validation_indices = split(y, 0.5, np.random.default_rng(0), writers)
    >>> set(writers[train_indices]) & set(writers[validation_indices])
    set()
    """
    y = np.asarray(y)
    _check_arguments(y, fraction, rng)
    _, class_of, counts = np.unique(y, return_inverse=True, return_counts=True)
    if groups is None:
        chosen = _choose_by_class(class_of, counts, fraction, rng)
    else:
        chosen = _choose_groups(class_of, counts, fraction, rng, np.asarray(groups))
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def assign(
    y: ArrayLike,
    fractions: Mapping[str, float],
    rng: np.random.Generator,
    groups: ArrayLike | None = None,
) -> np.ndarray:
    """Give every example the name of a set, by `split` as often as needed.

    Parameters
    ----------
    y, rng, groups
        As for `split`.
    fractions : mapping from name to share
        What each set gets, like ``{"test": 0.1, "val": 0.2}``, in the order in which they
        choose; what is left is "train".

    Returns
    -------
    numpy.ndarray
        Names, shape (N,).

    Examples
    --------
    >>> y = [0] * 10 + [1] * 10
    >>> sets = assign(y, {"test": 0.1, "val": 0.2}, np.random.default_rng(0))
    >>> {str(name): int((sets == name).sum()) for name in np.unique(sets)}
    {'test': 2, 'train': 14, 'val': 4}
    """
    y = np.asarray(y)
    if "train" in fractions:
        raise ValueError("assign: 'train' gets what is left; leave it out of fractions")
    if not sum(fractions.values()) < 1:
        raise ValueError(f"assign: fractions must leave something to 'train', got {fractions}")
    sets = np.full(y.shape, "train", f"<U{max(map(len, ['train', *fractions]))}")
    left = 1.0
    for name, fraction in fractions.items():
        rest = np.flatnonzero(sets == "train")
        part = None if groups is None else np.asarray(groups)[rest]
        _, chosen = split(y[rest], fraction / left, rng, part)
        sets[rest[chosen]] = name
        left -= fraction
    return sets


def few_of_each(y: ArrayLike, count: int, rng: np.random.Generator) -> np.ndarray:
    """Choose as many examples of every class: as if only they had been labelled.

    Parameters
    ----------
    y : array-like, shape (N,)
        Labels, of any dtype that NumPy can sort.
    count : int
        Of each class, which must have as many.
    rng : numpy.random.Generator
        Source of the choice. More of each class hold the fewer.

    Returns
    -------
    numpy.ndarray
        Indices, in rising order.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 1, 1, 1, 1])
    >>> y[few_of_each(y, 2, np.random.default_rng(0))]
    array([0, 0, 1, 1])
    """
    y = np.asarray(y)
    count = checks.integer(count, "few_of_each: count")
    _check_arguments(y, 0.5, rng)
    names, class_of, counts = np.unique(y, return_inverse=True, return_counts=True)
    if len(counts) and counts.min() < count:
        rarest = counts.argmin()
        raise ValueError(
            f"few_of_each: class {names[rarest]} has {counts[rarest]} examples, needed are {count}"
        )
    order = rng.permutation(len(y))
    order = order[np.argsort(class_of[order], kind="stable")]
    first = np.cumsum(counts) - counts
    return np.sort((order[first[:, np.newaxis] + np.arange(count)]).ravel())


def _choose_by_class(class_of, counts, fraction, rng):
    """Return a mask (N,) with the share of every class."""
    if not len(counts) or counts.max() < 2:
        raise ValueError(
            f"split: y needs a class with at least two examples to share out, "
            f"got {len(counts)} classes for {len(class_of)} examples"
        )
    chosen = np.zeros(len(class_of), dtype=bool)
    members = np.split(np.argsort(class_of, kind="stable"), np.cumsum(counts)[:-1])
    for indices in members:
        if len(indices) >= 2:
            count = np.clip(round(len(indices) * fraction), 1, len(indices) - 1)
            chosen[rng.permutation(indices)[:count]] = True
    return chosen


def _choose_groups(class_of, counts, fraction, rng, groups):
    """Return a mask (N,) of whole groups, whose classes have about their shares."""
    if groups.shape != class_of.shape:
        raise ValueError(
            f"split: groups needs one group an example, shape {class_of.shape}, got {groups.shape}"
        )
    names, group_of = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        raise ValueError(f"split: groups needs at least two groups, got {len(names)}")
    holds = np.zeros((len(names), len(counts)))  # how many examples of each class
    np.add.at(holds, (group_of, class_of), 1)

    short = counts * fraction  # what the classes still lack
    taken = np.zeros(len(names), dtype=bool)
    for group in rng.permutation(len(names)):
        # |short − holds|² < |short|², each class relative to its count
        if np.sum(holds[group] * (holds[group] - 2 * short) / counts**2) < 0:
            taken[group] = True
            short = short - holds[group]
    if not taken.any():
        taken[np.argmin(holds.sum(axis=1))] = True
    elif taken.all():
        taken[np.argmin(holds.sum(axis=1))] = False
    return taken[group_of]


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
