"""Activation functions as operations; `minidl.activations` finds them by name."""

import numpy as np

from minidl import ops
from minidl.autograd import primitive
from minidl.kernels import elementwise
from minidl.ops.arithmetic import greater, multiply, subtract
from minidl.ops.elementary import exp


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
    small = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1, small) / (1 + small)


sigmoid.def_vjps(lambda g, y, x: multiply(g, multiply(y, subtract(1, y))))


@primitive
def tanh(x):
    """Return the hyperbolic tangent of x."""
    return elementwise.apply(np.tanh, x)


tanh.def_vjps(lambda g, y, x: multiply(g, subtract(1, multiply(y, y))))


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
