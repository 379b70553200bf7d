"""Colours and levels of images; tested by ``tests/image/test_colour.py``.

Floating-point images are taken to go from 0, black, to 1, white, and uint8 from 0 to 255; another
`value_range` can be given. Parameters are one number, or one for each image of a batch.
"""

import numpy as np

from minidl.image.layout import as_float, in_dtype, levels_of, on_images, per_image

#: Of red, green, blue: the luma of ITU-R BT.601.
LUMA = 0.299, 0.587, 0.114


@on_images
def rgb_to_grayscale(images):
    """Return the luma 0.299 · R + 0.587 · G + 0.114 · B (ITU-R BT.601) as the one channel.

    Parameters
    ----------
    images : (H, W, 3) or (N, H, W, 3) of uint8, float32 or float64

    Returns
    -------
    (…, 1) of the same dtype.

    >>> rgb_to_grayscale(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8))[..., 0]
    array([[76, 29]], dtype=uint8)
    """
    check_rgb(images, "rgb_to_grayscale")
    return in_dtype(luma(as_float(images)), images.dtype)


@on_images
def adjust_brightness(images, delta, value_range=None):
    """Return images made lighter by `delta`, held between black and white.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    delta : float or (N,)
        As a share of the way from black to white, −1 to 1: Keras's RandomBrightness.
    value_range : (black, white), optional

    >>> adjust_brightness(np.array([[0, 100, 250]], np.uint8), 0.2)
    array([[ 51, 151, 255]], dtype=uint8)
    """
    low, high = levels_of(images, value_range, "adjust_brightness")
    delta = per_image(delta, len(images), "adjust_brightness: delta", -1, 1)
    lighter = as_float(images) + _upright(delta * (high - low))
    return in_dtype(np.clip(lighter, low, high), images.dtype)


@on_images
def adjust_contrast(images, factor, value_range=None):
    """Return ``mean + factor · (images − mean)``, held between black and white.

    The mean is that of each image's each channel: Keras's RandomContrast.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    factor : float or (N,)
        At least 0: 1 changes nothing, 0 leaves one level.
    value_range : (black, white), optional

    >>> adjust_contrast(np.array([[100, 200]], np.uint8), 0.5)
    array([[125, 175]], dtype=uint8)
    """
    low, high = levels_of(images, value_range, "adjust_contrast")
    factor = _upright(per_image(factor, len(images), "adjust_contrast: factor", 0))
    x = as_float(images)
    mean = x.mean((1, 2), np.float64, keepdims=True)
    return in_dtype(np.clip(mean + factor * (x - mean), low, high), images.dtype)


@on_images
def adjust_saturation(images, factor, value_range=None):
    """Return images whose colours' saturation, in HSV, is multiplied by `factor`, and clipped at 1.

    Keras's RandomSaturation.

    Parameters
    ----------
    images : (H, W, 3) or (N, H, W, 3) of uint8, float32 or float64
    factor : float or (N,)
        At least 0: 1 changes nothing, 0 leaves greys.
    value_range : (black, white), optional

    >>> adjust_saturation(np.array([[[200, 100, 100]]], np.uint8), 0.5)
    array([[[200, 150, 150]]], dtype=uint8)
    """
    check_rgb(images, "adjust_saturation")
    low, high = levels_of(images, value_range, "adjust_saturation")
    factor = _upright(per_image(factor, len(images), "adjust_saturation: factor", 0))[..., 0]
    hue, saturation, value = _to_hsv((as_float(images) - low) / (high - low))
    rgb = _to_rgb(hue, np.clip(saturation * factor, 0, 1), value)
    return in_dtype(rgb * (high - low) + low, images.dtype)


