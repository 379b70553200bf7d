"""Convolution by 3 × 3 kernels over few channels: the formula itself, in registers.

Outputs are computed in *squares* of 2 × 2. The four see 4 × 4 numbers of a channel, which
stay in registers, as do their sums, while one loop runs over the filters: 36 multiply-adds
for the 9 numbers of a filter's kernel. A row of squares is two rows of the output, seen as an
array (2, squares, 2, F).

The stride and dilation are 1. `fused` builds on the same loops.
"""

from minidl.kernels.conv.padded import pad
from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads


def forward(x, kernel, corner, out_size):
    """Convolve `x` (N, H, W, C) with `kernel` (3, 3, C, F): an (N, *out_size, F) array.

    `corner` is the padding (top, left).
    """
    taps = plain(kernel).reshape(9, *kernel.shape[2:])
    x, (height, width) = squared(x, corner, out_size)
    out = buffers.empty((len(x), height, width, kernel.shape[3]), x.dtype)
    rows = out.reshape(len(x), -1, 2, width // 2, 2, kernel.shape[3])
    threads.run(
        lambda start, stop: _forward(x[start:stop], taps, rows[start:stop]),
        threads.tiles(len(x), out[:1].size * taps.shape[1] * 3),
    )
    if (height, width) == tuple(out_size):
        return out
    return out[:, : out_size[0], : out_size[1]].copy()


def kernel_gradient(x, y, corner):
    """Return the gradient of ``Σ y · forward(x, kernel)`` by the kernel: (3, 3, C, F)."""
    channels, filters = x.shape[3], y.shape[3]
    x, (height, width) = squared(x, corner, y.shape[1:3])
    rows = pad(y, (0, 0), (height, width)).reshape(len(x), -1, 2, width // 2, 2, filters)
    bounds = threads.tiles(len(x), rows[:1].size * channels * 3)
    sums = buffers.zeros((len(bounds), 9, channels, filters), x.dtype)
    threads.run(
        lambda part, start, stop: _kernel_gradient(x[start:stop], rows[start:stop], sums[part]),
        [(part, *bound) for part, bound in enumerate(bounds)],
    )
    return sums.sum(axis=0).reshape(3, 3, channels, filters)


def squared(x, corner, out_size):
    """Return `x` padded for an output of whole squares, and that output's size."""
    height, width = (size + size % 2 for size in out_size)
    return pad(x, corner, (height + 2, width + 2)), (height, width)


@jit
def convolve_row(x, row, taps, squares):
    """Add to `squares` (2, count, 2, F) the outputs of a row of squares of image `x` (H, W, C)."""
    _, count, _, filters = squares.shape
    x0, x1, x2, x3 = x[2 * row], x[2 * row + 1], x[2 * row + 2], x[2 * row + 3]
    for s in range(count):
        w = 2 * s
        for c in range(x.shape[2]):
            a, b, d, e = x0[w, c], x0[w + 1, c], x0[w + 2, c], x0[w + 3, c]
            f, g, i, j = x1[w, c], x1[w + 1, c], x1[w + 2, c], x1[w + 3, c]
            k, m, p, q = x2[w, c], x2[w + 1, c], x2[w + 2, c], x2[w + 3, c]
            r, t, u, v = x3[w, c], x3[w + 1, c], x3[w + 2, c], x3[w + 3, c]
            for o in range(filters):
                t0, t1, t2 = taps[0, c, o], taps[1, c, o], taps[2, c, o]
                t3, t4, t5 = taps[3, c, o], taps[4, c, o], taps[5, c, o]
                t6, t7, t8 = taps[6, c, o], taps[7, c, o], taps[8, c, o]
                squares[0, s, 0, o] += (
                    a * t0 + b * t1 + d * t2 + f * t3 + g * t4 + i * t5 + k * t6 + m * t7 + p * t8
                )
                squares[0, s, 1, o] += (
                    b * t0 + d * t1 + e * t2 + g * t3 + i * t4 + j * t5 + m * t6 + p * t7 + q * t8
                )
                squares[1, s, 0, o] += (
                    f * t0 + g * t1 + i * t2 + k * t3 + m * t4 + p * t5 + r * t6 + t * t7 + u * t8
                )
                squares[1, s, 1, o] += (
                    g * t0 + i * t1 + j * t2 + m * t3 + p * t4 + q * t5 + t * t6 + u * t7 + v * t8
                )


@jit
def correlate_row(x, row, squares, total):
    """Add to `total` (9, C, F) the products of `squares`, gradients, and what they see of `x`."""
    _, count, _, filters = squares.shape
    x0, x1, x2, x3 = x[2 * row], x[2 * row + 1], x[2 * row + 2], x[2 * row + 3]
    for s in range(count):
        w = 2 * s
        for c in range(x.shape[2]):
            a, b, d, e = x0[w, c], x0[w + 1, c], x0[w + 2, c], x0[w + 3, c]
            f, g, i, j = x1[w, c], x1[w + 1, c], x1[w + 2, c], x1[w + 3, c]
            k, m, p, q = x2[w, c], x2[w + 1, c], x2[w + 2, c], x2[w + 3, c]
            r, t, u, v = x3[w, c], x3[w + 1, c], x3[w + 2, c], x3[w + 3, c]
            for o in range(filters):
                y0, y1 = squares[0, s, 0, o], squares[0, s, 1, o]
                y2, y3 = squares[1, s, 0, o], squares[1, s, 1, o]
                total[0, c, o] += a * y0 + b * y1 + f * y2 + g * y3
                total[1, c, o] += b * y0 + d * y1 + g * y2 + i * y3
                total[2, c, o] += d * y0 + e * y1 + i * y2 + j * y3
                total[3, c, o] += f * y0 + g * y1 + k * y2 + m * y3
                total[4, c, o] += g * y0 + i * y1 + m * y2 + p * y3
                total[5, c, o] += i * y0 + j * y1 + p * y2 + q * y3
                total[6, c, o] += k * y0 + m * y1 + r * y2 + t * y3
                total[7, c, o] += m * y0 + p * y1 + t * y2 + u * y3
                total[8, c, o] += p * y0 + q * y1 + u * y2 + v * y3


@jit
def _forward(x, taps, rows):
    for n in range(len(x)):
        for row in range(rows.shape[1]):
            squares = rows[n, row]
            squares[:] = 0
            convolve_row(x[n], row, taps, squares)


@jit
def _kernel_gradient(x, rows, total):
    for n in range(len(x)):
        for row in range(rows.shape[1]):
            correlate_row(x[n], row, rows[n, row], total)
