"""Exercise 16: convolution as one matrix product.

Loops in Python are slow, matrix products are fast. So libraries write every patch of the images
into a row of a large matrix (im2col, "image to columns"), and multiply it once by all filters.
On the way back, what belongs to each patch is added to the pixels that it came from (col2im).

A patch is `size` rows high and `size` columns wide, and has all C channels. The next one begins
`stride` rows or columns further on. Only patches inside the image count: there are
``P = (H − size) // stride + 1`` below each other and ``Q = (W − size) // stride + 1`` side by side.
"""

import numpy as np


def im2col(x, size, stride):
    """Return a matrix with a row for each patch.

    The patches come image by image, row by row of places, from left to right: number
    ``(n · P + p) · Q + q`` is the one of image n that begins at pixel (stride · p, stride · q).
    Within its row the numbers come row by row of pixels too, the channels of a pixel one after
    the other: ``x(n, stride · p + i, stride · q + j, c)`` stands in column
    ``(i · size + j) · C + c``.

    Parameters
    ----------
    x : (N, H, W, C) array
    size, stride : int, at least 1; size is at most H and at most W

    Returns
    -------
    (N · P · Q, size · size · C) array

    >>> im2col(np.arange(6).reshape(1, 2, 3, 1), 2, 1)
    array([[0, 1, 3, 4],
           [1, 2, 4, 5]])
    """
    raise NotImplementedError


def conv2d(x, kernel, stride):
    """Convolve every image with every filter by one matrix product.

    ``f(n, p, q, m) = Σ_i Σ_j Σ_c x(n, stride·p + i, stride·q + j, c) · kernel(i, j, c, m)``

    Parameters
    ----------
    x : (N, H, W, C) array
    kernel : (size, size, C, F) array: F filters
    stride : int

    Returns
    -------
    (N, P, Q, F) array

    >>> conv2d(np.ones((1, 3, 3, 2)), np.ones((2, 2, 2, 1)), 1)[0, :, :, 0]
    array([[8., 8.],
           [8., 8.]])
    """
    raise NotImplementedError


def col2im(columns, shape, size, stride):
    """Return images in which each number of each patch is added to the pixel it belongs to.

    Where patches overlap, their numbers add up; where there is no patch, the pixel is 0. If
    `columns` is the gradient of what `im2col` returned, this is the gradient of its images.

    Parameters
    ----------
    columns : (N · P · Q, size · size · C) array, in the order of `im2col`
    shape : tuple (N, H, W, C) of the images
    size, stride : int

    Returns
    -------
    (N, H, W, C) array

    >>> col2im(np.ones((2, 4)), (1, 2, 3, 1), 2, 1)[0, :, :, 0]
    array([[1., 2., 1.],
           [1., 2., 1.]])
    """
    raise NotImplementedError