@on_images
def adjust_hue(images, delta, value_range=None):
    """Return images whose colours have gone on by `delta` of the colour circle.

    Parameters
    ----------
    images : (H, W, 3) or (N, H, W, 3) of uint8, float32 or float64
    delta : float or (N,)
        In turns, −1 to 1: 1/3 makes red green, green blue, blue red.
    value_range : (black, white), optional

    >>> adjust_hue(np.array([[[200, 0, 0]]], np.uint8), 1 / 3)
    array([[[  0, 200,   0]]], dtype=uint8)
    """
    check_rgb(images, "adjust_hue")
    low, high = levels_of(images, value_range, "adjust_hue")
    delta = _upright(per_image(delta, len(images), "adjust_hue: delta", -1, 1))[..., 0]
    hue, saturation, value = _to_hsv((as_float(images) - low) / (high - low))
    rgb = _to_rgb((hue + delta) % 1.0, saturation, value)
    return in_dtype(rgb * (high - low) + low, images.dtype)


@on_images
def rgb_to_hsv(images):
    """Return hue, saturation and value, each from 0 to 1 (Smith, 1978).

    Hue 0 is red, 1/3 green, 2/3 blue; greys have hue and saturation 0.

    Parameters
    ----------
    images : (H, W, 3) or (N, H, W, 3) of float32 or float64 from 0 to 1, or of uint8

    Returns
    -------
    The same shape, float32 or float64.

    >>> rgb_to_hsv(np.array([[[0, 51, 0]]], np.uint8)).round(3)
    array([[[0.333, 1.   , 0.2  ]]], dtype=float32)
    """
    check_rgb(images, "rgb_to_hsv")
    low, high = levels_of(images, None, "rgb_to_hsv")
    return np.stack(_to_hsv((as_float(images) - low) / (high - low)), axis=-1)


@on_images
def hsv_to_rgb(images):
    """Return red, green and blue from 0 to 1: the inverse of `rgb_to_hsv`.

    >>> hsv_to_rgb(np.array([[[2 / 3, 1.0, 0.5]]]))
    array([[[0. , 0. , 0.5]]])
    """
    check_rgb(images, "hsv_to_rgb")
    if images.dtype == np.uint8:
        raise TypeError("hsv_to_rgb: images need the dtype float32 or float64, got uint8")
    return _to_rgb(*np.moveaxis(images, -1, 0))


def luma(x):
    """Return the weighted sum of the channels of floating-point images (N, H, W, 3)."""
    return (x @ np.array(LUMA, x.dtype))[..., np.newaxis]


def check_rgb(images, name):
    """Refuse images that have not red, green and blue."""
    if images.shape[3] != 3:
        raise ValueError(
            f"{name}: images need 3 channels, red, green and blue, got {images.shape[3]}"
        )


def _to_hsv(x):
    """Return hue, saturation, value of floating-point images from 0 to 1."""
    red, green, blue = np.moveaxis(x, -1, 0)
    value = x.max(axis=-1)
    chroma = value - x.min(axis=-1)
    some = np.where(chroma > 0, chroma, 1)  # where there is none, what it divides is 0
    sextant = np.select(
        [chroma == 0, value == red, value == green],
        [0, (green - blue) / some % 6, (blue - red) / some + 2],
        (red - green) / some + 4,
    )
    saturation = chroma / np.where(value > 0, value, 1)
    return (sextant / 6).astype(x.dtype), saturation, value


def _to_rgb(hue, saturation, value):
    """Return (…, 3): channel c is value · (1 − saturation · clip(min(k, 4 − k), 0, 1)).

    There k = (n + 6 · hue) mod 6 with n = 5, 3, 1 for red, green, blue.
    """
    channels = []
    for n in (5, 3, 1):
        k = (n + 6 * hue) % 6
        channels.append(value * (1 - saturation * np.clip(np.minimum(k, 4 - k), 0, 1)))
    return np.stack(channels, axis=-1)


def _upright(values):
    """Return numbers (N,) so that they multiply images (N, H, W, C)."""
    return values[:, np.newaxis, np.newaxis, np.newaxis]
