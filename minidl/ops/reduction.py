"""Reductions over any axes."""

import math

import numpy as np

from minidl import ops
from minidl.autograd import primitive
from minidl.kernels import elementwise
from minidl.ops.arithmetic import divide, equal, multiply


@primitive
def sum(x, axis=None, keepdims=False):
    """Return the sum over `axis`: None for all, a number, or a tuple of numbers.

    >>> sum(np.ones((2, 3)), axis=1)
    array([3., 3.])
    """
    x = np.asarray(x)
    if x.size >= elementwise.LARGE and x.dtype.kind == "f" and x.flags.c_contiguous:
        kept = x.shape[-1:] if _all_but_last(axis, x.ndim) else None
        if kept and x.ndim > 1:
            total = elementwise.sum_rows(x.reshape(-1, kept[0]))
            return total.reshape((1,) * (x.ndim - 1) + kept) if keepdims else total
    return np.sum(x, axis=axis, keepdims=keepdims)


sum.def_vjps(
    lambda g, y, x, axis=None, keepdims=False: ops.broadcast_to(
        _with_axes(g, x, axis, keepdims), x.shape
    )
)


def mean(x, axis=None, keepdims=False):
    """Return the arithmetic mean over `axis`."""
    total = sum(x, axis=axis, keepdims=keepdims)
    return divide(total, math.prod(np.shape(x)[i] for i in _axes(axis, np.ndim(x))))


@primitive
def max(x, axis=None, keepdims=False):
    """Return the largest over `axis`. Equals share the gradient evenly."""
    return np.max(x, axis=axis, keepdims=keepdims)


@primitive
def min(x, axis=None, keepdims=False):
    """Return the smallest over `axis`. Equals share the gradient evenly."""
    return np.min(x, axis=axis, keepdims=keepdims)


def _to_the_extreme(g, y, x, axis=None, keepdims=False):
    extreme = equal(x, _with_axes(y, x, axis, keepdims))
    share = divide(extreme, sum(extreme, axis=axis, keepdims=True))
    return multiply(_with_axes(g, x, axis, keepdims), ops.astype(share, x.dtype))


max.def_vjps(_to_the_extreme)
min.def_vjps(_to_the_extreme)


def _axes(axis, ndim):
    """Return the axes that a reduction goes over, counted from the front."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(i + ndim if i < 0 else i for i in np.atleast_1d(axis).tolist())


def _all_but_last(axis, ndim):
    return sorted(_axes(axis, ndim)) == list(range(ndim - 1))


def _with_axes(reduced, x, axis, keepdims):
    """Put the axes that a reduction removed back, with length 1."""
    if keepdims:
        return reduced
    gone = _axes(axis, x.ndim)
    return ops.reshape(reduced, tuple(1 if i in gone else n for i, n in enumerate(x.shape)))
