"""Convolution by 3 × 3 kernels over few channels: the formula itself, in registers.

Outputs are computed in *squares* of 2 × 2. The four see 4 × 4 numbers of a channel, two rows
of them for each row of the kernel: 8 numbers and 4 sums, which stay in registers while one
loop runs over the filters, with 12 multiply-adds for 3 numbers of a filter's kernel. A row of
squares is an array (4, squares, F), corner by corner, and does not leave the cache.

The transpose sums over filters, which is a matrix product. For one channel it leaves nine
planes of numbers, one a tap, to be added with a shift.

The stride and dilation are 1. `fused` builds on the same loops.
"""

import numpy as np

from minidl.kernels.conv.padded import pad, size_for
from minidl.kernels.jit import jit, plain
from minidl.runtime import blas, buffers, threads

#: Pixels whose nine planes are there at a time.
BLOCK = 8 * 1024


def forward(x, kernel, corner, out_size):
    """Convolve `x` (N, H, W, C) with `kernel` (3, 3, C, F): an (N, *out_size, F) array.

    `corner` is the padding (top, left).
    """
    taps = channelwise(kernel)
    x = squared(x, corner, out_size)
    out = buffers.empty((len(x), *out_size, kernel.shape[3]), x.dtype)
    zero = x.dtype.type(0)
    threads.run(
        lambda start, stop: _forward(x[start:stop], taps, out[start:stop], zero),
        threads.tiles(len(x), out[:1].size * len(taps) * 3),
    )
    return out


