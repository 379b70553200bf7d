"""Images (N, H, W, C) looked at through a map: each output pixel asks where its number lies.

Places are measured in pixels from the upper left corner of the image, so that pixel (row, column)
covers [column, column + 1] × [row, row + 1] and its number stands at the centre. Between centres,
numbers are bilinear or nearest; beyond the border they are as `fill` says. What comes out is
``gain · number + offset``, held between `low` and `high`: brightness costs no pass of its own.
"""

import math

import numpy as np

from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads

#: What lies beyond the border of ``a b c d``, by Keras's names.
FILLS = {
    "constant": 0,  # k k k k | a b c d | k k k k
    "nearest": 1,  # a a a a | a b c d | d d d d
    "reflect": 2,  # d c b a | a b c d | d c b a
    "wrap": 3,  # a b c d | a b c d | a b c d
}
#: Elementary operations that a pixel costs.
WORK = 20


def affine(x, inverse, size, how, tone):
    """Return (N, *size, C): output place p shows the input's place ``inverse · (p, 1)``.

    Parameters
    ----------
    x : (N, H, W, C) of any real dtype, which the output has too
    inverse : (N, 2, 3) float64
        From output (x, y) to input (x, y).
    size : (height, width)
    how : (fill, fill_value, nearest)
        A number of `FILLS`, a float, and whether to take the nearest pixel.
    tone : (gain, offset, low, high)
        Arrays (N,), and two floats. Of integers, the result is rounded, half to even.
    """
    x, inverse = plain(x), plain(inverse)
    out = buffers.empty((len(x), *size, x.shape[3]), x.dtype)
    lines = out.reshape(-1, *out.shape[2:])  # a tile may begin in the middle of an image
    whole = x.dtype.kind in "iu"
    rest = size[0], how, tone, whole
    threads.run(
        lambda start, stop: _affine(x, inverse, lines[start:stop], start, *rest),
        threads.tiles(len(lines), lines[:1].size * WORK),
    )
    return out


def flow(x, displacement, how, tone):
    """Return images of x's shape: output place p shows the input's place p + displacement.

    `displacement` is (N, H, W, 2) float64, by (x, y), of each output pixel's centre; `how`
    and `tone` are those of `affine`.
    """
    x, displacement = plain(x), plain(displacement)
    out = buffers.empty(x.shape, x.dtype)
    lines = out.reshape(-1, *out.shape[2:])
    whole = x.dtype.kind in "iu"
    threads.run(
        lambda start, stop: _flow(x, displacement, lines[start:stop], start, how, tone, whole),
        threads.tiles(len(lines), lines[:1].size * WORK),
    )
    return out


@jit
def _affine(x, inverse, out, first, height, how, tone, whole):
    lines, width, channels = out.shape
    gain, offset, low, high = tone
    for line in range(lines):
        n, row = divmod(first + line, height)
        # Column c of the line shows (px, py) = c · step + begin, less ½: as centres are counted.
        step = inverse[n, 0, 0], inverse[n, 1, 0]
        begin = (
            0.5 * step[0] + inverse[n, 0, 1] * (row + 0.5) + inverse[n, 0, 2] - 0.5,
            0.5 * step[1] + inverse[n, 1, 1] * (row + 0.5) + inverse[n, 1, 2] - 0.5,
        )
        levels = gain[n], offset[n], low, high
        start, stop = _run_inside(begin, step, x.shape, width, how)
        for column in range(width):
            if column < start or column >= stop:
                px, py = column * step[0] + begin[0], column * step[1] + begin[1]
                _show(x, n, py, px, out, line, column, how, levels, whole)
        for column in range(start, stop):
            px, py = column * step[0] + begin[0], column * step[1] + begin[1]
            x0, y0 = int(px), int(py)
            right, down = px - x0, py - y0
            for k in range(channels):
                upper = (1 - right) * x[n, y0, x0, k] + right * x[n, y0, x0 + 1, k]
                lower = (1 - right) * x[n, y0 + 1, x0, k] + right * x[n, y0 + 1, x0 + 1, k]
                value = (1 - down) * upper + down * lower
                out[line, column, k] = _toned(value, levels, whole)


@jit
def _flow(x, displacement, out, first, how, tone, whole):
    lines, width, _ = out.shape
    gain, offset, low, high = tone
    for line in range(lines):
        n, row = divmod(first + line, x.shape[1])
        levels = gain[n], offset[n], low, high
        for column in range(width):
            px = column + displacement[n, row, column, 0]
            py = row + displacement[n, row, column, 1]
            _show(x, n, py, px, out, line, column, how, levels, whole)


@jit
def _run_inside(begin, step, shape, width, how):
    """Return the columns (start, stop) that have all their four neighbours in the image.

    They are one run, since the image is convex. For the nearest pixel there is none.
    """
    start, stop = 0, 0 if how[2] else width
    while start < stop and not _is_inside(start, begin, step, shape):
        start += 1
    while start < stop and not _is_inside(stop - 1, begin, step, shape):
        stop -= 1
    return start, stop


@jit
def _is_inside(column, begin, step, shape):
    px, py = column * step[0] + begin[0], column * step[1] + begin[1]
    return 0 <= px < shape[2] - 1 and 0 <= py < shape[1] - 1


@jit
def _show(x, n, py, px, out, line, column, how, levels, whole):
    """Give an output pixel what stands at the place (py, px) of image n, borders included."""
    _, height, width, channels = x.shape
    fill, fill_value, nearest = how
    if nearest:
        y0, x0, down, right = math.floor(py + 0.5), math.floor(px + 0.5), 0.0, 0.0
    else:
        y0, x0 = math.floor(py), math.floor(px)
        down, right = py - y0, px - x0
    # A neighbour of weight 0 may lie outside: another stands in for it.
    y1, x1 = _inside(y0 + (down > 0), height, fill), _inside(x0 + (right > 0), width, fill)
    y0, x0 = _inside(y0, height, fill), _inside(x0, width, fill)
    for k in range(channels):
        a = x[n, y0, x0, k] if y0 >= 0 and x0 >= 0 else fill_value
        b = x[n, y0, x1, k] if y0 >= 0 and x1 >= 0 else fill_value
        c = x[n, y1, x0, k] if y1 >= 0 and x0 >= 0 else fill_value
        d = x[n, y1, x1, k] if y1 >= 0 and x1 >= 0 else fill_value
        value = (1 - down) * ((1 - right) * a + right * b) + down * ((1 - right) * c + right * d)
        out[line, column, k] = _toned(value, levels, whole)


@jit
def _toned(value, levels, whole):
    gain, offset, low, high = levels
    value = gain * value + offset
    if value < low:  # false for NaN, which stays
        value = low
    if value > high:
        value = high
    return np.rint(value) if whole else value


@jit
def _inside(i, n, fill):
    """Return which of n pixels stands for place i; −1 if none does."""
    if 0 <= i < n:
        return i
    if fill == 0:
        return -1
    if fill == 1:
        return 0 if i < 0 else n - 1
    if fill == 2:
        i %= 2 * n
        return i if i < n else 2 * n - 1 - i
    return i % n
