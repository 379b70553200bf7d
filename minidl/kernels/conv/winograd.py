"""Convolution by 3 × 3 kernels with a quarter of the multiplications: Winograd's F(4 × 4, 3 × 3).

Four outputs of a three-tap filter, ``y[i] = Σ_j d[i + j] · g[j]``, take 12 multiplications as
written. Seen as products of polynomials, which are known by their values at six points
(0, 1, −1, 2, −2, ∞), they take 6: ``y = Aᵀ [(G g) ∘ (Bᵀ d)]``, with ∘ element by element.
Rows and columns in turn, a 4 × 4 tile of outputs takes 36 instead of 144. Summed over
channels, ∘ becomes 36 matrix products, one a point: (tiles, C) @ (C, F), for BLAS.

The gradient by the kernel is the same form, transposed: ``dg = Gᵀ [(A dy) ∘ (Bᵀ d)]``, its
products summed over tiles. The transpose of a convolution is the convolution by the kernel
turned by 180°.

Lavin and Gray, 2016, "Fast algorithms for convolutional neural networks". In float32 results
differ from the direct sum by about 10⁻⁵ of the largest. NaN and infinity spread over a tile.
"""

import numpy as np

from minidl.kernels.conv.padded import pad
from minidl.kernels.jit import jit
from minidl.runtime import blas, buffers, threads

#: Outputs along each side of a tile, and inputs that they need.
TILE, PATCH = 4, 6
#: Tiles that are transformed and multiplied at a time: their numbers stay in the cache.
BLOCK = 96

G = np.array(
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ]
)


def forward(x, kernel, corner, out_size):
    """Convolve `x` (N, H, W, C) with `kernel` (3, 3, C, F): an (N, *out_size, F) array.

    `corner` is the padding (top, left); stride and dilation are 1.
    """
    kernel = _transform_kernel(kernel)
    x, rows, across = _tiled(x, corner, out_size, PATCH - TILE)
    out = buffers.empty((len(x), *out_size, kernel.shape[2]), x.dtype)

    def task(start, stop):
        for first, last in _blocks(start, stop, across):
            tiles = _to_tiles(_input_tiles, x, first, last, rows, across)
            products = buffers.empty((36, tiles.shape[1], kernel.shape[2]), x.dtype)
            np.matmul(tiles, kernel, out=products)
            _output_tiles(products, first, rows, across, out)

    with blas.single_threaded():
        threads.run(task, threads.tiles(len(x) * rows, across * kernel.size))
    return out


def transpose(y, kernel, corner, out_size):
    """Apply the transpose of `forward` to `y` (N, h, w, F): an (N, *out_size, C) array."""
    turned = kernel[::-1, ::-1].transpose(0, 1, 3, 2)
    return forward(y, turned, tuple(2 - p for p in corner), out_size)


def kernel_gradient(x, y, corner):
    """Return the gradient of ``Σ y · forward(x, kernel)`` by the kernel: (3, 3, C, F)."""
    out_size, channels, filters = y.shape[1:3], x.shape[3], y.shape[3]
    x, rows, across = _tiled(x, corner, out_size, PATCH - TILE)
    y, _, _ = _tiled(y, (0, 0), out_size, 0)
    bounds = threads.tiles(len(x) * rows, across * 36 * channels * filters)
    sums = buffers.empty((len(bounds), 36, channels, filters), x.dtype)

    def task(part, start, stop):
        sums[part] = 0
        product = buffers.empty(sums.shape[1:], x.dtype)
        for first, last in _blocks(start, stop, across):
            inputs = _to_tiles(_input_tiles, x, first, last, rows, across)
            outputs = _to_tiles(_gradient_tiles, y, first, last, rows, across)
            np.matmul(inputs.transpose(0, 2, 1), outputs, out=product)
            sums[part] += product

    with blas.single_threaded():
        threads.run(task, [(part, *bound) for part, bound in enumerate(bounds)])
    total = sums.sum(axis=0).reshape(6, 6, channels, filters)
    g = G.astype(x.dtype)
    return np.einsum("ia,jb,ijcf->abcf", g, g, total, optimize=True)


def _transform_kernel(kernel):
    """Return ``G kernel Gᵀ`` as 36 matrices (C, F)."""
    g = G.astype(kernel.dtype)
    values = np.einsum("ia,jb,abcf->ijcf", g, g, kernel, optimize=True)
    return np.ascontiguousarray(values.reshape(36, *kernel.shape[2:]))


