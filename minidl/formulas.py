"""The article's two formulas, as written: the specification, never optimised.

`x` counts along axis 0 of an image, `y` along axis 1.
"""

import numpy as np


def convolution(A, K):
    """Return ``f(x, y) = Σ_{i=0}^{k−1} Σ_{j=0}^{k−1} A(x+i, y+j) · K(i, j)``.

    Parameters
    ----------
    A : (H, W) array of real numbers, the image
    K : (k, k) array of real numbers, the kernel

    Returns
    -------
    (H − k + 1, W − k + 1) array: wherever every index lies inside A.

    >>> convolution([[1, 2, 3], [4, 5, 6]], [[1, 0], [0, 1]])
    array([[6, 8]])
    """
    A, K = _image(A, "convolution: A"), _image(K, "convolution: K")
    k = len(K)
    if K.shape != (k, k) or k == 0:
        raise ValueError(f"convolution: K needs as many rows as columns, got {K.shape}")
    H, W = A.shape
    if k > H or k > W:
        raise ValueError(f"convolution: the {k} × {k} kernel does not fit in the {H} × {W} image")
    f = np.zeros((H - k + 1, W - k + 1), np.result_type(A, K))
    for x in range(H - k + 1):
        for y in range(W - k + 1):
            for i in range(k):
                for j in range(k):
                    f[x, y] += A[x + i, y + j] * K[i, j]
    return f


def max_pooling(A, k):
    """Return ``f(x, y) = max(A(x, y), A(x+k, y), A(x, y+k), A(x+k, y+k))``.

    Parameters
    ----------
    A : (H, W) array of real numbers, the image
    k : int, at least 1
        How far apart the four corners are.

    Returns
    -------
    (H − k, W − k) array: wherever every index lies inside A.

    >>> max_pooling([[1, 2, 3], [4, 5, 6]], 1)
    array([[5, 6]])
    """
    A = _image(A, "max_pooling: A")
    H, W = A.shape
    if not isinstance(k, int | np.integer) or isinstance(k, bool) or k < 1:
        raise ValueError(f"max_pooling: k needs a whole number of at least 1, got {k!r}")
    if k >= H or k >= W:
        raise ValueError(f"max_pooling: corners {k} apart do not fit in the {H} × {W} image")
    f = np.zeros((H - k, W - k), A.dtype)
    for x in range(H - k):
        for y in range(W - k):
            f[x, y] = max(A[x, y], A[x + k, y], A[x, y + k], A[x + k, y + k])
    return f


def _image(A, what):
    A = np.asarray(A)
    if A.ndim != 2 or A.dtype.kind not in "fiub":
        raise ValueError(
            f"{what} needs an (H, W) array of real numbers, got {A.dtype} of shape {A.shape}"
        )
    return A
