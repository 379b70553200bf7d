"""Exercise 2: convolution.

A kernel K slides over an image A; at each place, multiply element by element and sum. First
the formula as it stands, then the same for batches of images with channels and many kernels,
then with a border of zeros that keeps the size. Loops are fine: clear first, fast later.
"""

import numpy as np


def convolution(A, K):
    """Return ``f(x, y) = Σ_{i=0}^{k−1} Σ_{j=0}^{k−1} A(x+i, y+j) · K(i, j)``.

    Parameters
    ----------
    A : (H, W) array, the image
    K : (k, k) array, the kernel

    Returns
    -------
    (H − k + 1, W − k + 1) array: wherever the whole window lies inside A

    >>> convolution(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 0], [0, 1]]))
    array([[6, 8]])
    """
    raise NotImplementedError


def conv2d(x, kernel):
    """Convolve every image with every filter, and sum over the channels.

    ``f(n, p, q, m) = Σ_i Σ_j Σ_c x(n, p+i, q+j, c) · kernel(i, j, c, m)``

    Parameters
    ----------
    x : (N, H, W, C) array, the images
    kernel : (k, k, C, F) array: F filters, each with C channels

    Returns
    -------
    (N, H − k + 1, W − k + 1, F) array

    >>> conv2d(np.ones((1, 3, 3, 2)), np.ones((2, 2, 2, 1))).shape
    (1, 2, 2, 1)
    """
    raise NotImplementedError


def conv2d_same(x, kernel):
    """Convolve as `conv2d`, with zeros around the images, so that H × W comes out again.

    k − 1 rows and columns of zeros are needed in all: half of them before the image, half after
    it. If k − 1 is odd, the odd one stands after it (below, and on the right).

    Parameters
    ----------
    x : (N, H, W, C) array
    kernel : (k, k, C, F) array

    Returns
    -------
    (N, H, W, F) array

    >>> conv2d_same(np.ones((1, 2, 3, 1)), np.ones((3, 3, 1, 1)))[0, :, :, 0]
    array([[4., 6., 4.],
           [4., 6., 4.]])
    """
    raise NotImplementedError
