"""Products of matrices."""

import numpy as np

from minidl import ops
from minidl.autograd import primitive
from minidl.kernels import matmul as kernel
from minidl.ops.arithmetic import unbroadcast


@primitive
def matmul(x, y):
    """Return the product of matrices, or of stacks of them, broadcast as NumPy does.

    Parameters
    ----------
    x : (…, n, k) or (k,)
    y : (…, k, m) or (k,)

    Returns
    -------
    (…, n, m), without n or m where x or y has one axis. The same bits for every number of
    threads.

    >>> matmul(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    x, y = np.asarray(x), np.asarray(y)
    if not x.ndim or not y.ndim or x.shape[-1] != y.shape[-2:][0]:
        raise ValueError(
            f"matmul: x needs as many columns as y has rows, got shapes {x.shape} and {y.shape}"
        )
    return kernel.matmul(x, y)


def _by_x(g, z, x, y):
    if not g.ndim:
        return ops.multiply(g, y)
    if x.ndim == 1:
        g = ops.expand_dims(g, -2)
        return unbroadcast(ops.squeeze(matmul(g, _flip(y)), -2), x)
    if y.ndim == 1:
        return unbroadcast(ops.multiply(ops.expand_dims(g, -1), y), x)
    return unbroadcast(matmul(g, _flip(y)), x)


def _by_y(g, z, x, y):
    if not g.ndim:
        return ops.multiply(g, x)
    if x.ndim == 1:
        return unbroadcast(ops.multiply(ops.expand_dims(x, -1), ops.expand_dims(g, -2)), y)
    if y.ndim == 1:
        g = ops.expand_dims(g, -1)
        return unbroadcast(ops.squeeze(matmul(_flip(x), g), -1), y)
    return unbroadcast(matmul(_flip(x), g), y)


def _flip(x):
    """Swap the last two axes."""
    return ops.transpose(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


matmul.def_vjps(_by_x, _by_y)
