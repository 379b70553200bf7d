"""Images by their histograms: thresholds and equalization.

A histogram has 256 bins: of uint8 images the levels themselves. Tested by
``tests/image/test_levels.py``.
"""

import numpy as np

from minidl.image.layout import as_batch, levels_of, on_images, per_image

BINS = 256


@on_images
def threshold(images, value, value_range=None):
    """Return white where the images are greater than `value`, else black.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    value : float or (N,), or "otsu"
        On the images' scale; or the `otsu` threshold of each image, which has to have one channel.
    value_range : (black, white), optional
        0 and 255 for uint8, else 0 and 1.

    >>> threshold(np.array([[10, 20, 30]], np.uint8), 20)
    array([[  0,   0, 255]], dtype=uint8)
    """
    low, high = levels_of(images, value_range, "threshold")
    if isinstance(value, str):
        if value != "otsu":
            raise ValueError(f"threshold: value needs a number or 'otsu', got {value!r}")
        value = otsu(images)
    values = per_image(value, len(images), "threshold: value")[
        :, np.newaxis, np.newaxis, np.newaxis
    ]
    return np.where(images > values, high, low).astype(images.dtype)


def otsu(images):
    """Return the threshold that parts an image's levels best into two classes (Otsu, 1979).

    It makes the variance between the classes, ω₀ · ω₁ · (μ₀ − μ₁)², largest, where ω are the
    shares of the pixels up to the threshold and above it, and μ the classes' means. Of equals,
    the lowest is taken; an image of one level has this level.

    Parameters
    ----------
    images : (H, W), (H, W, 1) or (N, H, W, 1) of uint8, float32 or float64
        Floating-point numbers are counted in 256 bins between the least and the greatest.

    Returns
    -------
    float, or (N,) float64 for a batch
        The upper end of the lower class: pixels greater than it are in the upper one.

    >>> otsu(np.array([[10, 12, 200, 202]], np.uint8))
    12.0
    """
    x = as_batch(images, "otsu")
    if x.shape[3] != 1:
        raise ValueError(f"otsu: images need one channel, got {x.shape[3]}: make them grey first")
    found = np.array([_otsu(image) for image in x])
    return found if np.ndim(images) == 4 else float(found[0])


@on_images
def equalize(images, value_range=None):
    """Return images whose levels are spread evenly: each image, each channel by itself.

    Level v becomes ``white · (c(v) − c₀) / (n − c₀)``, where c(v) of the n pixels are at most
    v, and c₀ have the lowest level, which becomes black. One level alone stays.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
        Floating-point numbers are first rounded to 256 levels.
    value_range : (black, white), optional

    >>> equalize(np.array([[50, 50, 60, 70]], np.uint8))
    array([[  0,   0, 128, 255]], dtype=uint8)
    """
    low, high = levels_of(images, value_range, "equalize")
    if images.dtype == np.uint8 and value_range is None:
        levels = images
    else:
        share = (np.asarray(images, np.float64) - low) / (high - low)
        if np.isnan(share).any():
            raise ValueError("equalize: images need numbers, got NaN")
        levels = np.rint(np.clip(share, 0, 1) * (BINS - 1)).astype(np.uint8)
    out = np.empty(images.shape, images.dtype)
    for n in range(len(images)):
        for k in range(images.shape[3]):
            table = low + (high - low) * _equalized(levels[n, :, :, k])
            table = np.rint(table) if images.dtype == np.uint8 else table
            out[n, :, :, k] = table[levels[n, :, :, k]]
    return out


def _otsu(image):
    least, greatest = image.min(), image.max()
    if not np.isfinite([least, greatest]).all():
        raise ValueError("otsu: images need finite numbers, got NaN or infinity")
    if image.dtype == np.uint8:
        levels, places = image, np.arange(BINS, dtype=np.float64)
    else:
        width = (np.float64(greatest) - least) / BINS or 1.0
        levels = np.minimum((image - np.float64(least)) / width, BINS - 1).astype(np.uint8)
        places = least + (np.arange(BINS) + 1) * width
    counts = np.bincount(levels.ravel(), minlength=BINS)
    below, sums = counts.cumsum(), (counts * np.arange(BINS)).cumsum()
    above = below[-1] - below
    both = (below > 0) & (above > 0)
    if not both.any():
        return float(greatest)
    # n² · ω₀ · ω₁ · (μ₀ − μ₁)² = (n · S₀ − n₀ · S)² / (n₀ · n₁), in whole numbers till the end.
    difference = (below[-1] * sums - below * sums[-1]).astype(np.float64)
    between = np.where(both, difference**2 / np.where(both, below * above, 1), -1.0)
    return float(places[between.argmax()])


def _equalized(levels):
    """Return what each of the 256 levels becomes, from 0 to 1."""
    counts = np.bincount(levels.ravel(), minlength=BINS)
    below = counts.cumsum()
    lowest = counts[counts > 0][0]
    if lowest == levels.size:
        return np.arange(BINS) / (BINS - 1)
    return (below - lowest).clip(0) / (levels.size - lowest)
