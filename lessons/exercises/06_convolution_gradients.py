"""Exercise 6: the gradients of a convolution.

For f = convolution(A, K) and a number L that is computed from f, let g(x, y) be the derivative of
L by f(x, y). Wanted are the derivatives of L by every A(u, v) and every K(i, j): each place adds
to those numbers that it looked at. Then the same for batches, channels and filters.
"""

import numpy as np


def kernel_gradient(A, g):
    """Return the derivative of L by the kernel: ``dK(i, j) = Σ_x Σ_y A(x+i, y+j) · g(x, y)``.

    Parameters
    ----------
    A : (H, W) array, the image
    g : (H − k + 1, W − k + 1) array, the derivative of L by ``convolution(A, K)``

    Returns
    -------
    (k, k) array

    >>> kernel_gradient(np.array([[1, 2], [3, 4]]), np.array([[10]]))
    array([[10, 20],
           [30, 40]])
    """
    raise NotImplementedError


def image_gradient(K, g):
    """Return the derivative of L by the image: each place (x, y) adds to its window.

    ``dA(x+i, y+j) += K(i, j) · g(x, y)`` for all x, y, i, j: where windows overlap, all of them
    count.

    Parameters
    ----------
    K : (k, k) array, the kernel
    g : (h, w) array, the derivative of L by ``convolution(A, K)``

    Returns
    -------
    (h + k − 1, w + k − 1) array

    >>> image_gradient(np.array([[1, 2], [3, 4]]), np.array([[1, 1]]))
    array([[1, 3, 2],
           [3, 7, 4]])
    """
    raise NotImplementedError


def conv2d_kernel_gradient(x, g):
    """Return the derivative of L by the kernel of ``conv2d(x, kernel)``.

    ``dkernel(i, j, c, m) = Σ_n Σ_p Σ_q x(n, p+i, q+j, c) · g(n, p, q, m)``

    Parameters
    ----------
    x : (N, H, W, C) array, the images
    g : (N, H − k + 1, W − k + 1, F) array

    Returns
    -------
    (k, k, C, F) array

    >>> conv2d_kernel_gradient(np.ones((2, 3, 3, 1)), np.ones((2, 2, 2, 1)))[:, :, 0, 0]
    array([[8., 8.],
           [8., 8.]])
    """
    raise NotImplementedError


def conv2d_input_gradient(kernel, g):
    """Return the derivative of L by the images x of ``conv2d(x, kernel)``.

    ``dx(n, p+i, q+j, c) += Σ_m kernel(i, j, c, m) · g(n, p, q, m)`` for all n, p, q, i, j, c.

    Parameters
    ----------
    kernel : (k, k, C, F) array
    g : (N, h, w, F) array

    Returns
    -------
    (N, h + k − 1, w + k − 1, C) array

    >>> conv2d_input_gradient(np.ones((2, 2, 1, 3)), np.ones((1, 1, 2, 3)))[0, :, :, 0]
    array([[3., 6., 3.],
           [3., 6., 3.]])
    """
    raise NotImplementedError
