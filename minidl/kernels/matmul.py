"""Dense products: BLAS does the arithmetic, the pool of threads splits it."""

import numpy as np

from minidl.runtime import blas, buffers, threads

#: Columns or rows of the result that make a product worth splitting further.
NARROWEST = 32
#: Multiply-adds that BLAS does in the time of one elementary operation of a tile.
MULTIPLY_ADDS = 8


def matmul(a, b):
    """Return ``a @ b``, as `numpy.matmul`: the same bits for every number of threads.

    The result is cut along its longer side, so that each thread reads its own share of
    the larger operand: the weights, in a network.
    """
    if a.ndim > 2 and b.ndim == 2 and a.shape[-1] == b.shape[0]:  # a stack of rows
        return matmul(a.reshape(-1, len(b)), b).reshape(*a.shape[:-1], b.shape[1])
    with blas.single_threaded():
        if a.ndim != 2 or b.ndim != 2 or a.dtype != b.dtype or a.dtype.kind != "f":
            return np.matmul(a, b)
        (rows, inner), columns = a.shape, b.shape[1]
        if rows * inner * columns < 2 * threads.GRAIN * MULTIPLY_ADDS:  # too little to share
            return np.matmul(a, b)
        longer, shorter = max(rows, columns), min(rows, columns)
        most = max(1, min(threads.MAX_TILES, longer // NARROWEST))
        bounds = threads.tiles(longer, shorter * inner / MULTIPLY_ADDS, most)
        if len(bounds) < 2 or inner != b.shape[0]:
            return np.matmul(a, b)
        out = buffers.empty((rows, columns), a.dtype)

        def product(start, stop):
            if rows > columns:
                np.matmul(a[start:stop], b, out=out[start:stop])
            else:
                np.matmul(a, b[:, start:stop], out=out[:, start:stop])

        threads.run(product, bounds)
        return out