def _tiled(x, corner, out_size, more):
    """Return `x` padded to whole tiles, how many rows of tiles it has, and how many in a row."""
    rows, across = (-(-size // TILE) for size in out_size)
    return pad(x, corner, (rows * TILE + more, across * TILE + more)), rows, across


def _blocks(start, stop, across):
    """Cut rows of tiles into runs of about BLOCK tiles."""
    step = max(1, BLOCK // across)
    return [(first, min(first + step, stop)) for first in range(start, stop, step)]


def _to_tiles(transform, x, first, last, rows, across):
    """Return rows of tiles, transformed: 36 matrices (tiles, C)."""
    n, height, width, channels = x.shape
    tiles = buffers.empty((36, (last - first) * across, channels), x.dtype)
    between = np.empty((6, width * channels), x.dtype)
    transform(x.reshape(n, height, -1), first, last, rows, across, between, tiles)
    return tiles


# Doubling by addition keeps the type: an integer times a float32 would be a float64.


@jit
def _input(a, b, c, d, e, f):
    """Bᵀ times a column of six."""
    a4, b4, c4, d4 = _four(a), _four(b), _four(c), _four(d)
    p, q, r, s = e - c4, d - b4, e - c, (d - b) + (d - b)
    return a4 - (c4 + c) + e, p + q, p - q, r + s, r - s, b4 - (d4 + d) + f


@jit
def _gradient(a, b, c, d):
    """A times a column of four."""
    p, q, r, s = a + c, b + d, a + _four(c), b + _four(d)
    return a, p + q, p - q, r + (s + s), r - (s + s), d


@jit
def _output(a, b, c, d, e, f):
    """Aᵀ times a column of six."""
    p, q, r, s = b + c, b - c, d + e, (d - e) + (d - e)
    return a + p + r, q + s, p + _four(r), q + _four(s) + f


@jit
def _four(a):
    two = a + a
    return two + two


@jit
def _input_tiles(x, first, last, rows, across, between, tiles):
    """Fill `tiles` (36, tiles, C) with Bᵀ d B of overlapping 6 × 6 patches of `x` (N, H, W · C)."""
    channels = tiles.shape[2]
    columns = between.reshape(6, -1, channels)
    tile = 0
    for r in range(first, last):
        n, row = divmod(r, rows)
        h = 4 * row
        for e in range(between.shape[1]):
            v = _input(
                x[n, h, e], x[n, h + 1, e], x[n, h + 2, e],
                x[n, h + 3, e], x[n, h + 4, e], x[n, h + 5, e],
            )  # fmt: skip
            between[0, e], between[1, e], between[2, e] = v[0], v[1], v[2]
            between[3, e], between[4, e], between[5, e] = v[3], v[4], v[5]
        for column in range(across):
            w = 4 * column
            for i in range(6):
                at = 6 * i
                for c in range(channels):
                    v = _input(
                        columns[i, w, c], columns[i, w + 1, c], columns[i, w + 2, c],
                        columns[i, w + 3, c], columns[i, w + 4, c], columns[i, w + 5, c],
                    )  # fmt: skip
                    tiles[at, tile, c], tiles[at + 1, tile, c] = v[0], v[1]
                    tiles[at + 2, tile, c], tiles[at + 3, tile, c] = v[2], v[3]
                    tiles[at + 4, tile, c], tiles[at + 5, tile, c] = v[4], v[5]
            tile += 1


@jit
def _gradient_tiles(y, first, last, rows, across, between, tiles):
    """Fill `tiles` (36, tiles, F) with A dy Aᵀ of the 4 × 4 tiles of `y` (N, H, W · F)."""
    channels = tiles.shape[2]
    columns = between.reshape(6, -1, channels)
    tile = 0
    for r in range(first, last):
        n, row = divmod(r, rows)
        h = 4 * row
        for e in range(between.shape[1]):
            v = _gradient(y[n, h, e], y[n, h + 1, e], y[n, h + 2, e], y[n, h + 3, e])
            between[0, e], between[1, e], between[2, e] = v[0], v[1], v[2]
            between[3, e], between[4, e], between[5, e] = v[3], v[4], v[5]
        for column in range(across):
            w = 4 * column
            for i in range(6):
                at = 6 * i
                for c in range(channels):
                    v = _gradient(
                        columns[i, w, c], columns[i, w + 1, c],
                        columns[i, w + 2, c], columns[i, w + 3, c],
                    )  # fmt: skip
                    tiles[at, tile, c], tiles[at + 1, tile, c] = v[0], v[1]
                    tiles[at + 2, tile, c], tiles[at + 3, tile, c] = v[2], v[3]
                    tiles[at + 4, tile, c], tiles[at + 5, tile, c] = v[4], v[5]
            tile += 1


@jit
def _output_tiles(products, first, rows, across, out):
    """Write Aᵀ m A of the 6 × 6 `products` (36, tiles, F) into the tiles of `out` (N, h, w, F)."""
    _, count, filters = products.shape
    _, height, width, _ = out.shape
    between = np.empty((4, 6, filters), products.dtype)
    edge = np.empty((4, filters), products.dtype)
    for tile in range(count):
        r, column = divmod(tile, across)
        n, row = divmod(first + r, rows)
        h, w = 4 * row, 4 * column
        for j in range(6):
            for f in range(filters):
                v = _output(
                    products[j, tile, f], products[6 + j, tile, f], products[12 + j, tile, f],
                    products[18 + j, tile, f], products[24 + j, tile, f], products[30 + j, tile, f],
                )  # fmt: skip
                between[0, j, f], between[1, j, f] = v[0], v[1]
                between[2, j, f], between[3, j, f] = v[2], v[3]
        for i in range(min(4, height - h)):
            y = h + i
            whole = w + 4 <= width
            for f in range(filters):
                v = _output(
                    between[i, 0, f], between[i, 1, f], between[i, 2, f],
                    between[i, 3, f], between[i, 4, f], between[i, 5, f],
                )  # fmt: skip
                if whole:
                    out[n, y, w, f], out[n, y, w + 1, f] = v[0], v[1]
                    out[n, y, w + 2, f], out[n, y, w + 3, f] = v[2], v[3]
                else:
                    edge[0, f], edge[1, f], edge[2, f], edge[3, f] = v[0], v[1], v[2], v[3]
            if not whole:
                for j in range(width - w):
                    for f in range(filters):
                        out[n, y, w + j, f] = edge[j, f]
