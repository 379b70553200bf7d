"""Convolution of each channel with a kernel of its own: no sum over channels.

``out[n, p, q, c] = Σᵢ Σⱼ x[n, p·s + i·d, q·s + j·d, c] · taps[i, j, c]``, its transpose and
its gradient by the taps. The innermost loops run over the channels, which lie side by
side. `geometry` is (stride_y, stride_x, top, left, dilation_y, dilation_x); taps outside
the image are left out, which is what padding with zeros means.
"""

from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads


def forward(x, taps, geometry, out_size):
    """Convolve `x` (N, H, W, C) with `taps` (kh, kw, C): an (N, *out_size, C) array."""
    x, taps = plain(x), plain(taps)
    out = buffers.empty((len(x), *out_size, x.shape[3]), x.dtype)

    def tile(start, stop):
        out[start:stop] = 0  # here, by the thread whose cache will hold it
        _forward(x[start:stop], taps, geometry, out[start:stop])

    threads.run(tile, threads.tiles(len(x), _work(out, taps)))
    return out


def transpose(y, taps, geometry, out_size):
    """Apply the transpose of `forward` to `y` (N, h, w, C): an (N, *out_size, C) array."""
    y, taps = plain(y), plain(taps)
    out = buffers.empty((len(y), *out_size, y.shape[3]), y.dtype)

    def tile(start, stop):
        out[start:stop] = 0
        _transpose(y[start:stop], taps, geometry, out[start:stop])

    threads.run(tile, threads.tiles(len(y), _work(y, taps)))
    return out


def kernel_gradient(x, y, kernel_size, geometry):
    """Sum the products of `x` and `y` (N, h, w, C) that meet at each tap: (kh, kw, C)."""
    x, y = plain(x), plain(y)
    shape = (*kernel_size, x.shape[3])
    bounds = threads.tiles(len(x), y[:1].size * kernel_size[0] * kernel_size[1] / 4)
    parts = buffers.zeros((len(bounds), *shape), x.dtype)
    threads.run(
        lambda tile, start, stop: _kernel_gradient(
            x[start:stop], y[start:stop], geometry, parts[tile]
        ),
        [(tile, *bound) for tile, bound in enumerate(bounds)],
    )
    return parts.sum(axis=0)


def _work(y, taps):
    """Elementary operations that one image costs, four to a vector."""
    return y[:1].size * taps.shape[0] * taps.shape[1] / 4


@jit
def _forward(x, taps, geometry, out):
    _, height, width, channels = x.shape
    images, rows, columns, _ = out.shape
    for n in range(images):
        for row in range(rows):
            for i in range(taps.shape[0]):
                h = row * geometry[0] - geometry[2] + i * geometry[4]
                if not 0 <= h < height:
                    continue
                for column in range(columns):
                    for j in range(taps.shape[1]):
                        w = column * geometry[1] - geometry[3] + j * geometry[5]
                        if 0 <= w < width:
                            for c in range(channels):
                                out[n, row, column, c] += x[n, h, w, c] * taps[i, j, c]


@jit
def _transpose(y, taps, geometry, out):
    _, height, width, channels = out.shape
    images, rows, columns, _ = y.shape
    for n in range(images):
        for row in range(rows):
            for i in range(taps.shape[0]):
                h = row * geometry[0] - geometry[2] + i * geometry[4]
                if not 0 <= h < height:
                    continue
                for column in range(columns):
                    for j in range(taps.shape[1]):
                        w = column * geometry[1] - geometry[3] + j * geometry[5]
                        if 0 <= w < width:
                            for c in range(channels):
                                out[n, h, w, c] += y[n, row, column, c] * taps[i, j, c]


@jit
def _kernel_gradient(x, y, geometry, total):
    _, height, width, channels = x.shape
    images, rows, columns, _ = y.shape
    for n in range(images):
        for row in range(rows):
            for i in range(total.shape[0]):
                h = row * geometry[0] - geometry[2] + i * geometry[4]
                if not 0 <= h < height:
                    continue
                for column in range(columns):
                    for j in range(total.shape[1]):
                        w = column * geometry[1] - geometry[3] + j * geometry[5]
                        if 0 <= w < width:
                            for c in range(channels):
                                total[i, j, c] += x[n, h, w, c] * y[n, row, column, c]
