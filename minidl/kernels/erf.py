"""The error function and the normal distribution: NumPy has neither, the C library has.

`math.erf` and `math.erfc` are right to the last digits in float64; float32 is computed in
float64 and rounded once.
"""

import math

import numpy as np

from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads

#: Elementary operations that one value costs.
WORK = 16


def erf(x):
    """Return the error function of `x`, element by element: float64, or float32 for float32."""
    return _each(_erf, x)


def normal_distribution(x):
    """Return Φ(x) = erfc(−x / √2) / 2, which keeps its digits far below 0."""
    return _each(_normal_distribution, x)


def _each(kernel, x):
    x = np.asarray(x)
    if x.dtype not in (np.float32, np.float64):
        return _each(kernel, x.astype(np.result_type(x.dtype, np.float32)))
    x = plain(x)
    out = buffers.empty(x.shape, x.dtype)
    source, target = x.reshape(-1), out.reshape(-1)
    threads.run(
        lambda start, stop: kernel(source[start:stop], target[start:stop]),
        threads.tiles(x.size, WORK),
    )
    return out


@jit
def _erf(x, out):
    for i in range(out.size):
        out[i] = math.erf(np.float64(x[i]))


@jit
def _normal_distribution(x, out):
    for i in range(out.size):
        out[i] = 0.5 * math.erfc(-np.float64(x[i]) * 0.7071067811865476)
