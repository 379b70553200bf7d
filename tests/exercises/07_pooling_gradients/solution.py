"""Reference solution of exercise 7."""

import numpy as np


def max_pooling_gradient(A, k, g):
    result = np.zeros_like(A)
    for x, y in np.ndindex(g.shape):
        corners = [(x, y), (x + k, y), (x, y + k), (x + k, y + k)]
        result[max(corners, key=lambda corner: A[corner])] += g[x, y]
    return result


def max_pool2d_gradient(x, size, stride, g):
    dx = np.zeros_like(x)
    for n, p, q, c in np.ndindex(g.shape):
        row, column = p * stride, q * stride
        window = x[n, row : row + size, column : column + size, c]
        i, j = np.unravel_index(window.argmax(), window.shape)
        dx[n, row + i, column + j, c] += g[n, p, q, c]
    return dx


def average_pool2d_gradient(x, size, stride, g):
    dx = np.zeros_like(x)
    h, w = g.shape[1:3]
    for i in range(size):
        for j in range(size):
            dx[:, i : i + h * stride : stride, j : j + w * stride : stride][:, :h, :w] += g
    return dx / size**2
