"""Masks as run lengths, COCO's packed form of them, and polygons as masks.

NumPy only; tested by ``tests/data/annotations/test_runs.py``.
"""

import numpy as np


def encode(pixels):
    """Return the lengths of the runs of False and True, in turn, column by column.

    >>> encode(np.array([[True, False], [True, True]]))
    (0, 2, 1, 1)
    """
    flat = pixels.ravel(order="F")
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    counts = np.diff([0, *changes, len(flat)]).tolist()
    return (0, *counts) if flat[0] else tuple(counts)


def decode(counts, height, width):
    """Return what `encode` was given, bool (H, W)."""
    inside = np.arange(len(counts)) % 2 == 1
    return np.repeat(inside, counts).reshape((height, width), order="F")


def unpack(text):
    """Return the run lengths in COCO's compressed text.

    Each number is written in groups of five bits, the lowest first, as characters from "0" on;
    the sixth bit says that more follow. From the fourth on, it is the difference to the count
    two before (``rleFrString`` of pycocotools).

    >>> unpack("12o0")
    (1, 2, 31)
    """
    counts, value, shift = [], 0, 0
    for character in text:
        code = ord(character) - 48
        if not 0 <= code < 64:
            raise ValueError(f"{character!r} does not belong into packed run lengths")
        value |= (code & 31) << shift
        shift += 5
        if code & 32:
            continue
        if code & 16:  # the sign
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value, shift = 0, 0
    if shift:
        raise ValueError("packed run lengths end in the middle of a number")
    return tuple(counts)


def rasterize(corners, height, width):
    """Return the pixels whose centre lies inside a polygon, bool (H, W): the even-odd rule.

    Parameters
    ----------
    corners : array (n, 2)
        x and y; the last is joined to the first.

    >>> rasterize(np.array([[0, 0], [2, 0], [2, 1], [0, 1]]), 2, 3).astype(int)
    array([[1, 1, 0],
           [0, 0, 0]])
    """
    crossed = np.zeros((height, width + 1), np.int64)
    centers = np.arange(height) + 0.5
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        rows = np.flatnonzero((min(y0, y1) <= centers) & (centers < max(y0, y1)))
        x = x0 + (centers[rows] - y0) * (x1 - x0) / (y1 - y0)
        # The first pixel whose centre is not left of the edge, and all to its right.
        first = np.clip(np.ceil(x - 0.5), 0, width).astype(int)
        crossed[rows, first] += 1
    return np.cumsum(crossed[:, :width], axis=1) % 2 == 1
