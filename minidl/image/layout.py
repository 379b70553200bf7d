"""What the functions of this package take: an image or a batch, of 8-bit numbers or floats.

Inside, everything is a batch (N, H, W, C); `on_images` brings what users have into that form and
the result back. Tested by ``tests/image/test_layout.py``.
"""

import functools

import numpy as np

from minidl.runtime import checks

#: More channels than this in an array of three axes are taken for a mistake.
MOST_CHANNELS = 4
#: How far rounding and interpolation may carry images beyond 0 and 1.
SLACK = 0.01
DTYPES = ("uint8", "float32", "float64")


def on_images(function):
    """Let a function of batches (N, H, W, C) take, and then return, one image as well.

    >>> @on_images
    ... def mirrored(images):
    ...     return images[:, :, ::-1]
    >>> mirrored(np.array([[1, 2, 3]], np.uint8))
    array([[3, 2, 1]], dtype=uint8)
    """

    @functools.wraps(function)
    def wrapper(images, *args, **kwargs):
        images = np.asarray(images)
        result = function(as_batch(images, function.__name__), *args, **kwargs)
        return as_given(result, images.ndim)

    return wrapper


def as_batch(images, name, dtypes=DTYPES):
    """Return images as (N, H, W, C), or raise an error that begins with `name`."""
    images = np.asarray(images)
    if images.dtype not in dtypes:
        raise TypeError(
            f"{name}: images need the dtype {', '.join(dtypes[:-1])} or {dtypes[-1]}, "
            f"got {images.dtype}"
        )
    if images.ndim == 3 and images.shape[2] > MOST_CHANNELS:
        raise ValueError(
            f"{name}: images of shape {images.shape} would be one image of {images.shape[2]} "
            "channels; a batch needs 4 axes (N, H, W, C): for grey images add the channel axis "
            "with images[..., np.newaxis]"
        )
    if images.ndim not in (2, 3, 4):
        raise ValueError(
            f"{name}: images need the shape (H, W), (H, W, C) or (N, H, W, C), got {images.shape}"
        )
    if 0 in images.shape[-3:] or (images.ndim < 4 and not images.size):
        raise ValueError(f"{name}: images need at least one pixel, got shape {images.shape}")
    if images.ndim == 2:
        return images[np.newaxis, :, :, np.newaxis]
    return images if images.ndim == 4 else images[np.newaxis]


def as_given(batch, ndim):
    """Return a batch (N, H, W, C) in as many axes as the images had that were given."""
    if ndim == 4:
        return batch
    return batch[0] if ndim == 3 or batch.shape[3] > 1 else batch[0, :, :, 0]


def in_dtype(values, dtype):
    """Return computed values in the images' dtype: for uint8 rounded, half to even, and clipped.

    >>> in_dtype(np.array([-3.0, 0.5, 1.5, 300.0]), np.dtype("uint8"))
    array([  0,   0,   2, 255], dtype=uint8)
    """
    if dtype == np.uint8:
        values = np.clip(np.rint(values), 0, 255)
    return values.astype(dtype, copy=False)


def as_float(images):
    """Return images in the floating-point type that they are computed in.

    float32 holds the 256 levels and their sums; float64 stays.
    """
    return images.astype(np.float64 if images.dtype == np.float64 else np.float32, copy=False)


def levels_of(images, given, name):
    """Return (black, white): (0, 255) for uint8, (0, 1) for others, unless given.

    Images that plainly do not go from 0 to 1 are refused: clipping would leave nothing of them.
    """
    if given is None and images.dtype == np.uint8:
        return 0.0, 255.0
    if given is None:
        least, most = images.min(initial=0), images.max(initial=1)
        if least < -SLACK or most > 1 + SLACK:
            raise ValueError(
                f"{name}: floating-point images are taken to go from 0 to 1, but these go from "
                f"{least:g} to {most:g}; say value_range=(black, white)"
            )
        return 0.0, 1.0
    try:
        low, high = given
    except (TypeError, ValueError):
        raise ValueError(f"{name}: value_range needs (black, white), got {given!r}") from None
    low, high = (_finite(end, f"{name}: value_range") for end in (low, high))
    if not low < high:
        raise ValueError(f"{name}: value_range needs two numbers in rising order, got {given!r}")
    return low, high


def per_image(values, count, what, low=-np.inf, high=np.inf):
    """Return one finite number for each of `count` images as float64 (count,).

    >>> per_image(0.5, 2, "angle")
    array([0.5, 0.5])
    """
    array = np.asarray(values)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{what} needs a number, or one for each image, got {values!r}")
    if array.shape not in ((), (count,)):
        raise ValueError(
            f"{what} needs one number, or one for each of {count} images, got shape {array.shape}"
        )
    wrong = array[~(np.isfinite(array) & (array >= low) & (array <= high))]
    if wrong.size:
        span = f" in [{low:g}, {high:g}]" if np.isfinite([low, high]).any() else ""
        raise ValueError(f"{what} needs finite numbers{span}, got {wrong.flat[0]}")
    return np.broadcast_to(array.astype(np.float64), (count,)).copy()


def _finite(value, what):
    return checks.real(value, what, -np.finfo(np.float64).max, np.finfo(np.float64).max)
