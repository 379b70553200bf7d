"""Convolution by its formula, with the loops in a quick order.

With the kernel as a matrix of kh · kw · C rows (the *taps*) and one column a filter, and
the window of an output pixel as a row of as many numbers (its *patch*),

- convolution is ``out[pixel] = patch @ taps``;
- its transpose scatters what convolution gathered: ``patch += taps @ out[pixel]``;
- the gradient by the kernel is ``taps += outer(patch, out[pixel])``.

A patch is never copied: its numbers lie at fixed `offsets` from the window's first, once
the image is padded. The innermost loops run over numbers that lie side by side, which the
compiler turns into vector instructions, for four pixels and two taps at a time: eight
multiply-adds for six numbers that are loaded.

`geometry` is (stride_y, stride_x, top, left, dilation_y, dilation_x); the padding at the
bottom and on the right follows from the output's size.
"""

import functools

import numpy as np

from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads


def forward(x, kernel, geometry, out_size):
    """Convolve `x` (N, H, W, C) with `kernel` (kh, kw, C, F): an (N, *out_size, F) array."""
    taps = plain(kernel).reshape(-1, kernel.shape[3])
    x = _pad(x, kernel.shape[:2], geometry, out_size)
    steps, offsets = _walk(x.shape, kernel.shape[:2], geometry)
    out = buffers.empty((x.shape[0], *out_size, taps.shape[1]), x.dtype)
    rows = out.reshape(-1, *out.shape[2:])
    threads.run(
        lambda start, stop: _forward(
            x.reshape(-1), taps, steps, offsets, rows[start:stop], start, out_size[0]
        ),
        threads.tiles(len(rows), out_size[1] * taps.size / 4),
    )
    return out


def transpose(y, kernel, geometry, out_size):
    """Apply the transpose of `forward` to `y` (N, h, w, F): an (N, *out_size, C) array."""
    y = plain(y)
    kh, kw, channels, filters = kernel.shape
    taps = plain(kernel.reshape(-1, filters).T)
    height, width = _padded_size((kh, kw), geometry, out_size, y.shape[1:3])
    out = buffers.empty((len(y), height, width, channels), y.dtype)
    steps, offsets = _walk(out.shape, (kh, kw), geometry)

    def tile(start, stop):
        out[start:stop] = 0  # here, by the thread whose cache will hold it
        _transpose(y[start:stop], taps, steps, offsets, out[start:stop].reshape(-1))

    threads.run(tile, threads.tiles(len(y), y[:1].size * taps.shape[1] / 4))
    if (height, width) == tuple(out_size):
        return out
    top, left = geometry[2:4]
    return out[:, top : top + out_size[0], left : left + out_size[1]].copy()


def kernel_gradient(x, y, kernel_size, geometry):
    """Sum ``outer(patch of x, y)`` over all pixels of `y` (N, h, w, F): (kh, kw, C, F)."""
    height, width, filters = y.shape[1:]
    x = _pad(x, kernel_size, geometry, (height, width))
    steps, offsets = _walk(x.shape, tuple(kernel_size), geometry)
    rows = plain(y).reshape(-1, width, filters)
    bounds = threads.tiles(len(rows), width * offsets.size * filters / 4)
    parts = buffers.zeros((len(bounds), offsets.size, filters), x.dtype)
    threads.run(
        lambda tile, start, stop: _kernel_gradient(
            x.reshape(-1), rows[start:stop], steps, offsets, parts[tile], start, height
        ),
        [(tile, *bound) for tile, bound in enumerate(bounds)],
    )
    return parts.sum(axis=0).reshape(*kernel_size, x.shape[3], filters)


def _padded_size(kernel_size, geometry, size, out_size):
    """Return the height and width of the padded image: all that the windows reach, or more."""
    return tuple(
        max(
            geometry[2 + axis] + size[axis],
            (out_size[axis] - 1) * geometry[axis]
            + (kernel_size[axis] - 1) * geometry[4 + axis]
            + 1,
        )
        for axis in (0, 1)
    )


def _pad(x, kernel_size, geometry, out_size):
    x = plain(x)
    n, height, width, channels = x.shape
    size = _padded_size(kernel_size, geometry, (height, width), out_size)
    if size == (height, width):
        return x
    padded = buffers.zeros((n, *size, channels), x.dtype)
    top, left = geometry[2:4]
    padded[:, top : top + height, left : left + width] = x
    return padded


@functools.lru_cache(maxsize=256)
def _walk(shape, kernel_size, geometry):
    """Where windows lie in flat memory: steps to the next (image, row, column); offsets in one."""
    _, height, width, channels = shape
    row = width * channels
    steps = (height * row, geometry[0] * row, geometry[1] * channels)
    i, j, c = np.ogrid[: kernel_size[0], : kernel_size[1], :channels]
    offsets = i * geometry[4] * row + j * geometry[5] * channels + c
    return steps, offsets.ravel()


