"""Normalization: numbers brought to mean 0 and variance 1, then scaled and shifted.

All three compute ``(x − mean) / √(variance + ε) · gamma + beta``, with ε inside the root;
they differ in which numbers share a mean. Source: Ioffe and Szegedy, *Batch
normalization*, 2015; Ba, Kiros and Hinton, *Layer normalization*, 2016; Wu and He, *Group
normalization*, 2018.
"""

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from minidl import ops
from minidl.ops.arithmetic import add, divide, multiply, subtract
from minidl.ops.composing import composed
from minidl.ops.elementary import sqrt, square
from minidl.ops.windows import check_float
from minidl.runtime import checks


@composed
def batch_norm(x, mean, variance, gamma=None, beta=None, axis=-1, epsilon=1e-3):
    """Normalize x with a mean and a variance for each channel.

    Parameters
    ----------
    x : (…, C) float32 or float64
    mean, variance : (C,)
        Of the batch while a model learns (``mean(x, axis=(0, 1, 2))``), a running average
        when it is used; ``variance ≥ 0``.
    gamma, beta : (C,), optional
        Scale and shift of each channel.
    axis : int
        Where the channels are.
    epsilon : float
        Added to the variance, inside the root.

    Returns
    -------
    An array of x's shape.

    >>> batch_norm(np.array([[1.0], [3.0]]), np.array([2.0]), np.array([1.0]), epsilon=0)
    array([[-1.],
           [ 1.]])
    """
    x = check_float("batch_norm", x, "x")
    axis = checks.axis(axis, x.ndim, "batch_norm: axis")
    shape = [n if i == axis else 1 for i, n in enumerate(x.shape)]
    mean = _weights("batch_norm", "mean", mean, (x.shape[axis],), shape)
    variance = _weights("batch_norm", "variance", variance, (x.shape[axis],), shape)
    gamma = _weights("batch_norm", "gamma", gamma, (x.shape[axis],), shape)
    beta = _weights("batch_norm", "beta", beta, (x.shape[axis],), shape)
    return _normalize("batch_norm", x, mean, variance, gamma, beta, epsilon)


@composed
def layer_norm(x, gamma=None, beta=None, axis=-1, epsilon=1e-3):
    """Normalize x with the mean and variance over `axis`, for each place of the other axes.

    Parameters
    ----------
    x : float32 or float64 array or Tensor
    gamma, beta : optional
        Scale and shift, of the lengths of x along `axis`.
    axis : int or tuple of int
    epsilon : float
        Added to the variance, inside the root.

    >>> layer_norm(np.array([[1.0, 3.0], [10.0, 30.0]]), epsilon=0)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    x = check_float("layer_norm", x, "x")
    axes = tuple(sorted(normalize_axis_tuple(axis, x.ndim)))
    lengths = tuple(x.shape[i] for i in axes)
    shape = [n if i in axes else 1 for i, n in enumerate(x.shape)]
    gamma = _weights("layer_norm", "gamma", gamma, lengths, shape)
    beta = _weights("layer_norm", "beta", beta, lengths, shape)
    mean, variance = ops.mean(x, axes, True), ops.var(x, axes, True)
    return _normalize("layer_norm", x, mean, variance, gamma, beta, epsilon)


@composed
def group_norm(x, groups, gamma=None, beta=None, epsilon=1e-3):
    """Normalize each group of channels of each image with its own mean and variance.

    Parameters
    ----------
    x : (N, …, C) float32 or float64
    groups : int
        Runs of C / groups channels that share a mean: 1 for all, C for each its own.
    gamma, beta : (C,), optional
        Scale and shift of each channel.
    epsilon : float
        Added to the variance, inside the root.
    """
    x = check_float("group_norm", x, "x")
    groups = checks.integer(groups, "group_norm: groups")
    if x.ndim < 2 or x.shape[-1] % groups:
        raise ValueError(
            f"group_norm: x needs shape (N, …, C) with C divisible by {groups}, got {x.shape}"
        )
    channels = x.shape[-1]
    shape = (*x.shape[:-1], groups, channels // groups)
    gamma = _weights("group_norm", "gamma", gamma, (channels,), shape[-2:])
    beta = _weights("group_norm", "beta", beta, (channels,), shape[-2:])
    parts = ops.reshape(x, shape)
    mean = _group_mean(parts)
    variance = _group_mean(square(subtract(parts, mean)))
    return ops.reshape(
        _normalize("group_norm", parts, mean, variance, gamma, beta, epsilon), x.shape
    )


def _group_mean(parts):
    """Average over all but the first axis and the groups: the places first, which is quicker."""
    places = tuple(range(1, parts.ndim - 2))
    return ops.mean(ops.mean(parts, places, True) if places else parts, -1, True)


def _normalize(name, x, mean, variance, gamma, beta, epsilon):
    deviation = sqrt(add(variance, checks.real(epsilon, f"{name}: epsilon", 0)))
    y = multiply(
        subtract(x, mean), divide(1.0, deviation) if gamma is None else divide(gamma, deviation)
    )
    return y if beta is None else add(y, beta)


def _weights(name, what, weights, needed, shape):
    """Return weights in a shape that broadcasts, once they have the lengths that x needs."""
    if weights is None:
        return None
    if np.shape(weights) != needed:
        raise ValueError(f"{name}: {what} needs shape {needed}, got {np.shape(weights)}")
    return ops.reshape(check_float(name, weights, what), shape)
