"""Bilinear resizing of images (N, H, W, C), and its transpose.

Along each axis an output number lies between two input numbers: `rows` and `columns` are
(low, high, low_weight, high_weight), the places of the two and their shares, one of each
for every output row or column; the weights have the dtype of the images.
"""

from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads

#: Elementary operations that one number of the larger image costs.
WORK = 2


def bilinear(x, rows, columns):
    """Return the (N, h, w, C) images that `rows` and `columns` lay out."""
    x = plain(x)
    out = buffers.empty((len(x), len(rows[0]), len(columns[0]), x.shape[3]), x.dtype)
    lines = out.reshape(-1, *out.shape[2:])  # a tile may begin in the middle of an image
    threads.run(
        lambda start, stop: _bilinear(x, rows, columns, lines[start:stop], start),
        threads.tiles(len(lines), lines[:1].size * WORK),
    )
    return out


def bilinear_transpose(y, rows, columns, in_size):
    """Add each of `y` (N, h, w, C) to the four it lies between: (N, *in_size, C)."""
    y = plain(y)
    out = buffers.empty((len(y), *in_size, y.shape[3]), y.dtype)

    def tile(start, stop):
        out[start:stop] = 0  # here, by the thread whose cache will hold it
        _transpose(y[start:stop], rows, columns, out[start:stop])

    threads.run(tile, threads.tiles(len(y), y[:1].size * WORK))
    return out


@jit
def _bilinear(x, rows, columns, out, first):
    height = len(rows[0])
    lines, width, channels = out.shape
    for line in range(lines):
        n, row = divmod(first + line, height)
        top, bottom = rows[0][row], rows[1][row]
        for column in range(width):
            left, right = columns[0][column], columns[1][column]
            a = rows[2][row] * columns[2][column]
            b = rows[2][row] * columns[3][column]
            c = rows[3][row] * columns[2][column]
            d = rows[3][row] * columns[3][column]
            for k in range(channels):
                above = a * x[n, top, left, k] + b * x[n, top, right, k]
                below = c * x[n, bottom, left, k] + d * x[n, bottom, right, k]
                out[line, column, k] = above + below


@jit
def _transpose(y, rows, columns, out):
    images, height, width, channels = y.shape
    for n in range(images):
        for row in range(height):
            top, bottom = rows[0][row], rows[1][row]
            for column in range(width):
                left, right = columns[0][column], columns[1][column]
                a = rows[2][row] * columns[2][column]
                b = rows[2][row] * columns[3][column]
                c = rows[3][row] * columns[2][column]
                d = rows[3][row] * columns[3][column]
                for k in range(channels):
                    value = y[n, row, column, k]
                    out[n, top, left, k] += a * value
                    out[n, top, right, k] += b * value
                    out[n, bottom, left, k] += c * value
                    out[n, bottom, right, k] += d * value
