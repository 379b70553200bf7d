"""Elementary functions, element by element."""

import math

import numpy as np

from minidl import ops
from minidl.autograd import primitive
from minidl.kernels import erf as kernels
from minidl.kernels.elementwise import apply
from minidl.ops.arithmetic import add, divide, multiply, negative
from minidl.ops.composing import composed
from minidl.runtime import checks


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
def log1p(x):
    """Return log(1 + x) for x > −1, exact for small x too."""
    return apply(np.log1p, x)


log1p.def_vjps(lambda g, y, x: divide(g, add(1, x)))


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


absolute.def_vjps(lambda g, y, x: multiply(g, sign(x)))


@composed
def square(x):
    """Return x · x."""
    return multiply(x, x)


@primitive
def erf(x):
    """Return the error function of x, 2/√π ∫₀ˣ exp(−t²) dt.

    >>> erf(np.array([0.0, np.inf]))
    array([0., 1.])
    """
    return kernels.erf(x)


erf.def_vjps(
    lambda g, y, x: multiply(g, multiply(2 / math.sqrt(math.pi), exp(negative(square(x)))))
)


@primitive
def sign(x):
    """Return −1, 0 or 1: the sign of x. It has no gradient, nor have those that follow."""
    return apply(np.sign, x)


@primitive
def floor(x):
    """Return the largest whole number that is not above x."""
    return apply(np.floor, x)


@primitive
def round(x, decimals=0):
    """Return x rounded to `decimals` places; halves go to the even neighbour, as in NumPy.

    >>> round(np.array([0.5, 1.5, 2.5]))
    array([0., 2., 2.])
    """
    return np.round(x, decimals)


@primitive
def isfinite(x):
    """Return whether x is a number, neither infinite nor NaN."""
    return np.isfinite(x)


@primitive
def astype(x, dtype):
    """Return x as numbers of another type; integers have no gradient.

    >>> astype(np.array([1.7]), "int64")
    array([1])
    """
    return np.asarray(x).astype(checks.dtype(dtype, "astype: dtype"))


astype.def_vjps(lambda g, y, x, dtype: ops.astype(g, x.dtype))
