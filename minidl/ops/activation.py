"""Activation functions as operations; `minidl.activations` finds them by name."""

import math

import numpy as np

from minidl import ops
from minidl.autograd import primitive
from minidl.kernels import elementwise
from minidl.kernels import erf as kernels
from minidl.ops.arithmetic import add, greater, minimum, multiply, negative, subtract, where
from minidl.ops.composing import composed
from minidl.ops.elementary import exp
from minidl.runtime import checks


@primitive
def relu(x):
    """Return max(x, 0), the rectified linear unit; the slope at 0 is taken as 0.

    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return elementwise.apply(np.maximum, x, 0)


relu.def_vjps(
    lambda g, y, x: multiply(g, greater(x, 0)),
    fast={0: lambda g, y, x: elementwise.relu_backward(g, y)},
)


@primitive
def sigmoid(x):
    """Return 1 / (1 + e⁻ˣ), without overflow for any x.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return elementwise.blockwise(_sigmoid, x)


def _sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1, small) / (1 + small)


sigmoid.def_vjps(lambda g, y, x: multiply(g, multiply(y, subtract(1, y))))


@primitive
def tanh(x):
    """Return the hyperbolic tangent of x."""
    return elementwise.apply(np.tanh, x)


tanh.def_vjps(lambda g, y, x: multiply(g, subtract(1, multiply(y, y))))


@primitive
def leaky_relu(x, negative_slope=0.2):
    """Return x where it is positive, else `negative_slope` · x; that is its slope at 0 too.

    >>> leaky_relu(np.array([-1.0, 2.0]))
    array([-0.2,  2. ])
    """
    slope = checks.real(negative_slope, "leaky_relu: negative_slope")
    x = np.asarray(x)
    if x.dtype.kind != "f":
        return np.where(np.greater(x, 0), x, slope * x)
    return elementwise.scale_negative(x, x, slope)


leaky_relu.def_vjps(
    lambda g, y, x, negative_slope=0.2: where(greater(x, 0), g, multiply(negative_slope, g)),
    fast={0: lambda g, y, x, negative_slope=0.2: elementwise.scale_negative(g, x, negative_slope)},
)


@primitive
def elu(x, alpha=1.0):
    """Return x where it is positive, else α (eˣ − 1): the exponential linear unit.

    Clevert, Unterthiner and Hochreiter, *Fast and accurate deep network learning by
    exponential linear units*, 2016.
    """
    alpha = checks.real(alpha, "elu: alpha")
    return elementwise.blockwise(
        lambda x: np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0))), x
    )


elu.def_vjps(
    lambda g, y, x, alpha=1.0: multiply(
        g, where(greater(x, 0), 1, multiply(alpha, exp(minimum(x, 0))))
    )
)


@composed
def selu(x):
    """Return λ · elu(x, α), with the λ and α that keep mean 0 and variance 1 from layer to layer.

    Klambauer, Unterthiner, Mayr and Hochreiter, *Self-normalizing neural networks*, 2017.
    """
    return multiply(1.0507009873554805, elu(x, 1.6732632423543772))


@composed
def silu(x):
    """Return x · sigmoid(x), also known as swish."""
    return multiply(x, sigmoid(x))


@primitive
def softplus(x):
    """Return log(1 + eˣ), a smooth relu, without overflow for any x.

    >>> softplus(np.array([0.0, 1000.0]))
    array([6.93147181e-01, 1.00000000e+03])
    """
    return elementwise.blockwise(lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), x)


softplus.def_vjps(lambda g, y, x: multiply(g, sigmoid(x)))


@composed
def gelu(x, approximate=True):
    """Return x · Φ(x), with the distribution function Φ of the standard normal distribution.

    Hendrycks and Gimpel, *Gaussian error linear units*, 2016. With `approximate`, as in
    `keras.ops`, Φ(x) ≈ (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.
    """
    if not approximate:
        return multiply(x, _normal_distribution(x))
    cubic = multiply(x, add(1.0, multiply(0.044715, multiply(x, x))))
    return multiply(multiply(0.5, x), add(1.0, tanh(multiply(math.sqrt(2 / math.pi), cubic))))


@primitive
def _normal_distribution(x):
    return kernels.normal_distribution(x)


_normal_distribution.def_vjps(
    lambda g, y, x: multiply(
        g, multiply(1 / math.sqrt(2 * math.pi), exp(negative(multiply(0.5, multiply(x, x)))))
    )
)


@primitive
def softmax(x, axis=-1):
    """Return eˣ / Σ eˣ along `axis`: positive numbers that add up to 1.

    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    powers = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


softmax.def_vjps(
    lambda g, y, x, axis=-1: multiply(
        y, subtract(g, ops.sum(multiply(g, y), axis=axis, keepdims=True))
    )
)


@primitive
def log_softmax(x, axis=-1):
    """Return log(softmax(x)) = x − log Σ eˣ along `axis`, without losing digits."""
    x = x - np.max(x, axis=axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=axis, keepdims=True))


log_softmax.def_vjps(
    lambda g, y, x, axis=-1: subtract(g, multiply(exp(y), ops.sum(g, axis=axis, keepdims=True)))
)
