"""NumPy's own loops over large arrays, split over the pool of threads, into buffers.

NumPy's universal functions already run at the speed of memory and release the global
lock; what they lack is a second core and memory that is used again.
"""

import numpy as np

from minidl.kernels.jit import jit, plain
from minidl.runtime import blas, buffers, threads

#: Fewer elements than this are left to NumPy.
LARGE = 32 * 1024
#: NumPy's inner loop should run at least this long, to be worth starting.
RUN = 1024
#: Elements of a block that stays in the innermost caches, with what is computed from it.
BLOCK = 8 * 1024


def apply(ufunc, *operands):
    """Return ``ufunc(*operands)``: numbers and arrays, broadcast as NumPy does."""
    arrays = [a for a in operands if isinstance(a, np.ndarray) and a.ndim]
    largest = max(arrays, key=lambda a: a.size, default=None)
    if (
        largest is None
        or largest.size < LARGE
        or largest.dtype.kind != "f"
        or not all(_fits(a, largest) for a in operands)
    ):
        return ufunc(*operands)
    out = buffers.empty(largest.shape, largest.dtype)
    operands = [_spell_out(a, largest) if isinstance(a, np.ndarray) else a for a in operands]

    def tile(start, stop):
        ufunc(*(_slice(a, largest, start, stop) for a in operands), out=out[start:stop])

    threads.run(tile, threads.tiles(len(out), out.size / len(out)))
    return out


def blockwise(function, x):
    """Return ``function(x)``, a chain of NumPy's loops over each element: block by block.

    What lies between the steps of the chain then never leaves the cache.
    """
    x = np.asarray(x)
    if x.size < LARGE or x.dtype.kind != "f":
        return function(x)
    x = plain(x)
    out = buffers.empty(x.shape, x.dtype)
    source, target = x.reshape(-1), out.reshape(-1)

    def tile(start, stop):
        for i in range(start, stop, BLOCK):
            block = slice(i, min(i + BLOCK, stop))
            target[block] = function(source[block])

    threads.run(tile, threads.tiles(x.size))
    return out


def add_bias(rows, bias, relu):
    """Add `bias` (columns,) to `rows` in place; with `relu`, set negative numbers to 0."""

    def tile(start, stop):
        part = rows[start:stop]
        np.add(part, bias, out=part)
        if relu:
            np.maximum(part, 0, out=part)

    threads.run(tile, threads.tiles(len(rows), 2 * len(bias)))


def relu_backward(gradient, output):
    """Return `gradient` where `output` is positive, else 0: one pass."""
    gradient, output = plain(gradient), plain(output)
    out = buffers.empty(output.shape, gradient.dtype)
    flat = gradient.reshape(-1), output.reshape(-1), out.reshape(-1)
    zero = out.dtype.type(0)
    threads.run(
        lambda start, stop: _relu_backward(*(a[start:stop] for a in flat), zero),
        threads.tiles(out.size),
    )
    return out


def scale_negative(values, x, slope):
    """Return `values` where `x` is positive, else `slope` · values: leaky ReLU and its slope."""
    values, x = plain(values), plain(x)
    out = buffers.empty(x.shape, values.dtype)
    flat = values.reshape(-1), x.reshape(-1), out.reshape(-1)
    slope, zero = values.dtype.type(slope), x.dtype.type(0)
    threads.run(
        lambda start, stop: _scale_negative(*(a[start:stop] for a in flat), slope, zero),
        threads.tiles(out.size),
    )
    return out


def sum_rows(x):
    """Sum `x` (rows, columns) over its rows: partial sums by tile, added in tile order.

    A product with a row of ones: BLAS reads the matrix once, at the speed of memory.
    """
    bounds = threads.tiles(len(x), x.shape[1])
    if len(bounds) == 1:
        return np.add.reduce(x, axis=0)
    parts = np.empty((len(bounds), x.shape[1]), x.dtype)
    ones = np.ones(max(stop - start for start, stop in bounds), x.dtype)
    with blas.single_threaded():
        threads.run(
            lambda tile, start, stop: np.matmul(
                ones[: stop - start], x[start:stop], out=parts[tile]
            ),
            [(tile, *bound) for tile, bound in enumerate(bounds)],
        )
    return parts.sum(axis=0)


def _fits(operand, largest):
    """Whether an operand broadcasts to the largest without changing its dtype or shape."""
    if isinstance(operand, np.ndarray | np.generic):  # NumPy's float64 is Python's float too
        if operand.dtype != largest.dtype or operand.ndim > largest.ndim:
            return False
        ends = zip(operand.shape[::-1], largest.shape[::-1], strict=False)
        return all(n in (1, m) for n, m in ends)
    return isinstance(operand, int | float)


def _spell_out(operand, largest):
    """Repeat a short row (a bias) along the axes before it, until NumPy's loop is long."""
    ndim = operand.ndim
    while 0 < operand.size < RUN and ndim < largest.ndim - 1:
        ndim += 1
        operand = np.broadcast_to(operand, largest.shape[-ndim:])
    return np.ascontiguousarray(operand)


def _slice(operand, largest, start, stop):
    if isinstance(operand, np.ndarray) and operand.ndim == largest.ndim and len(operand) > 1:
        return operand[start:stop]
    return operand


@jit
def _relu_backward(gradient, output, out, zero):
    for i in range(out.size):
        slope_one = gradient[i]
        out[i] = slope_one if output[i] > zero else zero


@jit
def _scale_negative(values, x, out, slope, zero):
    for i in range(out.size):
        scaled = values[i] * slope
        out[i] = values[i] if x[i] > zero else scaled
