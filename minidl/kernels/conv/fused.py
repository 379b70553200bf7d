"""Convolution + bias + ReLU + max-pooling over 2 × 2 squares, in one pass.

What a convolution writes and pooling reads back is four times as large as what is left. Here
it never reaches memory: of each square only the largest sum is kept, and one byte that says
which corner won, or `CLOSED` where ReLU let nothing through. The backward pass needs no more.
Adding the bias and ReLU come after the maximum: both are monotonic, so the winner is the same.

`direct` kernels are fused row by row. After the other routes, `pool` does in one pass what
three operations would do in three.
"""

import numpy as np

from minidl.kernels import pool
from minidl.kernels.conv.direct import (
    as_kernel,
    channelwise,
    convolve_row,
    correlate_row,
    squared,
)
from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads


def forward(x, kernel, bias, corner, out_size):
    """Convolve `x` (N, H, W, C) with `kernel` (3, 3, C, F), add `bias` (F,), and pool.

    Returns
    -------
    pooled : (N, h // 2, w // 2, F)
        For a convolution's `out_size` (h, w).
    winner : uint8, of the same shape
    """
    filters = kernel.shape[3]
    taps = channelwise(kernel)
    size = tuple(n // 2 for n in out_size)
    x = squared(x, corner, out_size)
    pooled = buffers.empty((len(x), *size, filters), x.dtype)
    winner = buffers.empty(pooled.shape, np.uint8)
    bias = plain(bias)
    zero = x.dtype.type(0)
    threads.run(
        lambda start, stop: _forward(
            x[start:stop], taps, bias, pooled[start:stop], winner[start:stop], zero
        ),
        threads.tiles(len(x), pooled[:1].size * len(taps) * 12),
    )
    return pooled, winner


def gradients(x, gradient, winner, corner):
    """Return the gradients by kernel (3, 3, C, F) and bias (F,) of ``Σ gradient · pooled``."""
    channels, filters = x.shape[3], gradient.shape[3]
    rows, columns = gradient.shape[1:3]
    x = squared(x, corner, (2 * rows, 2 * columns))
    gradient = plain(gradient)
    bounds = threads.tiles(len(x), gradient[:1].size * channels * 12)
    kernel = buffers.zeros((len(bounds), channels, 9, filters), x.dtype)
    bias = np.zeros((len(bounds), filters), x.dtype)
    zero = x.dtype.type(0)
    threads.run(
        lambda part, start, stop: _gradients(
            x[start:stop], gradient[start:stop], winner[start:stop], kernel[part], bias[part], zero
        ),
        [(part, *bound) for part, bound in enumerate(bounds)],
    )
    return as_kernel(kernel.sum(axis=0)), bias.sum(axis=0)


@jit
def _forward(x, taps, bias, pooled, winner, zero):
    images, rows, columns, filters = pooled.shape
    squares = np.empty((4, columns, filters), x.dtype)
    for n in range(images):
        for row in range(rows):
            squares[:] = zero
            convolve_row(x[n], row, taps, squares)
            pool.largest_of_squares(squares, bias, pooled[n, row], winner[n, row], zero)


@jit
def _gradients(x, gradient, winner, kernel, bias, zero):
    images, rows, columns, filters = gradient.shape
    squares = np.empty((4, columns, filters), x.dtype)
    for n in range(images):
        for row in range(rows):
            pool.open_squares(gradient[n, row], winner[n, row], squares, bias, zero)
            correlate_row(x[n], row, squares, kernel)
