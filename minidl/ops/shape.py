"""Shapes and the order of axes: operations that leave the numbers as they are."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from minidl.autograd import primitive
from minidl.ops.arithmetic import unbroadcast
from minidl.ops.composing import composed
from minidl.runtime import checks


@primitive
def reshape(x, newshape):
    """Return the same numbers, in order, with another shape; −1 stands for what is left.

    >>> reshape(np.arange(6), (2, -1)).shape
    (2, 3)
    """
    return np.reshape(x, newshape)


reshape.def_vjps(lambda g, y, x, newshape: reshape(g, x.shape))


@primitive
def transpose(x, axes=None):
    """Return x with its axes in another order: reversed, if `axes` is not given."""
    return np.transpose(x, axes)


transpose.def_vjps(
    lambda g, y, x, axes=None: transpose(
        g, None if axes is None else np.argsort(np.mod(axes, x.ndim))
    )
)


@primitive
def expand_dims(x, axis):
    """Return x with an axis of length 1 put in at `axis`."""
    return np.expand_dims(x, axis)


expand_dims.def_vjps(lambda g, y, x, axis: reshape(g, x.shape))


@primitive
def squeeze(x, axis=None):
    """Return x without its axes of length 1, or without those in `axis`."""
    return np.squeeze(x, axis)


squeeze.def_vjps(lambda g, y, x, axis=None: reshape(g, x.shape))


@primitive
def broadcast_to(x, shape):
    """Return x repeated along new axes, and along those of length 1: a view, not to be written."""
    return np.broadcast_to(x, shape)


broadcast_to.def_vjps(lambda g, y, x, shape: unbroadcast(g, x))


@composed
def moveaxis(x, source, destination):
    """Return x with the axes in `source` at the places in `destination`, the rest in order.

    >>> moveaxis(np.ones((2, 3, 4)), 0, -1).shape
    (3, 4, 2)
    """
    axes = np.arange(np.ndim(x))
    source, destination = (normalize_axis_tuple(a, len(axes)) for a in (source, destination))
    if len(source) != len(destination):
        raise ValueError("source and destination need as many axes as each other")
    rest = iter([a for a in axes.tolist() if a not in source])
    moved = dict(zip(destination, source, strict=True))
    return transpose(x, [moved[a] if a in moved else next(rest) for a in axes.tolist()])


@primitive
def full_like(x, fill_value, dtype=None):
    """Return an array of x's shape and dtype, or of another dtype, of one number.

    >>> full_like(np.ones(2), 7)
    array([7., 7.])
    """
    dtype = _dtype_like(x, dtype, "full_like: dtype")
    if dtype.kind != "f" and np.asarray(fill_value).dtype.kind == "f":
        raise TypeError(f"fill_value needs a whole number for {dtype}, got {fill_value!r}")
    return np.full_like(x, fill_value, dtype=dtype)


@primitive
def ones_like(x, dtype=None):
    """Return ones of x's shape and dtype, or of another dtype."""
    return np.ones_like(x, dtype=_dtype_like(x, dtype, "ones_like: dtype"))


@primitive
def zeros_like(x, dtype=None):
    """Return zeros of x's shape and dtype, or of another dtype."""
    return np.zeros_like(x, dtype=_dtype_like(x, dtype, "zeros_like: dtype"))


def _dtype_like(x, dtype, what):
    return np.asarray(x).dtype if dtype is None else checks.dtype(dtype, what)
