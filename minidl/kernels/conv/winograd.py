"""Convolution with a quarter to two fifths of the multiplications: Winograd's F(4 × 4, r × r).

Four outputs of an r-tap filter, ``y[i] = Σ_j d[i + j] · g[j]``, take 4 r multiplications as
written. Seen as products of polynomials, which are known by their values at 3 + r points
(0, 1, −1, 2, …, ∞), they take 3 + r: ``y = Aᵀ [(G g) ∘ (Bᵀ d)]``, with ∘ element by element.
With rows and columns in turn, a 4 × 4 tile of outputs of a 3 × 3 kernel takes 36 instead of
144. Summed over channels, ∘ becomes one matrix product a point: (tiles, C) @ (C, F), for BLAS.

The gradient by the kernel is the same form, transposed: ``dg = Gᵀ [(A dy) ∘ (Bᵀ d)]``, its
products summed over tiles. The transpose of a convolution is the convolution by the kernel
turned by 180°.

A 4 × 4 kernel with stride 2 is a 2 × 2 kernel with stride 1 over images of half the size: the
four pixels of a square, its *phases*, are as many times the channels. They are read from and
written to where they lie.

Lavin and Gray, 2016, "Fast algorithms for convolutional neural networks". In float32 results
differ from the direct sum by about 10⁻⁵ of the largest. NaN and infinity spread over a tile.
"""

import functools

import numpy as np

from minidl.kernels.jit import jit, plain
from minidl.runtime import blas, buffers, threads

#: The sides of the kernels that this is for, and their strides.
STRIDES = {3: 1, 4: 2}
#: Outputs along each side of a tile.
TILE = 4
#: Tiles that are transformed and multiplied at a time: their numbers stay in the cache.
BLOCK = 128


def forward(x, kernel, corner, out_size):
    """Convolve `x` (N, H, W, C) with `kernel` (k, k, C, F): an (N, *out_size, F) array.

    `corner` is the padding (top, left); k is a key of STRIDES, the dilation 1.
    """
    stride = STRIDES[len(kernel)]
    out = buffers.empty((len(x), *out_size, kernel.shape[3]), x.dtype)
    _convolve(x, stride, corner, _by_phases(kernel), out, 1, (0, 0), out_size)
    return out


