"""Max-pooling over windows of images (N, H, W, C), with its scatter back and its gather.

`geometry` is (stride_y, stride_x, top, left, dilation_y, dilation_x), as for convolution.
The arg-max is the number of the window's tap, row by row: the first of equals. A NaN in
the window is its maximum, as in NumPy. Padding never wins: it is left out, not filled.
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
