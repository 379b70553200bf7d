"""Images padded for windows, and where the windows lie in flat memory.

`geometry` is (stride_y, stride_x, top, left, dilation_y, dilation_x); the padding at the
bottom and on the right follows from the output's size.
"""

import functools

import numpy as np

from minidl.kernels.jit import plain
from minidl.runtime import buffers, threads


def size_for(size, kernel_size, geometry, out_size):
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


def pad(x, corner, size):
    """Put the images `x` (N, H, W, C), from `corner` (top, left) on, into zeros of `size`.

    What does not fit at the bottom and on the right is cut off. No copy is made of images that
    have that size already.
    """
    n, height, width, channels = x.shape
    top, left = corner
    if size == (height, width) and not top and not left:
        return plain(x)
    padded = buffers.empty((n, *size, channels), x.dtype)
    bottom, right = min(top + height, size[0]), min(left + width, size[1])

    def tile(start, stop):
        part = padded[start:stop]
        part[:, :top] = 0
        part[:, bottom:] = 0
        part[:, top:bottom, :left] = 0
        part[:, top:bottom, right:] = 0
        part[:, top:bottom, left:right] = x[start:stop, : bottom - top, : right - left]

    threads.run(tile, threads.tiles(n, padded[:1].size))
    return padded


@functools.lru_cache(maxsize=256)
def walk(shape, kernel_size, geometry):
    """Return where windows of padded images (N, H, W, C) lie in flat memory.

    Returns
    -------
    steps : (int, int, int)
        To the window of the next image, row and column.
    starts : array of int
        Where the runs of neighbouring numbers of a window begin, counted from its first number.
    length : int
        Of each run: C, or kw · C without dilation along the row.
    """
    _, height, width, channels = shape
    row = width * channels
    steps = (height * row, geometry[0] * row, geometry[1] * channels)
    i, j = np.ogrid[: kernel_size[0], : kernel_size[1]]
    if geometry[5] == 1:
        return steps, (i * geometry[4] * row).ravel(), kernel_size[1] * channels
    starts = i * geometry[4] * row + j * geometry[5] * channels
    return steps, starts.ravel(), channels
