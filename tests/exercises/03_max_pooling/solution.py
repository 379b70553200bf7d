"""Reference solution of exercise 3."""

import numpy as np


def max_pooling(A, k):
    return np.maximum.reduce([A[:-k, :-k], A[k:, :-k], A[:-k, k:], A[k:, k:]])


def max_pool2d(x, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return windows[:, ::stride, ::stride].max(axis=(-2, -1))


def max_pool2d_padded(x, size, stride, padding):
    border = (padding, padding)
    widths = [(0, 0), border, border, (0, 0)]
    return max_pool2d(np.pad(x, widths, constant_values=-np.inf), size, stride)
