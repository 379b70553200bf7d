"""Batch normalisation of rows (N, C), channel by channel, in as few passes as can be.

Sums run over tiles of rows, in runs of `RUN` rows of the arrays' precision that are added in
double precision: they do not depend on the number of threads, and lose no digits with many rows.
"""

import numpy as np

from minidl.kernels.elementwise import sum_rows
from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads

RUN = 64


def moments(x):
    """Return mean and variance of each column of `x` (N, C): two arrays (C,)."""
    x = plain(x)
    guess = sum_rows(x) / x.dtype.type(len(x))
    # The mean but for rounding. From the sums of x − guess, the rest follows without loss.
    missed, squares = _sums(_deviations, x, x, guess) / len(x)
    return (guess + missed).astype(x.dtype), (squares - missed**2).astype(x.dtype)


def forward(x, mean, scale, shift):
    """Return ``(x − mean) · scale + shift`` for `x` (N, C)."""
    x = plain(x)
    out = buffers.empty(x.shape, x.dtype)
    threads.run(
        lambda start, stop: _forward(x[start:stop], mean, scale, shift, out[start:stop]),
        threads.tiles(len(x), 2 * x.shape[1]),
    )
    return out


def gradients(g, x, mean, deviation, gamma):
    """Return the gradients of batch normalisation by x, γ and β, given `g` by its output.

    With n rows and x̂ = (x − mean) / deviation: by β it is Σ g, by γ Σ g · x̂, and by x
    γ / deviation · (g − Σ g / n − x̂ · Σ (g · x̂) / n).
    """
    g, x = plain(g), plain(x)
    by_beta, products = _sums(_products, g, x, mean)
    by_gamma = products / deviation
    rates = [gamma / deviation, by_beta / len(x), by_gamma / deviation / len(x)]
    rates = [rate.astype(x.dtype) for rate in rates]
    out = buffers.empty(x.shape, x.dtype)
    threads.run(
        lambda start, stop: _backward(g[start:stop], x[start:stop], mean, *rates, out[start:stop]),
        threads.tiles(len(x), 3 * x.shape[1]),
    )
    return out, by_gamma.astype(x.dtype), by_beta.astype(x.dtype)


def _sums(run, g, x, mean):
    """Return what `run` sums up over the rows: (2, C) float64."""
    bounds = threads.tiles(len(x), 2 * x.shape[1])
    parts = np.zeros((len(bounds), 2, x.shape[1]))

    def task(tile, start, stop):
        run(g[start:stop], x[start:stop], mean, parts[tile])

    threads.run(task, [(tile, *bound) for tile, bound in enumerate(bounds)])
    return parts.sum(axis=0)


@jit
def _products(g, x, mean, sums):
    """Add Σ g and Σ g · (x − mean) to `sums`."""
    part = np.zeros((2, x.shape[1]), x.dtype)
    for first in range(0, len(x), RUN):
        part[:] = 0
        for i in range(first, min(first + RUN, len(x))):
            for c in range(x.shape[1]):
                part[0, c] += g[i, c]
                part[1, c] += g[i, c] * (x[i, c] - mean[c])
        sums += part


@jit
def _deviations(_, x, mean, sums):
    """Add Σ (x − mean) and Σ (x − mean)² to `sums`."""
    part = np.zeros((2, x.shape[1]), x.dtype)
    for first in range(0, len(x), RUN):
        part[:] = 0
        for i in range(first, min(first + RUN, len(x))):
            for c in range(x.shape[1]):
                d = x[i, c] - mean[c]
                part[0, c] += d
                part[1, c] += d * d
        sums += part


@jit
def _forward(x, mean, scale, shift, out):
    for i in range(len(x)):
        for c in range(x.shape[1]):
            out[i, c] = (x[i, c] - mean[c]) * scale[c] + shift[c]


@jit
def _backward(g, x, mean, rate, by_shift, by_scale, out):
    for i in range(len(x)):
        for c in range(x.shape[1]):
            d = (x[i, c] - mean[c]) * by_scale[c]
            out[i, c] = rate[c] * (g[i, c] - by_shift[c] - d)
