"""Images in another size; tested by ``tests/image/test_resizing.py``."""

import numpy as np

from minidl import ops
from minidl.image.layout import as_float, in_dtype, on_images
from minidl.runtime import checks

INTERPOLATIONS = ("nearest", "bilinear", "area")


@on_images
def resize(images, size, interpolation="bilinear"):
    """Return images in another size.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    size : int or (int, int)
        Height and width of the result, in pixels.
    interpolation : "bilinear", "nearest" or "area"
        As `minidl.ops.resize`, pixels being squares; or the mean over the part of the input that
        an output pixel covers, which is the one to shrink by: it leaves nothing out.

    Returns
    -------
    Images of that size, of the dtype given; uint8 is rounded, half to even.

    Raises
    ------
    ValueError
        For an unknown interpolation, or a size that is not positive whole numbers.

    >>> resize(np.array([[0, 100, 200, 44]], np.uint8), (1, 2), "area")
    array([[ 50, 122]], dtype=uint8)
    >>> resize(np.array([[0, 100]], np.uint8), (1, 4))
    array([[  0,  25,  75, 100]], dtype=uint8)
    """
    size = checks.pair(size, "resize: size")
    if interpolation not in INTERPOLATIONS:
        raise checks.unknown_name("interpolation", interpolation, INTERPOLATIONS)
    if interpolation == "area":
        resized = _averaged(_averaged(as_float(images), size[0], 1), size[1], 2)
    else:
        resized = ops.resize(as_float(images), size, interpolation)
    return in_dtype(resized, images.dtype)


def _averaged(x, m, axis):
    """Return the means of m equal parts of an axis, which may cut pixels in two.

    A part is the difference of two areas that begin at the border, so the sums from the border
    are all that is needed; between pixels they grow linearly.
    """
    n = x.shape[axis]
    nothing = np.zeros_like(x.take([0], axis), np.float64)
    sums = np.concatenate([nothing, x.cumsum(axis, np.float64)], axis)
    edges = np.arange(m + 1) * n / m
    low = np.minimum(edges.astype(np.int64), n - 1)
    share = np.expand_dims(edges - low, [i for i in range(x.ndim) if i != axis])
    areas = (1 - share) * sums.take(low, axis) + share * sums.take(low + 1, axis)
    return np.diff(areas, axis=axis) * (m / n)
