"""Exercise 12: data.

A network is judged on examples that it has not been trained on. So nothing of these may get into
the training: neither their mean, nor a copy of one of them. Then batches that leave nothing out,
and a label that must move with its image.
"""

import numpy as np


def standardise_sets(train, test):
    """Return both sets with every column standardised by the training set alone.

    ``(x − mean) / std`` for each column, where ``mean = (1 / N) Σ x`` and
    ``std = √((1 / N) Σ (x − mean)²)`` are those of the training set, for the test set too. Where
    all of a column's training numbers are equal, take 1 for its std.

    Parameters
    ----------
    train : (N, D) array
    test : (M, D) array

    Returns
    -------
    (N, D) and (M, D) array

    >>> train, test = standardise_sets(np.array([[0.0], [4.0]]), np.array([[8.0]]))
    >>> print(train.tolist(), test.tolist())
    [[-1.0], [1.0]] [[3.0]]
    """
    raise NotImplementedError


def folds(labels, groups, k):
    """Return the number of the fold that each example goes to: 0, 1, …, k − 1.

    One fold is for testing, the others are for training. A group is what must stay together: all
    photographs of one person, or all copies of one image. Torn apart, it would give the answer
    away. All examples of a group have the same label. Every fold shall have its share of every
    class, so each class is dealt out by itself: its groups, in the order in which they first
    appear, go to the folds 0, 1, …, k − 1, 0, 1, … in turn.

    Parameters
    ----------
    labels : (N,) array of int: each example's class
    groups : (N,) array of int: the number of each example's group
    k : int, how many folds there are

    Returns
    -------
    (N,) array of int

    >>> folds(np.array([0, 0, 0, 1, 1, 0]), np.array([7, 7, 5, 9, 3, 8]), 2)
    array([0, 0, 1, 0, 1, 0])
    """
    raise NotImplementedError


def batches(count, size, seed):
    """Return the examples' indices in random order, cut into batches.

    The order is ``np.random.default_rng(seed).permutation(count)``: the same for the same seed.
    Every index from 0 to count − 1 comes once. If the last batch is shorter, it is kept.

    Parameters
    ----------
    count : int, at least 1: how many examples there are
    size : int, at least 1: how many are in a batch
    seed : int

    Returns
    -------
    list of arrays of int: each of the length `size`, but for the last one

    >>> batches(5, 2, 0)
    [array([2, 4]), array([3, 0]), array([1])]
    """
    raise NotImplementedError


def flip(image, boxes):
    """Return an image mirrored left to right, and the boxes around the same things in it.

    A box is (x_min, y_min, x_max, y_max): places between pixels. x counts from the left edge, 0,
    to the right edge, W. In the mirror, the place x becomes W − x. Both arguments stay as they
    are.

    Parameters
    ----------
    image : (H, W, C) array
    boxes : (M, 4) array, with x_min < x_max and y_min < y_max

    Returns
    -------
    (H, W, C) and (M, 4) array; x_min is less than x_max again

    >>> image, boxes = flip(np.array([[[1], [2], [3]]]), np.array([[0, 0, 1, 1]]))
    >>> print(image[:, :, 0].tolist(), boxes.tolist())
    [[3, 2, 1]] [[2, 0, 3, 1]]
    """
    raise NotImplementedError
