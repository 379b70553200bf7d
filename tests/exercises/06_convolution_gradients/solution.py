"""Reference solution of exercise 6."""

import numpy as np


def kernel_gradient(A, g):
    h, w = g.shape
    k = A.shape[0] - h + 1
    dK = np.zeros((k, k), A.dtype)
    for i in range(k):
        for j in range(k):
            dK[i, j] = (A[i : i + h, j : j + w] * g).sum()
    return dK


def image_gradient(K, g):
    k = len(K)
    h, w = g.shape
    dA = np.zeros((h + k - 1, w + k - 1), K.dtype)
    for x in range(h):
        for y in range(w):
            dA[x : x + k, y : y + k] += K * g[x, y]
    return dA


def conv2d_kernel_gradient(x, g):
    h, w = g.shape[1:3]
    windows = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(1, 2))
    return np.einsum("nijcpq,npqm->ijcm", windows, g)


def conv2d_input_gradient(kernel, g):
    k, _, C, _ = kernel.shape
    N, h, w, _ = g.shape
    dx = np.zeros((N, h + k - 1, w + k - 1, C))
    for i in range(k):
        for j in range(k):
            dx[:, i : i + h, j : j + w] += g @ kernel[i, j].T
    return dx
