"""Arithmetic and comparisons, element by element, broadcast as NumPy does."""

import numpy as np

from minidl import ops
from minidl.autograd import primitive
from minidl.kernels.elementwise import apply
from minidl.ops.composing import composed


def unbroadcast(g, like):
    """Sum a gradient over the axes along which `like` was broadcast: back to its shape."""
    shape = np.shape(like)
    if g.shape == shape:
        return g
    extra = g.ndim - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1))
    return ops.reshape(ops.sum(g, axis=axes), shape)


@primitive
def add(x, y):
    """Return x + y.

    >>> add(np.array([1.0, 2.0]), 1)
    array([2., 3.])
    """
    return apply(np.add, x, y)


add.def_vjps(
    lambda g, z, x, y: unbroadcast(g, x),
    lambda g, z, x, y: unbroadcast(g, y),
)


@primitive
def subtract(x, y):
    """Return x − y."""
    return apply(np.subtract, x, y)


subtract.def_vjps(
    lambda g, z, x, y: unbroadcast(g, x),
    lambda g, z, x, y: unbroadcast(negative(g), y),
)


@primitive
def multiply(x, y):
    """Return x · y, element by element."""
    return apply(np.multiply, x, y)


multiply.def_vjps(
    lambda g, z, x, y: unbroadcast(multiply(g, y), x),
    lambda g, z, x, y: unbroadcast(multiply(g, x), y),
)


@primitive
def divide(x, y):
    """Return x / y."""
    return apply(np.divide, x, y)


divide.def_vjps(
    lambda g, z, x, y: unbroadcast(divide(g, y), x),
    lambda g, z, x, y: unbroadcast(negative(divide(multiply(g, z), y)), y),
)


@primitive
def power(x, y):
    """Return x to the power y. The gradient by y is taken as 0 where x = 0."""
    return apply(np.power, x, y)


power.def_vjps(
    lambda g, z, x, y: unbroadcast(multiply(g, multiply(y, power(x, _less_one(y)))), x),
    lambda g, z, x, y: unbroadcast(multiply(g, multiply(z, ops.log(_positive(x)))), y),
)


def _less_one(exponent):
    """Return y − 1, but 0 where y = 0: there the slope is 0 even at x = 0, not 0 · ∞."""
    if isinstance(exponent, int | float):
        return exponent - 1 if exponent else exponent
    return where(equal(exponent, 0), 0, subtract(exponent, 1))


def _positive(x):
    """Return x, but 1 where x = 0, where log(x) · 0 would be NaN."""
    return where(equal(x, 0), 1.0, x)


@primitive
def negative(x):
    """Return −x."""
    return apply(np.negative, x)


negative.def_vjps(lambda g, y, x: negative(g))


@primitive
def maximum(x, y):
    """Return the larger of x and y. Where they are equal, each gets half the gradient."""
    return apply(np.maximum, x, y)


maximum.def_vjps(
    lambda g, z, x, y: unbroadcast(multiply(g, _share(x, y)), x),
    lambda g, z, x, y: unbroadcast(multiply(g, _share(y, x)), y),
)


@primitive
def minimum(x, y):
    """Return the smaller of x and y. Where they are equal, each gets half the gradient."""
    return apply(np.minimum, x, y)


minimum.def_vjps(
    lambda g, z, x, y: unbroadcast(multiply(g, _share(y, x)), x),
    lambda g, z, x, y: unbroadcast(multiply(g, _share(x, y)), y),
)


def _share(winner, other):
    """Return 1 where `winner` is larger, 1/2 where they are equal, else 0."""
    return add(multiply(0.5, greater(winner, other)), multiply(0.5, greater_equal(winner, other)))


@composed
def clip(x, x_min, x_max):
    """Return x held between x_min and x_max; the slope is 0 outside.

    >>> clip(np.array([-2.0, 0.5, 7.0]), 0, 1)
    array([0. , 0.5, 1. ])
    """
    return minimum(maximum(x, x_min), x_max)


@primitive
def where(condition, x, y):
    """Return x where `condition` holds, y elsewhere."""
    return np.where(condition, x, y)


where.def_vjps(
    None,
    lambda g, z, condition, x, y: unbroadcast(where(condition, g, _zeros(g)), x),
    lambda g, z, condition, x, y: unbroadcast(where(condition, _zeros(g), g), y),
)


def _zeros(g):
    return np.zeros((), g.dtype)


@primitive
def equal(x, y):
    """Return whether x = y, element by element. Comparisons have no gradient."""
    return np.equal(x, y)


@primitive
def not_equal(x, y):
    """Return whether x ≠ y."""
    return np.not_equal(x, y)


@primitive
def less(x, y):
    """Return whether x < y."""
    return np.less(x, y)


@primitive
def less_equal(x, y):
    """Return whether x ≤ y."""
    return np.less_equal(x, y)


@primitive
def greater(x, y):
    """Return whether x > y."""
    return np.greater(x, y)


@primitive
def greater_equal(x, y):
    """Return whether x ≥ y."""
    return np.greater_equal(x, y)
