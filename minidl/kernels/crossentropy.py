"""Cross-entropy of logits and class numbers: softmax, logarithm and choice in one pass."""

import numpy as np

from minidl.kernels.jit import jit, plain
from minidl.runtime import buffers, threads


def forward(logits, labels):
    """Return log Σ eˣ − x[label] for each row x of `logits` (rows, classes): (rows,).

    The labels are int64, and in 0 … classes − 1: that is not checked.
    """
    logits, labels = plain(logits), plain(labels)
    out = np.empty(len(logits), logits.dtype)
    zero = logits.dtype.type(0)
    threads.run(
        lambda start, stop: _forward(logits[start:stop], labels[start:stop], out[start:stop], zero),
        threads.tiles(len(logits), 16 * logits.shape[1]),
    )
    return out


def gradient(logits, labels, slope):
    """Return slope · (softmax(x) − one-hot(label)) for each row x: (rows, classes)."""
    logits, labels, slope = plain(logits), plain(labels), plain(slope)
    out = buffers.empty(logits.shape, logits.dtype)
    zero = logits.dtype.type(0)
    threads.run(
        lambda start, stop: _gradient(
            logits[start:stop], labels[start:stop], slope[start:stop], out[start:stop], zero
        ),
        threads.tiles(len(logits), 16 * logits.shape[1]),
    )
    return out


@jit
def _powers(row, into, zero):
    """Fill `into` with eˣ⁻ᵐ for the largest m of a row; return m and their sum."""
    largest = row[0]
    for c in range(len(row)):
        # A NaN is the largest from then on, as in NumPy.
        largest = largest if (largest >= row[c]) | (largest != largest) else row[c]
    total = zero
    for c in range(len(row)):
        into[c] = np.exp(row[c] - largest)
        total += into[c]
    return largest, total


@jit
def _forward(logits, labels, out, zero):
    powers = np.empty(logits.shape[1], logits.dtype)
    for i in range(len(logits)):
        largest, total = _powers(logits[i], powers, zero)
        out[i] = np.log(total) - (logits[i, labels[i]] - largest)


@jit
def _gradient(logits, labels, slope, out, zero):
    for i in range(len(logits)):
        _, total = _powers(logits[i], out[i], zero)
        share = slope[i] / total
        for c in range(logits.shape[1]):
            out[i, c] *= share
        out[i, labels[i]] -= slope[i]
