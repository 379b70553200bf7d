"""Dense products: BLAS does the arithmetic, the pool of threads splits it."""

import numpy as np

from minidl.runtime import blas, buffers, threads

#: Columns or rows of the result that make a product worth splitting further.
NARROWEST = 32
#: Multiply-adds that BLAS does in the time of one elementary operation of a tile.
MULTIPLY_ADDS = 8
#: From this ratio of the inner side to the result's on, products are cut along it.
LONG = 3


def matmul(a, b):
    """Return ``a @ b``, as `numpy.matmul`: the same bits for every number of threads.

    Each thread should read its own share of the larger operand, the weights in a network, since
    what the tiles share is read, and rearranged by BLAS, once for each. So the result is cut
    along its longer side; or, where the inner side is longer yet, that is cut, and the tiles'
    results are added up.
    """
    if a.ndim > 2 and b.ndim == 2 and a.shape[-1] == b.shape[0]:  # a stack of rows
        return matmul(a.reshape(-1, len(b)), b).reshape(*a.shape[:-1], b.shape[1])
    with blas.single_threaded():
        if a.ndim != 2 or b.ndim != 2 or a.dtype != b.dtype or a.dtype.kind != "f":
            return np.matmul(a, b)
        (rows, inner), columns = a.shape, b.shape[1]
        little = rows * inner * columns < 2 * threads.GRAIN * MULTIPLY_ADDS
        if little or inner != b.shape[0]:
            return np.matmul(a, b)
        longer = max(rows, columns)
        cuts_inner = inner > LONG * longer
        cut = inner if cuts_inner else longer
        most = max(1, min(threads.MAX_TILES, cut // NARROWEST))
        bounds = threads.tiles(cut, rows * inner * columns / cut / MULTIPLY_ADDS, most)
        if len(bounds) < 2:
            return np.matmul(a, b)
        if cuts_inner:
            parts = buffers.empty((len(bounds), rows, columns), a.dtype)
            threads.run(
                lambda tile, start, stop: np.matmul(a[:, start:stop], b[start:stop], parts[tile]),
                [(tile, *bound) for tile, bound in enumerate(bounds)],
            )
            return parts.sum(axis=0)
        out = buffers.empty((rows, columns), a.dtype)

        def product(start, stop):
            if rows > columns:
                np.matmul(a[start:stop], b, out=out[start:stop])
            else:
                np.matmul(a, b[:, start:stop], out=out[:, start:stop])

        threads.run(product, bounds)
        return out
