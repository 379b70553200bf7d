"""Images of another size.

Pixels are squares, and their values stand at the centres: output row i of m shows the
place ``(i + ½) · n / m − ½`` of n rows ("half-pixel centres": Keras, and PyTorch with
``align_corners=False``). Nothing is blurred first: shrink by more than 2 with a pooling.
"""

import functools

import numpy as np

from minidl.autograd import Tensor, primitive
from minidl.kernels import resize as kernels
from minidl.ops.composing import composed
from minidl.ops.indexing import take
from minidl.ops.windows import check_images
from minidl.runtime import checks

INTERPOLATIONS = ("nearest", "bilinear")


@composed
def resize(x, size, interpolation="bilinear"):
    """Return the images in another size.

    Parameters
    ----------
    x : (N, H, W, C) float32 or float64
    size : int or (int, int)
        The height and width that come out.
    interpolation : "bilinear" or "nearest"
        A weighted mean of the four nearest pixels, those at the border going on beyond it;
        or the pixel that the centre lies in, the next one if it lies on an edge.

    Returns
    -------
    (N, *size, C), of x's dtype.

    >>> image = np.array([0.0, 4.0]).reshape(1, 1, 2, 1)
    >>> resize(image, (1, 4)).ravel()
    array([0., 1., 3., 4.])
    >>> resize(image, (1, 4), "nearest").ravel()
    array([0., 0., 4., 4.])
    """
    if not isinstance(interpolation, str) or interpolation not in INTERPOLATIONS:
        raise checks.unknown_name("interpolation", interpolation, INTERPOLATIONS)
    x = x if isinstance(x, Tensor) else np.asarray(x)
    check_images("resize", np.asarray(x))
    height, width = checks.pair(size, "resize: size")
    if not (x.shape[1] and x.shape[2]):
        raise ValueError(f"resize: x needs at least one pixel, got shape {x.shape}")
    if interpolation == "nearest":
        return take(take(x, _nearest(x.shape[1], height), 1), _nearest(x.shape[2], width), 2)
    return _bilinear(x, (height, width))


@primitive
def _bilinear(x, size):
    return kernels.bilinear(x, *_between(x.shape[1:3], size, x.dtype))


@primitive
def _bilinear_transpose(g, in_size):
    return kernels.bilinear_transpose(g, *_between(in_size, g.shape[1:3], g.dtype), in_size)


_bilinear.def_vjps(lambda g, y, x, size: _bilinear_transpose(g, x.shape[1:3]))
_bilinear_transpose.def_vjps(lambda g, y, x, in_size: _bilinear(g, x.shape[1:3]))


def _nearest(n, m):
    """Return ⌊(i + ½) · n / m⌋ for each of m places: whole numbers, so without rounding."""
    return (2 * np.arange(m) + 1) * n // (2 * m)


def _between(in_size, out_size, dtype):
    return tuple(_neighbours(n, m, dtype) for n, m in zip(in_size, out_size, strict=True))


@functools.lru_cache(maxsize=256)
def _neighbours(n, m, dtype):
    """Return, for each of m places, the two of n that it lies between, and their weights."""
    places = np.clip((np.arange(m) + 0.5) * n / m - 0.5, 0, n - 1)
    low = places.astype(np.int64)
    share = places - low
    high = np.minimum(low + 1, n - 1)
    return low, high, (1 - share).astype(dtype), share.astype(dtype)
