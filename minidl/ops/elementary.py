"""Elementary functions, element by element."""

import numpy as np

from minidl import ops
from minidl.autograd import primitive
from minidl.kernels.elementwise import apply
from minidl.ops.arithmetic import divide, greater, less, multiply, negative, subtract


@primitive
def exp(x):
    """Return e to the power x."""
    return apply(np.exp, x)


exp.def_vjps(lambda g, y, x: multiply(g, y))


@primitive
def log(x):
    """Return the natural logarithm of x > 0."""
    return apply(np.log, x)


log.def_vjps(lambda g, y, x: divide(g, x))


@primitive
def sqrt(x):
    """Return the square root of x ≥ 0."""
    return apply(np.sqrt, x)


sqrt.def_vjps(lambda g, y, x: divide(g, multiply(2.0, y)))


@primitive
def sin(x):
    """Return the sine of x, in radians."""
    return apply(np.sin, x)


sin.def_vjps(lambda g, y, x: multiply(g, cos(x)))


@primitive
def cos(x):
    """Return the cosine of x, in radians."""
    return apply(np.cos, x)


cos.def_vjps(lambda g, y, x: negative(multiply(g, sin(x))))


@primitive
def absolute(x):
    """Return the absolute value of x; the slope at 0 is taken as 0."""
    return apply(np.absolute, x)


absolute.def_vjps(lambda g, y, x: multiply(g, _sign(x)))


def _sign(x):
    """Return −1, 0 or 1, as a constant."""
    return subtract(multiply(1.0, greater(x, 0)), multiply(1.0, less(x, 0)))


def square(x):
    """Return x · x."""
    return multiply(x, x)


@primitive
def astype(x, dtype):
    """Return x as numbers of another type; integers have no gradient.

    >>> astype(np.array([1.7]), "int64")
    array([1])
    """
    return np.asarray(x).astype(dtype)


astype.def_vjps(lambda g, y, x, dtype: ops.astype(g, x.dtype))