def transpose(y, kernel, corner, out_size):
    """Apply the transpose of `forward` to `y` (N, h, w, F): an (N, *out_size, 1) array.

    `kernel` is (3, 3, 1, F): for more channels `blocked` is as quick.
    """
    n, rows, width, filters = y.shape
    taps = plain(kernel).reshape(9, filters)
    pixels = plain(y).reshape(-1, filters)
    size = size_for(out_size, (3, 3), (1, 1, *corner, 1, 1), (rows, width))
    out = buffers.empty((n, *size), y.dtype)
    step = max(1, BLOCK // width)

    def task(start, stop):
        out[start:stop] = 0  # here, by the thread whose cache will hold it
        for first in range(start * rows, stop * rows, step):
            block = pixels[first * width : min(first + step, stop * rows) * width]
            planes = buffers.empty((9, len(block)), y.dtype)
            np.matmul(taps, block.T, out=planes)
            _add_planes(planes.reshape(3, 3, -1, width), first, rows, out)

    with blas.single_threaded():
        threads.run(task, threads.tiles(n, rows * width * taps.size / 4))
    (height, width), (top, left) = out_size, corner
    return plain(out[:, top : top + height, left : left + width, np.newaxis])


def kernel_gradient(x, y, kernel_size, corner):
    """Return the gradient of ``Σ y · forward(x, kernel)`` by the kernel: (3, 3, C, F).

    `kernel_size` is (3, 3), and given for the likeness with the other routes.
    """
    x, y = squared(x, corner, y.shape[1:3]), plain(y)
    bounds = threads.tiles(len(x), y[:1].size * x.shape[3] * 3)
    sums = buffers.zeros((len(bounds), x.shape[3], 9, y.shape[3]), x.dtype)
    zero = x.dtype.type(0)
    threads.run(
        lambda part, start, stop: _kernel_gradient(x[start:stop], y[start:stop], sums[part], zero),
        [(part, *bound) for part, bound in enumerate(bounds)],
    )
    return as_kernel(sums.sum(axis=0))


def squared(x, corner, out_size):
    """Return `x` padded, from `corner` on, for as many outputs, rounded up to whole squares."""
    return pad(x, corner, tuple(size + size % 2 + 2 for size in out_size))


def channelwise(kernel):
    """Return `kernel` (3, 3, C, F) as taps (C, 9, F): those of a channel side by side."""
    return plain(kernel.reshape(9, *kernel.shape[2:]).transpose(1, 0, 2))


def as_kernel(taps):
    """Return `taps` (C, 9, F) as a kernel (3, 3, C, F)."""
    return plain(taps.transpose(1, 0, 2)).reshape(3, 3, len(taps), -1)


@jit
def convolve_row(x, row, taps, squares):
    """Add to `squares` (4, count, F) the outputs of a row of squares of image `x` (H, W, C)."""
    for ch in range(x.shape[2]):
        for s in range(squares.shape[1]):
            s0, s1, s2, s3 = squares[0, s], squares[1, s], squares[2, s], squares[3, s]
            w = 2 * s
            for i in range(3):
                h = 2 * row + i
                a, b, c, d = x[h, w, ch], x[h, w + 1, ch], x[h, w + 2, ch], x[h, w + 3, ch]
                h += 1
                e, f, g, k = x[h, w, ch], x[h, w + 1, ch], x[h, w + 2, ch], x[h, w + 3, ch]
                t0, t1, t2 = taps[ch, 3 * i], taps[ch, 3 * i + 1], taps[ch, 3 * i + 2]
                for o in range(len(s0)):
                    p, q, r = t0[o], t1[o], t2[o]
                    s0[o] = s0[o] + a * p + b * q + c * r
                    s1[o] = s1[o] + b * p + c * q + d * r
                    s2[o] = s2[o] + e * p + f * q + g * r
                    s3[o] = s3[o] + f * p + g * q + k * r


@jit
def correlate_row(x, row, squares, total):
    """Add to `total` (C, 9, F) the products of `squares`, gradients, and what they see of `x`."""
    for ch in range(x.shape[2]):
        for s in range(squares.shape[1]):
            s0, s1, s2, s3 = squares[0, s], squares[1, s], squares[2, s], squares[3, s]
            w = 2 * s
            for i in range(3):
                h = 2 * row + i
                a, b, c, d = x[h, w, ch], x[h, w + 1, ch], x[h, w + 2, ch], x[h, w + 3, ch]
                h += 1
                e, f, g, k = x[h, w, ch], x[h, w + 1, ch], x[h, w + 2, ch], x[h, w + 3, ch]
                t0, t1, t2 = total[ch, 3 * i], total[ch, 3 * i + 1], total[ch, 3 * i + 2]
                for o in range(len(s0)):
                    p, q, r, t = s0[o], s1[o], s2[o], s3[o]
                    t0[o] += a * p + b * q + e * r + f * t
                    t1[o] += b * p + c * q + f * r + g * t
                    t2[o] += c * p + d * q + g * r + k * t


@jit
def _forward(x, taps, out, zero):
    images, height, width, filters = out.shape
    squares = np.empty((4, (width + 1) // 2, filters), x.dtype)
    for n in range(images):
        for row in range((height + 1) // 2):
            squares[:] = zero
            convolve_row(x[n], row, taps, squares)
            for i in range(min(2, height - 2 * row)):
                for w in range(width):
                    to, sums = out[n, 2 * row + i, w], squares[2 * i + w % 2, w // 2]
                    for o in range(filters):
                        to[o] = sums[o]


@jit
def _add_planes(planes, first, rows, out):
    """Add `planes` (3, 3, count, w), of pixel rows from `first` on, to padded `out` (N, H, W).

    A tap's plane lies as far down and to the right as the tap does.
    """
    _, _, count, width = planes.shape
    for r in range(count):
        n, row = divmod(first + r, rows)
        for i in range(3):
            for j in range(3):
                line, plane = out[n, row + i, j : j + width], planes[i, j, r]
                for w in range(width):
                    line[w] += plane[w]


@jit
def _kernel_gradient(x, y, total, zero):
    images, height, width, filters = y.shape
    squares = np.empty((4, (width + 1) // 2, filters), x.dtype)
    squares[:] = zero  # what lies beyond an odd width stays zero
    for n in range(images):
        for row in range((height + 1) // 2):
            for i in range(2):
                h = 2 * row + i
                for w in range(width):
                    sums = squares[2 * i + w % 2, w // 2]
                    if h < height:
                        gradients = y[n, h, w]
                        for o in range(filters):
                            sums[o] = gradients[o]
                    else:
                        sums[:] = zero
            correlate_row(x[n], row, squares, total)