def transpose(y, kernel, corner, out_size):
    """Apply the transpose of `forward` to `y` (N, h, w, F): an (N, *out_size, C) array."""
    stride = STRIDES[len(kernel)]
    turned = _by_phases(kernel)[::-1, ::-1].transpose(0, 1, 3, 2)
    out = buffers.empty((len(y), *out_size, kernel.shape[2]), y.dtype)
    # Whole squares of padding are not computed at all, what is left of them is not written.
    squares, rest = zip(*(divmod(p, stride) for p in corner), strict=True)
    size = tuple(-(-(n + p) // stride) for n, p in zip(out_size, rest, strict=True))
    _convolve(y, 1, tuple(len(turned) - 1 - p for p in squares), turned, out, stride, rest, size)
    return out


def kernel_gradient(x, y, kernel_size, corner):
    """Return the gradient of ``Σ y · forward(x, kernel)`` by the kernel: (k, k, C, F)."""
    stride = STRIDES[kernel_size[0]]
    taps = kernel_size[0] // stride
    a, _, gg, b = _matrices(taps, x.dtype)
    n, height, width, filters = y.shape
    rows, across = -(-height // TILE), -(-width // TILE)
    channels = stride * stride * x.shape[3]
    bounds = _tiles(n * rows, across, len(gg) * channels * filters)
    sums = buffers.empty((len(bounds), taps * taps, channels, filters), x.dtype)
    x, y = plain(x), plain(y)

    def task(part, start, stop):
        total, product = (buffers.empty((len(gg), channels, filters), x.dtype) for _ in range(2))
        for first, last in _blocks(start, stop, across):
            inputs = _to_points(x, stride, corner, b, len(b), first, last, rows, across)
            outputs = _to_points(y, 1, (0, 0), a, TILE, first, last, rows, across)
            into = total if first == start else product
            np.matmul(inputs.transpose(0, 2, 1), outputs, out=into)
            if into is product:
                total += product
        sums[part] = _by_matrix(gg.T, total)

    with blas.single_threaded():
        threads.run(task, [(part, *bound) for part, bound in enumerate(bounds)])
    kernel = sums.sum(axis=0).reshape(taps, taps, stride, stride, x.shape[3], filters)
    return plain(kernel.transpose(0, 2, 1, 3, 4, 5)).reshape(*kernel_size, x.shape[3], filters)


def part(side, out_size):
    """Return how many of the formula's multiplications are left, as a part of 1.

    >>> round(part(3, (4, 8)), 2), round(part(4, (5, 5)), 2)
    (0.25, 1.0)
    """
    stride = STRIDES[side]
    tiles = -(-out_size[0] // TILE) * -(-out_size[1] // TILE)
    points = TILE + side // stride - 1
    return tiles * (points * stride) ** 2 / (out_size[0] * out_size[1] * side**2)


def _convolve(x, stride, corner, kernel, out, out_stride, out_corner, size):
    """Convolve `x` with `kernel` (r, r, phases · C, F) at `size` places, into `out`."""
    _, a, gg, b = _matrices(len(kernel), x.dtype)
    factors = _by_matrix(gg, plain(kernel).reshape(len(kernel) ** 2, *kernel.shape[2:]))
    x = plain(x)
    rows, across = (-(-n // TILE) for n in size)

    def task(start, stop):
        for first, last in _blocks(start, stop, across):
            tiles = _to_points(x, stride, corner, b, len(b), first, last, rows, across)
            products = buffers.empty((len(factors), tiles.shape[1], factors.shape[2]), x.dtype)
            np.matmul(tiles, factors, out=products)
            lines = np.empty((TILE, len(b), across * factors.shape[2]), x.dtype)
            _from_points(products, a, first, rows, lines, out_stride, out_corner, out)

    with blas.single_threaded():
        threads.run(task, _tiles(len(x) * rows, across, factors.size))


def _by_phases(kernel):
    """Return `kernel` (k, k, C, F) as (r, r, phases · C, F)."""
    stride = STRIDES[len(kernel)]
    taps = len(kernel) // stride
    phases = kernel.reshape(taps, stride, taps, stride, *kernel.shape[2:])
    return phases.transpose(0, 2, 1, 3, 4, 5).reshape(taps, taps, -1, kernel.shape[3])


def _by_matrix(matrix, arrays):
    """Multiply `arrays` (n, …) by `matrix` (m, n) along the first axis: (m, …)."""
    out = buffers.empty((len(matrix), *arrays.shape[1:]), arrays.dtype)
    flat, columns = out.reshape(len(out), -1), arrays.reshape(len(arrays), -1)
    with blas.single_threaded():
        threads.run(
            lambda start, stop: np.matmul(matrix, columns[:, start:stop], out=flat[:, start:stop]),
            threads.tiles(columns.shape[1], matrix.size / 4),
        )
    return out


def _tiles(rows, across, work):
    """Cut rows of tiles for the threads, not too few for a quick product: (start, stop) each."""
    most = min(threads.MAX_TILES, max(2, 2 * rows * across // BLOCK))
    return threads.tiles(rows, across * work, most)


def _blocks(start, stop, across):
    """Cut rows of tiles into runs of about BLOCK tiles."""
    step = max(1, BLOCK // across)
    return [(first, min(first + step, stop)) for first in range(start, stop, step)]


@functools.lru_cache(maxsize=8)
def _matrices(taps, dtype):
    """Return A, Aᵀ, G ⊗ G and Bᵀ for P = 3 + taps points, the last of them ∞.

    All but the third, (P · P, taps · taps), have rows of six numbers, if need be with zeros:
    (P, 6), (4, 6) and (P, 6).
    """
    points = np.array([0.0, 1, -1, 2, -2][: TILE + taps - 2])
    count = len(points) + 1
    a, g, b = np.zeros((count, TILE)), np.zeros((count, taps)), np.zeros((count, count))
    for k, point in enumerate(points):
        others = np.delete(points, k)
        a[k] = point ** np.arange(TILE)
        g[k] = point ** np.arange(taps) / np.prod(point - others)
        b[k, :-1] = np.poly(others)[::-1]  # the polynomial with these roots
    a[-1, -1] = g[-1, -1] = 1
    b[-1] = np.poly(points)[::-1]
    a, a_transposed, b = (np.pad(m, ((0, 0), (0, 6 - m.shape[1]))) for m in (a, a.T, b))
    return tuple(m.astype(dtype, order="C") for m in (a, a_transposed, np.kron(g, g), b))


def _to_points(x, stride, corner, matrix, taken, first, last, rows, across):
    """Return rows of tiles of `x`, by the values at each point: (P · P, tiles, phases · C)."""
    points = len(matrix)
    n, height, width, channels = x.shape
    shape = (points * points, (last - first) * across, stride * stride * channels)
    tiles = buffers.empty(shape, x.dtype)
    lines = np.zeros((points, stride * (TILE * (across - 1) + taken) * channels), x.dtype)
    x = x.reshape(n, height, width * channels)
    _fill_tiles(x, stride, corner, matrix, taken, first, last, rows, lines, tiles)
    return tiles


# Both kernels take rows first, on whole lines, then columns, channel by channel. These loops are
# short and write one array each: to write more of them, the compiler would have to make sure
# that none overlaps another, which takes longer than the loop.


@jit
def _fill_tiles(x, stride, corner, matrix, taken, first, last, rows, lines, tiles):
    """Fill `tiles` (P · P, tiles, phases · C) with M d Mᵀ of patches of `x` (N, H, W · C).

    `matrix` M is (P, 6), of which the first `taken` columns count: the patch's side. `lines`
    (P, columns · C) are zeros where the image does not reach.
    """
    top, left = corner
    points, count = len(matrix), tiles.shape[1]
    channels = tiles.shape[2] // (stride * stride)
    columns = lines.reshape(points, -1, channels)
    by_phase = tiles.reshape(points * points, count, stride * stride, channels)
    begin, end = left * channels, min(left * channels + x.shape[2], lines.shape[1])
    # Terms that do not count are the last one that does, times zero.
    o1, o2, o3 = stride * min(1, taken - 1), stride * min(2, taken - 1), stride * min(3, taken - 1)
    o4, o5 = stride * min(4, taken - 1), stride * min(5, taken - 1)
    across = count // (last - first)
    for tile in range(0, count, across):
        n, row = divmod(first + tile // across, rows)
        for a in range(stride):
            for k in range(points):
                line = lines[k, begin:end]
                line[:] = 0
                for j in range(taken):
                    h, m = stride * (4 * row + j) + a - top, matrix[k, j]
                    if 0 <= h < x.shape[1] and m != 0:
                        source = x[n, h]
                        for e in range(len(line)):
                            line[e] += m * source[e]
            for t in range(across):
                for b in range(stride):
                    w, place, phase = stride * 4 * t + b, tile + t, a * stride + b
                    for k in range(points):
                        for i in range(points):
                            m0, m1, m2 = matrix[i, 0], matrix[i, 1], matrix[i, 2]
                            m3, m4, m5 = matrix[i, 3], matrix[i, 4], matrix[i, 5]
                            at = k * points + i
                            for c in range(channels):
                                by_phase[at, place, phase, c] = (
                                    m0 * columns[k, w, c]
                                    + m1 * columns[k, w + o1, c]
                                    + m2 * columns[k, w + o2, c]
                                    + m3 * columns[k, w + o3, c]
                                    + m4 * columns[k, w + o4, c]
                                    + m5 * columns[k, w + o5, c]
                                )


@jit
def _from_points(products, matrix, first, rows, lines, stride, corner, out):
    """Write M p Mᵀ of `products` (P · P, tiles, phases · C) into the tiles of `out` (N, H, W, C).

    `matrix` M is (4, 6), of which the first P columns count; `lines` (4, P, across · phases · C).
    """
    top, left = corner
    _, height, width, channels = out.shape
    points, size = lines.shape[1], lines.shape[2]
    across = size // products.shape[2]
    by_row = products.reshape(points, points, -1, size)
    columns = lines.reshape(4, points, -1, channels)
    last = min(5, points - 1)
    for r in range(by_row.shape[2]):
        n, row = divmod(first + r, rows)
        for i in (0, 2):
            m0, m1, m2 = matrix[i, 0], matrix[i, 1], matrix[i, 2]
            m3, m4, m5 = matrix[i, 3], matrix[i, 4], matrix[i, 5]
            n0, n1, n2 = matrix[i + 1, 0], matrix[i + 1, 1], matrix[i + 1, 2]
            n3, n4, n5 = matrix[i + 1, 3], matrix[i + 1, 4], matrix[i + 1, 5]
            for j in range(points):
                for e in range(size):
                    p, q, u = by_row[0, j, r, e], by_row[1, j, r, e], by_row[2, j, r, e]
                    v, x, y = by_row[3, j, r, e], by_row[4, j, r, e], by_row[last, j, r, e]
                    lines[i, j, e] = m0 * p + m1 * q + m2 * u + m3 * v + m4 * x + m5 * y
                    lines[i + 1, j, e] = n0 * p + n1 * q + n2 * u + n3 * v + n4 * x + n5 * y
        for i in range(4):
            for a in range(stride):
                h = stride * (4 * row + i) + a - top
                if not 0 <= h < height:
                    continue
                for t in range(across):
                    for j in range(4):
                        m0, m1, m2 = matrix[j, 0], matrix[j, 1], matrix[j, 2]
                        m3, m4, m5 = matrix[j, 3], matrix[j, 4], matrix[j, 5]
                        for b in range(stride):
                            w = stride * (4 * t + j) + b - left
                            if not 0 <= w < width:
                                continue
                            s = (t * stride + a) * stride + b
                            for c in range(channels):
                                out[n, h, w, c] = (
                                    m0 * columns[i, 0, s, c]
                                    + m1 * columns[i, 1, s, c]
                                    + m2 * columns[i, 2, s, c]
                                    + m3 * columns[i, 3, s, c]
                                    + m4 * columns[i, 4, s, c]
                                    + m5 * columns[i, last, s, c]
                                )
