"""Pooling over windows of images (N, H, W, C): the largest, the mean, and their transposes.

`geometry` is (stride_y, stride_x, top, left, dilation_y, dilation_x), as for convolution.
The arg-max is the number of the window's tap, row by row: the first of equals. A NaN in
the window is its maximum, as in NumPy. Padding never wins, nor counts in a mean: it is left
out, not filled.
"""

import numpy as np

from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads


def max_forward(x, size, geometry, out_size):
    """Return the maxima (N, *out_size, C) and the number of the tap that won, an integer array."""
    x = plain(x)
    shape = (x.shape[0], *out_size, x.shape[3])
    out = buffers.empty(shape, x.dtype)
    winner = buffers.empty(shape, np.uint8 if size[0] * size[1] <= 256 else np.int32)
    threads.run(
        lambda start, stop: _max_forward(
            x[start:stop], size, geometry, out[start:stop], winner[start:stop]
        ),
        threads.tiles(len(x), out[:1].size * size[0] * size[1]),
    )
    return out, winner


def scatter(y, winner, size, geometry, in_size):
    """Add each of `y` to the place in an (N, *in_size, C) image that won its window."""
    y = plain(y)
    image = buffers.empty((y.shape[0], *in_size, y.shape[3]), y.dtype)
    _move(image, y, winner, size, geometry, True)
    return image


def gather(x, winner, size, geometry):
    """Read `x` (N, H, W, C) at the places that won: the transpose of `scatter`."""
    x = plain(x)
    out = buffers.empty(winner.shape, x.dtype)
    _move(x, out, winner, size, geometry, False)
    return out


def average_forward(x, size, geometry, out_size):
    """Return the means (N, *out_size, C) of what each window holds of the images."""
    x = plain(x)
    out = buffers.empty((len(x), *out_size, x.shape[3]), x.dtype)
    one = x.dtype.type(1)
    threads.run(
        lambda start, stop: _average(x[start:stop], size, geometry, out[start:stop], one),
        threads.tiles(len(x), out[:1].size * size[0] * size[1] / 4),
    )
    return out


def average_transpose(y, size, geometry, in_size):
    """Share each of `y` out evenly over its window in an (N, *in_size, C) image."""
    y = plain(y)
    image = buffers.empty((len(y), *in_size, y.shape[3]), y.dtype)
    one = y.dtype.type(1)

    def tile(start, stop):
        image[start:stop] = 0
        _share_out(image[start:stop], size, geometry, y[start:stop], one)

    threads.run(tile, threads.tiles(len(y), y[:1].size * size[0] * size[1] / 4))
    return image


def _move(image, pooled, winner, size, geometry, back):
    def tile(start, stop):
        if back:
            image[start:stop] = 0  # here, by the thread whose cache will hold it
        _move_tile(image[start:stop], pooled[start:stop], winner[start:stop], size, geometry, back)

    threads.run(tile, threads.tiles(len(pooled), pooled[:1].size * size[0] * size[1]))


@jit
def _max_forward(x, size, geometry, out, winner):
    _, height, width, channels = x.shape
    images, rows, columns, _ = out.shape
    for n in range(images):
        for row in range(rows):
            for column in range(columns):
                first = True
                for i in range(size[0]):
                    h = row * geometry[0] - geometry[2] + i * geometry[4]
                    for j in range(size[1]):
                        w = column * geometry[1] - geometry[3] + j * geometry[5]
                        if not (0 <= h < height and 0 <= w < width):
                            continue
                        tap = i * size[1] + j
                        if first:
                            for c in range(channels):
                                out[n, row, column, c] = x[n, h, w, c]
                                winner[n, row, column, c] = tap
                            first = False
                        else:
                            for c in range(channels):
                                value, best = x[n, h, w, c], out[n, row, column, c]
                                so_far = winner[n, row, column, c]
                                wins = (value > best) | ((value != value) & (best == best))
                                out[n, row, column, c] = value if wins else best
                                winner[n, row, column, c] = tap if wins else so_far


@jit
def _move_tile(image, pooled, winner, size, geometry, back):
    """Move numbers between pooled places and those that won: `back` to the image, or from it."""
    _, height, width, channels = image.shape
    images, rows, columns, _ = pooled.shape
    for n in range(images):
        for row in range(rows):
            for column in range(columns):
                for i in range(size[0]):
                    h = row * geometry[0] - geometry[2] + i * geometry[4]
                    for j in range(size[1]):
                        w = column * geometry[1] - geometry[3] + j * geometry[5]
                        if not (0 <= h < height and 0 <= w < width):
                            continue
                        tap = i * size[1] + j
                        for c in range(channels):
                            inside, outside = image[n, h, w, c], pooled[n, row, column, c]
                            won = winner[n, row, column, c] == tap
                            if back:
                                image[n, h, w, c] = inside + outside if won else inside
                            else:
                                pooled[n, row, column, c] = inside if won else outside


@jit
def _part(place, taps, length):
    """Return where a window that begins at `place` begins and ends inside the image."""
    return max(place, 0), min(place + taps, length)


@jit
def _average(x, size, geometry, out, one):
    _, height, width, channels = x.shape
    images, rows, columns, _ = out.shape
    for n in range(images):
        for row in range(rows):
            top, bottom = _part(row * geometry[0] - geometry[2], size[0], height)
            for column in range(columns):
                left, right = _part(column * geometry[1] - geometry[3], size[1], width)
                for c in range(channels):
                    out[n, row, column, c] = 0
                for h in range(top, bottom):
                    for w in range(left, right):
                        for c in range(channels):
                            out[n, row, column, c] += x[n, h, w, c]
                # With `one` in the images' precision: a whole number would make it float64.
                count = one * np.float32((bottom - top) * (right - left))
                for c in range(channels):
                    out[n, row, column, c] /= count


@jit
def _share_out(image, size, geometry, y, one):
    _, height, width, channels = image.shape
    images, rows, columns, _ = y.shape
    for n in range(images):
        for row in range(rows):
            top, bottom = _part(row * geometry[0] - geometry[2], size[0], height)
            for column in range(columns):
                left, right = _part(column * geometry[1] - geometry[3], size[1], width)
                count = one * np.float32((bottom - top) * (right - left))
                for h in range(top, bottom):
                    for w in range(left, right):
                        for c in range(channels):
                            image[n, h, w, c] += y[n, row, column, c] / count
