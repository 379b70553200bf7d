"""Reference solution of exercise 2."""

import numpy as np


def convolution(A, K):
    k = len(K)
    H, W = A.shape
    f = np.zeros((H - k + 1, W - k + 1), A.dtype)
    for i in range(k):
        for j in range(k):
            f += A[i : H - k + 1 + i, j : W - k + 1 + j] * K[i, j]
    return f


def conv2d(x, kernel):
    k = len(kernel)
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(1, 2))
    return np.einsum("npqcij,ijcm->npqm", windows, kernel)


def conv2d_same(x, kernel):
    before = (len(kernel) - 1) // 2
    border = (before, len(kernel) - 1 - before)
    return conv2d(np.pad(x, [(0, 0), border, border, (0, 0)]), kernel)
