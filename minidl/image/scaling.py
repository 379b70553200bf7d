"""Images brought to a scale that networks like: from 0 to 1, or mean 0 and deviation 1.

Tested by ``tests/image/test_scaling.py``.
"""

import math

import numpy as np

from minidl.image.layout import as_batch, as_float, on_images


@on_images
def rescale(images, scale=1 / 255, offset=0.0):
    """Return ``images · scale + offset``: by default, 8-bit levels from 0 to 1.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    scale, offset : float
        As of `minidl.layers.Rescaling`.

    Returns
    -------
    float32; float64 stays.

    >>> rescale(np.array([[0, 51, 255]], np.uint8)).round(6)
    array([[0. , 0.2, 1. ]], dtype=float32)
    """
    scale, offset = _finite(scale, "rescale: scale"), _finite(offset, "rescale: offset")
    x = as_float(images)
    return x * x.dtype.type(scale) + x.dtype.type(offset)


@on_images
def normalize(images, mean, std):
    """Return ``(images − mean) / std``.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    mean, std : float, or (C,)
        One number, or one a channel, on the scale of the images; `std` is positive.

    Returns
    -------
    float32; float64 stays.

    >>> normalize(np.array([[0, 100]], np.uint8), mean=50, std=25)
    array([[-2.,  2.]], dtype=float32)
    """
    x = as_float(images)
    mean, std = (
        _by_channel(value, x.shape[3], f"normalize: {name}")
        for name, value in (("mean", mean), ("std", std))
    )
    if not (std > 0).all():
        raise ValueError(f"normalize: std needs positive numbers, got {std.tolist()}")
    return ((x - mean) / std).astype(x.dtype)


@on_images
def standardize(images):
    """Return each image with mean 0 and standard deviation 1, over all its numbers.

    The deviation is that of the n numbers (divided by n), and at least 1 / √n of a level, on
    the scale of the images: TensorFlow's ``per_image_standardization``, which keeps images of
    one colour finite.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64

    Returns
    -------
    float32; float64 stays.

    >>> standardize(np.array([[3, 5]], np.uint8))
    array([[-1.,  1.]], dtype=float32)
    """
    x = as_float(images)
    mean = x.mean((1, 2, 3), np.float64, keepdims=True)
    std = x.std((1, 2, 3), np.float64, keepdims=True)
    return ((x - mean) / np.maximum(std, math.prod(x.shape[1:]) ** -0.5)).astype(x.dtype)


class Standardization:
    """Mean and deviation of a set of images, channel by channel, to standardize others with.

    Attributes
    ----------
    mean, std : (C,) float64
        Over all pixels of the set; a deviation of 0 is taken for 1.

    >>> scale = Standardization().fit(np.array([[[[0]]], [[[10]]]], np.uint8))
    >>> scale.apply(np.array([[20]], np.uint8))
    array([[3.]], dtype=float32)
    """

    mean = std = None

    def fit(self, images):
        """Take the measure of the images (N, H, W, C), and return this object."""
        x = as_batch(images, "Standardization.fit")
        if not len(x):
            raise ValueError("Standardization.fit: needs at least one image, got none")
        self.mean = x.mean((0, 1, 2), np.float64)
        deviation = x.std((0, 1, 2), np.float64)
        self.std = np.where(deviation > 0, deviation, 1.0)
        return self

    def apply(self, images):
        """Return ``(images − mean) / std``: float32; float64 stays."""
        if self.mean is None:
            raise RuntimeError("Standardization.apply: call fit(images) first")
        return normalize(images, self.mean, self.std)


def _by_channel(value, channels, what):
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        raise ValueError(f"{what} needs finite numbers, got {value!r}")
    if array.shape not in ((), (channels,)):
        raise ValueError(
            f"{what} needs one number, or one for each of {channels} channels, "
            f"got shape {array.shape}"
        )
    return array.astype(np.float64)


def _finite(value, what):
    return float(_by_channel(value, 1, what))
