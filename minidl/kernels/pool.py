"""Pooling over windows of images (N, H, W, C): the largest, the mean, and their transposes.

`geometry` is (stride_y, stride_x, top, left, dilation_y, dilation_x), as for convolution.
The arg-max is the number of the window's tap, row by row: the first of equals. A NaN in
the window is its maximum, as in NumPy. Padding never wins, nor counts in a mean: it is left
out, not filled.

The usual window, 2 × 2 with stride 2 and no padding, has kernels of its own: *squares*, each
read and written once.
"""

import numpy as np

from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads

#: In place of a winner's number (0 … 3): ReLU let nothing of a square through.
CLOSED = 4


def max_forward(x, size, geometry, out_size):
    """Return the maxima (N, *out_size, C) and the number of the tap that won, an integer array."""
    x = plain(x)
    shape = (x.shape[0], *out_size, x.shape[3])
    out = buffers.empty(shape, x.dtype)
    winner = buffers.empty(shape, np.uint8 if size[0] * size[1] <= 256 else np.int32)
    squares = _are_squares(size, geometry, x.shape[1:3], out_size)
    threads.run(
        lambda start, stop: (
            _max_squares(x[start:stop], out[start:stop], winner[start:stop])
            if squares
            else _max_forward(x[start:stop], size, geometry, out[start:stop], winner[start:stop])
        ),
        threads.tiles(len(x), out[:1].size * size[0] * size[1]),
    )
    return out, winner


def scatter(y, winner, size, geometry, in_size):
    """Add each of `y` to the place in an (N, *in_size, C) image that won its window."""
    y = plain(y)
    image = buffers.empty((y.shape[0], *in_size, y.shape[3]), y.dtype)
    if not _are_squares(size, geometry, in_size, y.shape[1:3]):
        _move(image, y, winner, size, geometry, True)
        return image

    def tile(start, stop):
        part = image[start:stop]
        part[:, 2 * y.shape[1] :] = 0
        part[:, :, 2 * y.shape[2] :] = 0
        _scatter_squares(y[start:stop], winner[start:stop], part, y.dtype.type(0))

    threads.run(tile, threads.tiles(len(y), image[:1].size))
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


def bias_relu_max(x, bias):
    """Return the largest of each square of ``relu(x + bias)``, and its corner or CLOSED.

    `x` is (N, H, W, C), `bias` (C,); what comes out is (N, H // 2, W // 2, C) and uint8.
    """
    x, bias = plain(x), plain(bias)
    out = buffers.empty((len(x), x.shape[1] // 2, x.shape[2] // 2, x.shape[3]), x.dtype)
    winner = buffers.empty(out.shape, np.uint8)
    zero = x.dtype.type(0)
    threads.run(
        lambda start, stop: _bias_relu_max(
            x[start:stop], bias, out[start:stop], winner[start:stop], zero
        ),
        threads.tiles(len(x), out[:1].size * 6),
    )
    return out, winner


def _are_squares(size, geometry, in_size, out_size):
    """Whether windows are 2 × 2 with stride 2 and no dilation, all of them inside the image."""
    inside = all(2 * n <= m for n, m in zip(out_size, in_size, strict=True))
    return tuple(size) == (2, 2) and tuple(geometry) == (2, 2, 0, 0, 1, 1) and inside


def _move(image, pooled, winner, size, geometry, back):
    def tile(start, stop):
        if back:
            image[start:stop] = 0  # here, by the thread whose cache will hold it
        _move_tile(image[start:stop], pooled[start:stop], winner[start:stop], size, geometry, back)

    threads.run(tile, threads.tiles(len(pooled), pooled[:1].size * size[0] * size[1]))


# Winners are chosen as whole numbers as wide as a float32: a choice among bytes takes more
# instructions than the one that narrows the last of them.
_FIRST, _SECOND, _THIRD, _FOURTH, _CLOSED = (np.int32(number) for number in range(5))


@jit
def best(p, q, u, v):
    """Return the largest of four, or the first NaN, and its number."""
    upper_first = (p >= q) | (p != p)
    lower_first = (u >= v) | (u != u)
    upper, lower = p if upper_first else q, u if lower_first else v
    is_upper = (upper >= lower) | (upper != upper)
    upper_number = _FIRST if upper_first else _SECOND
    lower_number = _THIRD if lower_first else _FOURTH
    return upper if is_upper else lower, upper_number if is_upper else lower_number


@jit
def largest_of_squares(squares, bias, pooled, winner, zero):
    """Fill a row of `pooled` and `winner` (count, C) from ``relu(squares + bias)``.

    `squares` is (4, count, C).
    """
    for s in range(len(pooled)):
        p, q, u, v = squares[0, s], squares[1, s], squares[2, s], squares[3, s]
        values, winners = pooled[s], winner[s]
        for c in range(len(bias)):
            b = bias[c]
            value, corner = best(p[c] + b, q[c] + b, u[c] + b, v[c] + b)
            closed = value <= zero
            values[c] = zero if closed else value
            winners[c] = _CLOSED if closed else corner


@jit
def open_squares(gradient, winner, squares, bias, zero):
    """Put a row of `gradient` (count, C) in the corners that won, and add it to `bias` (C,).

    `squares` is (4, count, C).
    """
    count, channels = gradient.shape
    for i in range(4):
        corner = np.uint8(i)
        for s in range(count):
            for c in range(channels):
                squares[i, s, c] = gradient[s, c] if winner[s, c] == corner else zero
    for s in range(count):
        for c in range(channels):
            bias[c] += gradient[s, c] if winner[s, c] != CLOSED else zero


@jit
def _bias_relu_max(x, bias, out, winner, zero):
    images, rows, columns, channels = out.shape
    for n in range(images):
        for row in range(rows):
            top, bottom = x[n, 2 * row], x[n, 2 * row + 1]
            for s in range(columns):
                for c in range(channels):
                    b = bias[c]
                    value, corner = best(
                        top[2 * s, c] + b,
                        top[2 * s + 1, c] + b,
                        bottom[2 * s, c] + b,
                        bottom[2 * s + 1, c] + b,
                    )
                    closed = value <= zero
                    out[n, row, s, c] = zero if closed else value
                    winner[n, row, s, c] = _CLOSED if closed else corner


@jit
def _max_squares(x, out, winner):
    images, rows, columns, channels = out.shape
    for n in range(images):
        for row in range(rows):
            top, bottom = x[n, 2 * row], x[n, 2 * row + 1]
            for s in range(columns):
                for c in range(channels):
                    out[n, row, s, c], winner[n, row, s, c] = best(
                        top[2 * s, c], top[2 * s + 1, c], bottom[2 * s, c], bottom[2 * s + 1, c]
                    )


@jit
def _scatter_squares(y, winner, image, zero):
    # One corner at a time: a choice among four is not turned into vector instructions.
    images, rows, columns, channels = y.shape
    for n in range(images):
        for h in range(2 * rows):
            row, line = h // 2, image[n, h]
            for s in range(columns):
                for j in range(2):
                    corner = np.uint8(2 * (h % 2) + j)
                    for c in range(channels):
                        won = winner[n, row, s, c] == corner
                        line[2 * s + j, c] = y[n, row, s, c] if won else zero


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
