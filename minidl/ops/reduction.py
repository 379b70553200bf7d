"""Reductions over any axes."""

import math

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from minidl import ops
from minidl.autograd import primitive
from minidl.kernels import elementwise
from minidl.ops.arithmetic import add, divide, equal, multiply, subtract
from minidl.ops.composing import composed
from minidl.ops.elementary import exp, sqrt, square


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


@primitive
def mean(x, axis=None, keepdims=False):
    """Return the arithmetic mean over `axis`."""
    return sum(x, axis=axis, keepdims=keepdims) / _count(x, axis)


mean.def_vjps(
    lambda g, y, x, axis=None, keepdims=False: ops.broadcast_to(
        _with_axes(divide(g, _count(x, axis)), x, axis, keepdims), x.shape
    ),
    fast={
        0: lambda g, y, x, axis=None, keepdims=False: np.broadcast_to(
            _with_axes(g / _count(x, axis), x, axis, keepdims), x.shape
        )
    },
)


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


@composed
def var(x, axis=None, keepdims=False):
    """Return the variance over `axis`: the mean of the squared distance from the mean.

    >>> var(np.array([1.0, 3.0]))
    np.float64(1.0)
    """
    return mean(square(subtract(x, mean(x, axis, True))), axis, keepdims)


@composed
def std(x, axis=None, keepdims=False):
    """Return the standard deviation over `axis`, √var; where that is 0 it has no gradient."""
    return sqrt(var(x, axis, keepdims))


@composed
def prod(x, axis=None, keepdims=False):
    """Return the product over `axis`; its gradient is right with zeros among the numbers.

    Halves are multiplied with each other until one number is left, so that no gradient
    has to divide.

    >>> prod(np.array([2.0, 3.0, 4.0]))
    array(24.)
    """
    kind = np.asarray(x).dtype
    if kind.kind != "f":
        x = ops.astype(x, np.prod(np.ones((), kind)).dtype)
    shape = np.shape(x)
    gone = [*normalize_axis_tuple(_axes(axis, len(shape)), len(shape))]
    kept = [i for i in range(len(shape)) if i not in gone]
    n = math.prod(shape[i] for i in gone)
    x = ops.reshape(ops.transpose(x, kept + gone), (*(shape[i] for i in kept), n))
    while n > 1:
        half = n // 2
        pairs = multiply(x[..., :half], x[..., half : 2 * half])
        x = ops.concatenate([pairs, x[..., 2 * half :]], axis=-1)
        n -= half
    x = add(1, sum(x, axis=-1)) if n == 0 else x[..., 0]
    ends = [1 if i in gone else length for i, length in enumerate(shape)]
    return ops.reshape(x, ends) if keepdims else x


@primitive
def logsumexp(x, axis=None, keepdims=False):
    """Return log Σ eˣ over `axis`, without overflow for any x; −∞ where there are no numbers.

    >>> logsumexp(np.array([1000.0, 1000.0]))
    array(1000.69314718)
    """
    x = np.asarray(x)
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    most = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    most = np.where(np.isfinite(most), most, np.zeros((), most.dtype))
    with np.errstate(divide="ignore"):
        y = most + np.log(np.sum(np.exp(x - most), axis=axis, keepdims=True))
    return y if keepdims else y.reshape(np.sum(x, axis=axis).shape)


logsumexp.def_vjps(
    lambda g, y, x, axis=None, keepdims=False: multiply(
        _with_axes(g, x, axis, keepdims),
        exp(subtract(x, _with_axes(y, x, axis, keepdims))),
    )
)


@primitive
def argmax(x, axis=None, keepdims=False):
    """Return the index of the largest along `axis`, the first of equals; it has no gradient.

    Without `axis`, x is taken as one row of numbers.

    >>> argmax(np.array([[1, 5], [7, 7]]), axis=1)
    array([1, 0])
    """
    return np.argmax(x, axis=axis, keepdims=keepdims)


@primitive
def argmin(x, axis=None, keepdims=False):
    """Return the index of the smallest along `axis`, the first of equals, as `argmax` does."""
    return np.argmin(x, axis=axis, keepdims=keepdims)


def _axes(axis, ndim):
    """Return the axes that a reduction goes over, counted from the front."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(i + ndim if i < 0 else i for i in np.atleast_1d(axis).tolist())


def _count(x, axis):
    """Return how many numbers go into each result of a reduction."""
    return math.prod(np.shape(x)[i] for i in _axes(axis, np.ndim(x)))


def _all_but_last(axis, ndim):
    return sorted(_axes(axis, ndim)) == list(range(ndim - 1))


def _with_axes(reduced, x, axis, keepdims):
    """Put the axes that a reduction removed back, with length 1."""
    if keepdims:
        return reduced
    gone = _axes(axis, x.ndim)
    return ops.reshape(reduced, tuple(1 if i in gone else n for i, n in enumerate(x.shape)))
