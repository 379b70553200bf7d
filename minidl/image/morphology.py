"""Shapes in images made thinner and thicker; tested by ``tests/image/test_morphology.py``.

A footprint says which pixels around each are looked at: odd height and width for a rectangle, or
an array (h, w) that is not 0 where they are. Pixels beyond the border are never looked at.
Colours are treated channel by channel.
"""

import numpy as np

from minidl.image.filters import odd_pair
from minidl.image.layout import on_images


@on_images
def erode(images, footprint=(3, 3)):
    """Return the least of the numbers under the footprint, for each pixel: bright shapes shrink.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    footprint : int, (int, int) or array (h, w)

    Returns
    -------
    Images of the same shape and dtype.

    >>> erode(np.array([[0, 9, 9, 9, 0]], np.uint8), (1, 3))
    array([[0, 0, 9, 0, 0]], dtype=uint8)
    """
    return _extreme(images, _footprint(footprint, "erode"), np.minimum)


@on_images
def dilate(images, footprint=(3, 3)):
    """Return the greatest of the numbers under the reflected footprint: bright shapes grow.

    Each bright pixel paints the footprint. OpenCV does not reflect it, which shows where it is
    not symmetric.

    >>> dilate(np.array([[0, 0, 9, 0, 0]], np.uint8), (1, 3))
    array([[0, 9, 9, 9, 0]], dtype=uint8)
    """
    return _extreme(images, _footprint(footprint, "dilate")[::-1, ::-1], np.maximum)


def opening(images, footprint=(3, 3)):
    """Return ``dilate(erode(images))``: bright shapes that the footprint does not fit in vanish.

    >>> opening(np.array([[0, 9, 0, 9, 9, 9, 0]], np.uint8), (1, 3))
    array([[0, 0, 0, 9, 9, 9, 0]], dtype=uint8)
    """
    return dilate(erode(images, footprint), footprint)


def closing(images, footprint=(3, 3)):
    """Return ``erode(dilate(images))``: dark gaps that the footprint does not fit in vanish.

    >>> closing(np.array([[9, 9, 0, 9, 9]], np.uint8), (1, 3))
    array([[9, 9, 9, 9, 9]], dtype=uint8)
    """
    return erode(dilate(images, footprint), footprint)


def _extreme(images, footprint, ufunc):
    """Return the extreme number under the footprint: one shifted image after the other."""
    height, width = images.shape[1:3]
    rows, columns = footprint.shape
    if footprint.all() and rows > 1 and columns > 1:  # a rectangle: rows first, then columns
        images = _extreme(images, footprint[:, :1], ufunc)
        return _extreme(images, footprint[:1], ufunc)
    (top, left), (below, right) = (rows // 2, columns // 2), (rows // 2, columns // 2)
    worst = _worst(images.dtype, ufunc)
    borders = ((0, 0), (top, below), (left, right), (0, 0))
    padded = np.pad(images, borders, constant_values=worst)
    out = np.full(images.shape, worst, images.dtype)
    for i, j in np.argwhere(footprint):
        ufunc(out, padded[:, i : i + height, j : j + width], out=out)
    return out


def _worst(dtype, ufunc):
    """Return the number that wins against none."""
    if dtype == np.uint8:
        return 255 if ufunc is np.minimum else 0
    return np.inf if ufunc is np.minimum else -np.inf


def _footprint(given, name):
    """Return the footprint as an array of booleans, with odd sides and a pixel in it."""
    array = np.asarray(given)
    if array.ndim < 2:
        return np.ones(odd_pair(given, f"{name}: footprint"), bool)
    if array.ndim > 2 or array.dtype.kind not in "fiub":
        raise ValueError(
            f"{name}: footprint needs whole numbers, height and width, or an array (h, w), "
            f"got {array.dtype} of shape {array.shape}"
        )
    odd_pair(array.shape, f"{name}: the footprint's shape")
    if not array.any():
        raise ValueError(f"{name}: footprint needs at least one pixel that is not 0")
    return array.astype(bool)