@jit
def _multiply(rows, places, offsets, matrix, sums):
    """Set the four ``sums[p]`` to ``rows[places[p] + offsets] @ matrix``."""
    length, width = matrix.shape
    a, b, c, d = places
    for o in range(width):
        sums[0, o] = 0
        sums[1, o] = 0
        sums[2, o] = 0
        sums[3, o] = 0
    for t in range(0, length - 1, 2):
        i, j = offsets[t], offsets[t + 1]
        a0, b0, c0, d0 = rows[a + i], rows[b + i], rows[c + i], rows[d + i]
        a1, b1, c1, d1 = rows[a + j], rows[b + j], rows[c + j], rows[d + j]
        for o in range(width):
            k0, k1 = matrix[t, o], matrix[t + 1, o]
            sums[0, o] += a0 * k0 + a1 * k1
            sums[1, o] += b0 * k0 + b1 * k1
            sums[2, o] += c0 * k0 + c1 * k1
            sums[3, o] += d0 * k0 + d1 * k1
    if length % 2:
        i = offsets[length - 1]
        a0, b0, c0, d0 = rows[a + i], rows[b + i], rows[c + i], rows[d + i]
        for o in range(width):
            k0 = matrix[length - 1, o]
            sums[0, o] += a0 * k0
            sums[1, o] += b0 * k0
            sums[2, o] += c0 * k0
            sums[3, o] += d0 * k0


@jit
def _forward(x, taps, steps, offsets, out, first_row, height):
    """Fill `out` (rows, w, F), whose rows are those from `first_row` on of images `height` high."""
    rows, width, filters = out.shape
    last = width - 1
    sums = np.empty((4, filters), out.dtype)
    for r in range(rows):
        image, row = divmod(first_row + r, height)
        first = image * steps[0] + row * steps[1]
        for column in range(0, width, 4):
            # At the right edge the last pixel is computed more than once.
            b, c, d = min(column + 1, last), min(column + 2, last), min(column + 3, last)
            places = (
                first + column * steps[2],
                first + b * steps[2],
                first + c * steps[2],
                first + d * steps[2],
            )
            _multiply(x, places, offsets, taps, sums)
            for o in range(filters):
                out[r, column, o] = sums[0, o]
                out[r, b, o] = sums[1, o]
                out[r, c, o] = sums[2, o]
                out[r, d, o] = sums[3, o]


@jit
def _transpose(y, taps, steps, offsets, out):
    """Add to `out`, the flat memory of padded images, what `y` (n, h, w, F) scatters there."""
    images, height, width, filters = y.shape
    numbers = y.reshape(-1)
    across = np.arange(filters)
    sums = np.empty((4, offsets.size), y.dtype)
    last = images * height * width - 1
    for pixel in range(0, last + 1, 4):
        places = (
            pixel * filters,
            min(pixel + 1, last) * filters,
            min(pixel + 2, last) * filters,
            min(pixel + 3, last) * filters,
        )
        _multiply(numbers, places, across, taps, sums)
        for p in range(min(4, last + 1 - pixel)):
            row, column = divmod(pixel + p, width)
            image, row = divmod(row, height)
            place = image * steps[0] + row * steps[1] + column * steps[2]
            for t in range(offsets.size):
                out[place + offsets[t]] += sums[p, t]


@jit
def _kernel_gradient(x, y, steps, offsets, total, first_row, height):
    """Add to `total` (taps, F) the outer products of rows `y` (rows, w, F) and their patches."""
    length, filters = total.shape
    rows, width, _ = y.shape
    for r in range(rows):
        image, row = divmod(first_row + r, height)
        first = image * steps[0] + row * steps[1]
        for column in range(0, width - 3, 4):
            a = first + column * steps[2]
            b, c, d = a + steps[2], a + 2 * steps[2], a + 3 * steps[2]
            for t in range(0, length - 1, 2):
                i, j = offsets[t], offsets[t + 1]
                a0, b0, c0, d0 = x[a + i], x[b + i], x[c + i], x[d + i]
                a1, b1, c1, d1 = x[a + j], x[b + j], x[c + j], x[d + j]
                for o in range(filters):
                    e, f = y[r, column, o], y[r, column + 1, o]
                    g, h = y[r, column + 2, o], y[r, column + 3, o]
                    total[t, o] += a0 * e + b0 * f + c0 * g + d0 * h
                    total[t + 1, o] += a1 * e + b1 * f + c1 * g + d1 * h
            if length % 2:
                i = offsets[length - 1]
                a0, b0, c0, d0 = x[a + i], x[b + i], x[c + i], x[d + i]
                for o in range(filters):
                    e, f = y[r, column, o], y[r, column + 1, o]
                    g, h = y[r, column + 2, o], y[r, column + 3, o]
                    total[length - 1, o] += a0 * e + b0 * f + c0 * g + d0 * h
        for column in range(width - width % 4, width):
            a = first + column * steps[2]
            for t in range(length):
                a0 = x[a + offsets[t]]
                for o in range(filters):
                    total[t, o] += a0 * y[r, column, o]
