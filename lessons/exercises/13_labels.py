"""Exercise 13: labels.

Before training, look at the labels. Which classes are confused? Do two people agree, more than
chance would have them? Which images should be labelled next? And have two people drawn the same
box around the same thing? Classes are whole numbers from 0.
"""

import numpy as np


def confusion_matrix(y_true, y_pred, classes):
    """Count how often each class was taken for each class.

    M(i, j) is the number of n with ``y_true(n) = i`` and ``y_pred(n) = j``.

    Parameters
    ----------
    y_true, y_pred : (N,) int arrays of class numbers: what is right, and what was predicted
    classes : int, how many classes there are; some of them may not occur

    Returns
    -------
    (classes, classes) int array: a row for each right class, a column for each predicted one

    >>> confusion_matrix(np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]), 2)
    array([[1, 2],
           [0, 1]])
    """
    raise NotImplementedError


def cohen_kappa(first, second):
    """Return how far two people agree, beyond what chance would bring about.

    ``κ = (p_o − p_e) / (1 − p_e)``: p_o is the share of items to which both gave the same class.
    If both chose at random, each class i as often as they did, they would agree on the share
    ``p_e = Σ_i a_i · b_i``, with a_i the share of class i among the first's labels, and b_i its
    share among the second's. If both only ever gave one and the same class, p_e is 1, and
    κ is NaN.

    Parameters
    ----------
    first, second : (N,) int arrays: the labels that each person gave to the same N items

    Returns
    -------
    float

    >>> float(cohen_kappa(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0])))
    0.5
    """
    raise NotImplementedError


def margin_sampling(p, k):
    """Return which k items should be labelled next: those that the network is least sure of.

    The margin of an item is how far its likeliest class is ahead of the second likeliest. The
    smaller the margin, the less sure the network is.

    Parameters
    ----------
    p : (N, classes) array: the probabilities of at least two classes, for each of N items
    k : int, at most N

    Returns
    -------
    (k,) int array of indices: the smallest margin first; of equal margins the smaller index first

    >>> margin_sampling(np.array([[0.75, 0.25], [0.5, 0.5], [0.0, 1.0]]), 2)
    array([1, 0])
    """
    raise NotImplementedError


def box_iou(a, b):
    """Return the area that two boxes have in common, divided by the area that they cover together.

    Parameters
    ----------
    a, b : (4,) arrays: left, top, right, bottom, with left < right and top < bottom

    Returns
    -------
    float: intersection over union, from 0 (apart) to 1 (the same box)

    >>> float(box_iou(np.array([0, 0, 2, 2]), np.array([0, 0, 2, 1])))
    0.5
    """
    raise NotImplementedError
