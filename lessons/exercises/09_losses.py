"""Exercise 9: losses.

A loss is one number that says how wrong a network is: the mean over all examples, so that it
does not depend on their count. Training follows its gradient. Cross-entropy is computed from
logits, the numbers before softmax or sigmoid: then it stays right where probabilities would be
rounded to 0 or 1.
"""

import numpy as np


def mean_squared_error(targets, predictions):
    """Return the mean squared error, and its gradient by the predictions.

    ``L = (1 / n) Σ (prediction − target)²``, where the sum runs over all n = N · D numbers. Each
    element of the gradient is the derivative of L by one prediction.

    Parameters
    ----------
    targets, predictions : (N, D) array

    Returns
    -------
    number, and (N, D) array

    >>> loss, gradient = mean_squared_error(np.array([[1.0, 2.0]]), np.array([[4.0, 2.0]]))
    >>> print(loss, gradient.tolist())
    4.5 [[3.0, 0.0]]
    """
    raise NotImplementedError


def sparse_cross_entropy(labels, logits):
    """Return the mean over the examples of −ln(the probability of the right class).

    ``L = −(1 / N) Σ_n ln p(n, label(n))`` with ``p(n, i) = exp(z(n, i)) / Σ_j exp(z(n, j))``,
    where z are the logits. They may be 1000 or −1000: exp overflows, or p is rounded to 0, whose
    logarithm is −∞. So write ln p without a quotient first.

    Parameters
    ----------
    labels : (N,) array of int: the right class of each example, 0 … C − 1
    logits : (N, C) array, large numbers too

    Returns
    -------
    number

    >>> print(sparse_cross_entropy(np.array([1]), np.array([[1000.0, 0.0]])))
    1000.0
    """
    raise NotImplementedError


def sparse_cross_entropy_gradient(labels, logits):
    """Return the gradient of `sparse_cross_entropy` by the logits.

    ``∂L/∂z(n, i) = (p(n, i) − 1) / N`` for the right class i = label(n), and ``p(n, i) / N`` for
    all others.

    Parameters
    ----------
    labels : (N,) array of int
    logits : (N, C) array, large numbers too

    Returns
    -------
    (N, C) array

    >>> sparse_cross_entropy_gradient(np.array([1]), np.array([[1000.0, 1000.0]]))
    array([[ 0.5, -0.5]])
    """
    raise NotImplementedError


def binary_cross_entropy(targets, logits):
    """Return the mean over the examples of −ln(the probability of the right answer of two).

    ``L = −(1 / N) Σ_n [t(n) ln p(n) + (1 − t(n)) ln(1 − p(n))]`` with the sigmoid
    ``p(n) = 1 / (1 + exp(−z(n)))``, where z are the logits. They may be 1000 or −1000. Put p
    into the formula and simplify it, until exp never gets a positive number.

    Parameters
    ----------
    targets : (N,) array of 0 and 1
    logits : (N,) array, large numbers too

    Returns
    -------
    number

    >>> print(binary_cross_entropy(np.array([1, 0]), np.array([1000.0, 1000.0])))
    500.0
    """
    raise NotImplementedError
