"""Dropout."""

import numpy as np

from minidl.ops.arithmetic import multiply
from minidl.ops.composing import composed
from minidl.ops.windows import check_float
from minidl.runtime import buffers, checks, random


@composed
def dropout(x, rate, rng=None):
    """Set each number of x to 0 with probability `rate`, and scale the rest by 1 / (1 − rate).

    The expectation stays the same, so nothing has to be scaled when the model is used.

    Parameters
    ----------
    x : float32 or float64 array or Tensor of any shape
    rate : float in [0, 1)
    rng : numpy.random.Generator, optional
        Where the random numbers come from; minidl's own, set by `set_random_seed`, if not
        given.

    >>> dropout(np.ones(4, np.float32), 0.0)
    array([1., 1., 1., 1.], dtype=float32)
    """
    x = check_float("dropout", x, "x")
    rate = checks.real(rate, "dropout: rate", 0, 1)
    if rate == 1:
        raise ValueError("dropout: rate needs a number in [0, 1): with 1 nothing would be left")
    if rate == 0:
        return x
    rng = random.generator() if rng is None else rng
    kept = rng.random(np.shape(x), np.float32) >= rate
    scale = buffers.empty(kept.shape, x.dtype)
    np.multiply(kept, x.dtype.type(1 / (1 - rate)), out=scale)
    return multiply(x, scale)
