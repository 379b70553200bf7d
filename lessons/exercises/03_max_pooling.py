"""Exercise 3: max-pooling.

Keep the largest number of each window. The article's formula looks at four corners; its code
uses the usual window; and windows that reach over the edge need a border that never wins.
"""

import numpy as np


def max_pooling(A, k):
    """Return ``f(x, y) = max(A(x, y), A(x+k, y), A(x, y+k), A(x+k, y+k))``.

    Parameters
    ----------
    A : (H, W) array
    k : int, at least 1: how far apart the four corners are

    Returns
    -------
    (H − k, W − k) array: wherever all four corners lie inside A

    >>> max_pooling(np.array([[1, 2, 3], [4, 5, 6]]), 1)
    array([[5, 6]])
    """
    raise NotImplementedError


def max_pool2d(x, size, stride):
    """Return the largest number of each window, in every image and channel by itself.

    ``f(n, p, q, c) = max of x(n, stride·p + i, stride·q + j, c) over 0 ≤ i, j < size``

    Parameters
    ----------
    x : (N, H, W, C) array
    size : int, the height and width of the window
    stride : int, how far the window moves each time

    Returns
    -------
    (N, (H − size) // stride + 1, (W − size) // stride + 1, C) array
        Only of windows that lie inside the image.

    >>> max_pool2d(np.arange(16.0).reshape(1, 4, 4, 1), 2, 2)[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    raise NotImplementedError


def max_pool2d_padded(x, size, stride, padding):
    """Return what `max_pool2d` does, with a border around each image that is never the largest.

    The border is `padding` rows and columns wide on each side. A window that reaches into it
    gives the largest number of the image that it sees.

    Parameters
    ----------
    x : (N, H, W, C) array
    size, stride : int
    padding : int, less than `size`

    Returns
    -------
    (N, h, w, C) array with h = (H + 2·padding − size) // stride + 1, and w likewise

    >>> max_pool2d_padded(np.full((1, 2, 2, 1), -5.0), 2, 2, 1)[0, :, :, 0]
    array([[-5., -5.],
           [-5., -5.]])
    """
    raise NotImplementedError
