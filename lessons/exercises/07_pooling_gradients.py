"""Exercise 7: the gradients of pooling.

For f = pooling(x) and a number L that is computed from f, g is the derivative of L by f. A
largest number is the only one of its window that counts, so all of the gradient goes there; in a
mean, all count the same. Where windows overlap, what comes from each is added.
"""

import numpy as np


def max_pooling_gradient(A, k, g):
    """Return the derivative of L by A, for the article's ``max_pooling(A, k)``.

    f(x, y) is the largest of A(x, y), A(x+k, y), A(x, y+k) and A(x+k, y+k): it adds g(x, y) to
    the derivative by the one that it is. No two of them are equal here.

    Parameters
    ----------
    A : (H, W) array of numbers that are all different
    k : int, how far apart the corners are
    g : (H − k, W − k) array

    Returns
    -------
    (H, W) array

    >>> max_pooling_gradient(np.array([[1.0, 2.0], [4.0, 3.0]]), 1, np.array([[5.0]]))
    array([[0., 0.],
           [5., 0.]])
    """
    raise NotImplementedError


def max_pool2d_gradient(x, size, stride, g):
    """Return the derivative of L by x, for ``max_pool2d(x, size, stride)``.

    Each window adds its g to the derivative by its largest number. If several are equal, the
    first of them gets it: the highest row, and in it the leftmost.

    Parameters
    ----------
    x : (N, H, W, C) array
    size, stride : int
    g : (N, (H − size) // stride + 1, (W − size) // stride + 1, C) array

    Returns
    -------
    (N, H, W, C) array

    >>> x = np.array([[1.0, 7.0, 7.0], [0.0, 2.0, 3.0]]).reshape(1, 2, 3, 1)
    >>> max_pool2d_gradient(x, 2, 1, np.array([10.0, 1.0]).reshape(1, 1, 2, 1))[0, :, :, 0]
    array([[ 0., 11.,  0.],
           [ 0.,  0.,  0.]])
    """
    raise NotImplementedError


def average_pool2d_gradient(x, size, stride, g):
    """Return the derivative of L by x, if f is the mean of each window.

    ``dx(n, stride·p + i, stride·q + j, c) += g(n, p, q, c) / size²`` for 0 ≤ i, j < size.

    Parameters
    ----------
    x : (N, H, W, C) array
    size, stride : int
    g : (N, (H − size) // stride + 1, (W − size) // stride + 1, C) array

    Returns
    -------
    (N, H, W, C) array

    >>> g = np.array([4.0, 8.0]).reshape(1, 1, 2, 1)
    >>> average_pool2d_gradient(np.zeros((1, 2, 3, 1)), 2, 1, g)[0, :, :, 0]
    array([[1., 3., 2.],
           [1., 3., 2.]])
    """
    raise NotImplementedError
