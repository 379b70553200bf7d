"""Convolution of any geometry as matrix products, block by block.

With the window of an output pixel as a row of kh · kw · C numbers (its *patch*), and the
kernel as a matrix of as many rows (the *taps*) and one column a filter,

- convolution is ``out = patches @ taps``;
- its transpose scatters what convolution gathered: ``patches += out @ tapsᵀ``;
- the gradient by the kernel is ``taps = patchesᵀ @ out``.

All patches of a batch are kh · kw times as large as the images. They are never all there: a
block of them is gathered, multiplied by BLAS and forgotten before it leaves the cache.
"""

import numpy as np

from minidl.kernels.conv.padded import pad, size_for, walk
from minidl.kernels.jit import jit, plain
from minidl.runtime import blas, buffers, threads

#: Numbers in a block of patches: half a megabyte in float32.
BLOCK = 128 * 1024


def forward(x, kernel, geometry, out_size):
    """Convolve `x` (N, H, W, C) with `kernel` (kh, kw, C, F): an (N, *out_size, F) array."""
    taps = plain(kernel).reshape(-1, kernel.shape[3])
    x = pad(x, geometry[2:4], size_for(x.shape[1:3], kernel.shape[:2], geometry, out_size))
    out = buffers.empty((len(x), *out_size, taps.shape[1]), x.dtype)
    pixels = out.reshape(-1, taps.shape[1])
    patches = _patches(x, kernel.shape[:2], geometry, out_size)

    def task(start, stop):
        for first, last in _blocks(start, stop, len(taps)):
            np.matmul(patches(first, last), taps, out=pixels[first:last])

    with blas.single_threaded():
        threads.run(task, threads.tiles(len(pixels), taps.size / 4))
    return out


def transpose(y, kernel, geometry, out_size):
    """Apply the transpose of `forward` to `y` (N, h, w, F): an (N, *out_size, C) array."""
    y = plain(y)
    kh, kw, channels, filters = kernel.shape
    taps = plain(kernel).reshape(-1, filters)
    height, width = size_for(out_size, (kh, kw), geometry, y.shape[1:3])
    out = buffers.empty((len(y), height, width, channels), y.dtype)
    where = walk(out.shape, (kh, kw), geometry)
    size = y.shape[1] * y.shape[2]
    pixels = y.reshape(-1, filters)

    def task(start, stop):
        out[start:stop] = 0  # here, by the thread whose cache will hold it
        for first, last in _blocks(start * size, stop * size, len(taps)):
            patches = buffers.empty((last - first, len(taps)), y.dtype)
            np.matmul(pixels[first:last], taps.T, out=patches)
            _scatter(patches, first, y.shape[1:3], *where, out.reshape(-1))

    with blas.single_threaded():
        threads.run(task, threads.tiles(len(y), y[:1].size * len(taps) / 4))
    if (height, width) == tuple(out_size):
        return out
    top, left = geometry[2:4]
    return out[:, top : top + out_size[0], left : left + out_size[1]].copy()


def kernel_gradient(x, y, kernel_size, geometry):
    """Return the gradient of ``Σ y · forward(x, kernel)`` by the kernel: (kh, kw, C, F)."""
    out_size, filters = y.shape[1:3], y.shape[3]
    x = pad(x, geometry[2:4], size_for(x.shape[1:3], kernel_size, geometry, out_size))
    pixels = plain(y).reshape(-1, filters)
    patches = _patches(x, tuple(kernel_size), geometry, out_size)
    taps = kernel_size[0] * kernel_size[1] * x.shape[3]
    bounds = threads.tiles(len(pixels), taps * filters / 4)
    sums = buffers.zeros((len(bounds), taps, filters), x.dtype)

    def task(part, start, stop):
        product = np.empty((taps, filters), x.dtype)
        for first, last in _blocks(start, stop, taps):
            np.matmul(patches(first, last).T, pixels[first:last], out=product)
            sums[part] += product

    with blas.single_threaded():
        threads.run(task, [(part, *bound) for part, bound in enumerate(bounds)])
    return sums.sum(axis=0).reshape(*kernel_size, x.shape[3], filters)


def _patches(x, kernel_size, geometry, out_size):
    """Return a function that gathers the patches of pixels `first` to `last`, over all images."""
    numbers = x.reshape(-1)
    if kernel_size == (1, 1) and geometry[:2] == (1, 1) and x.shape[1:3] == tuple(out_size):
        pixels = x.reshape(-1, x.shape[3])
        return lambda first, last: pixels[first:last]
    steps, starts, length = walk(x.shape, kernel_size, geometry)

    def gather(first, last):
        patches = buffers.empty((last - first, len(starts) * length), x.dtype)
        _gather(patches, first, out_size, steps, starts, length, numbers)
        return patches

    return gather


def _blocks(start, stop, taps):
    """Cut pixels into runs whose patches have about BLOCK numbers."""
    step = max(16, BLOCK // taps)
    return [(first, min(first + step, stop)) for first in range(start, stop, step)]


@jit
def _gather(patches, first, size, steps, starts, length, numbers):
    """Copy the windows of padded images, flat `numbers`, into the rows of `patches`."""
    height, width = size
    for p in range(len(patches)):
        row, column = divmod(first + p, width)
        image, row = divmod(row, height)
        place = image * steps[0] + row * steps[1] + column * steps[2]
        for i in range(len(starts)):
            run = numbers[place + starts[i] : place + starts[i] + length]
            patch = patches[p, i * length : (i + 1) * length]
            for e in range(length):
                patch[e] = run[e]


@jit
def _scatter(patches, first, size, steps, starts, length, numbers):
    """Add the rows of `patches` to the windows of padded images, flat `numbers`."""
    height, width = size
    for p in range(len(patches)):
        row, column = divmod(first + p, width)
        image, row = divmod(row, height)
        place = image * steps[0] + row * steps[1] + column * steps[2]
        for i in range(len(starts)):
            run = numbers[place + starts[i] : place + starts[i] + length]
            patch = patches[p, i * length : (i + 1) * length]
            for e in range(length):
                run[e] += patch[e]
