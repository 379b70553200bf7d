"""Linear filters of images: blur, slopes; tested by ``tests/image/test_filters.py``.

As in OpenCV, beyond the border the image is mirrored at the outermost pixels' centres:
``c b | a b c d | c b``.
"""

import numpy as np

from minidl.image.layout import as_float, in_dtype, on_images
from minidl.runtime import checks

DIRECTIONS = ("x", "y", "magnitude")


@on_images
def gaussian_blur(images, kernel_size=(3, 3), sigma=(1.0, 1.0)):
    """Return images blurred with a Gaussian.

    Weights exp(−i² / 2σ²) at i pixels from the centre, divided by their sum.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    kernel_size : int or (int, int), or None
        Height and width of the window, odd; with None, 2 · ⌈3σ⌉ + 1.
    sigma : float or (float, float)
        Standard deviation in pixels, vertical and horizontal; 0 does nothing.

    Returns
    -------
    Images of the same shape and dtype.

    >>> gaussian_blur(np.array([[0, 0, 100, 0, 0]], np.uint8), None, 0.5)
    array([[ 0, 11, 79, 11,  0]], dtype=uint8)
    """
    sigmas = sigma if isinstance(sigma, list | tuple) else (sigma, sigma)
    if len(sigmas) != 2:
        raise ValueError(f"gaussian_blur: sigma needs one number or two, got {sigma!r}")
    sigmas = [checks.real(s, "gaussian_blur: sigma", 0, 1e6) for s in sigmas]
    if kernel_size is None:
        sizes = [2 * int(np.ceil(3 * s)) + 1 for s in sigmas]
    else:
        sizes = odd_pair(kernel_size, "gaussian_blur: kernel_size")
    x = as_float(images)
    for axis, (size, s) in enumerate(zip(sizes, sigmas, strict=True), start=1):
        x = correlate(x, gaussian(size, s), axis)
    return in_dtype(x, images.dtype)


@on_images
def sobel(images, direction="magnitude"):
    """Return the slopes of images: differences, smoothed across (Sobel and Feldman, 1968).

    The weights are −1, 0, 1 along the direction and 1, 2, 1 across it, not divided by 8: a ramp
    of one level a pixel has slope 8.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    direction : "x", "y" or "magnitude"
        Slope to the right, slope downwards, or the root of the sum of their squares.

    Returns
    -------
    The same shape in float32, since slopes may be negative; float64 stays.

    >>> sobel(np.array([[0, 1, 3, 6]], np.uint8), "x")
    array([[ 0., 12., 20.,  0.]], dtype=float32)
    """
    if direction not in DIRECTIONS:
        raise checks.unknown_name("direction", direction, DIRECTIONS)
    x = as_float(images)
    if direction != "magnitude":
        along = 2 if direction == "x" else 1
        return correlate(correlate(x, (-1, 0, 1), along), (1, 2, 1), 3 - along)
    return np.hypot(sobel(x, "x"), sobel(x, "y"))


def gaussian(size, sigma):
    """Return the `size` weights of a Gaussian window, whose sum is 1.

    >>> gaussian(3, 1.0).round(3)
    array([0.274, 0.452, 0.274])
    """
    distance = np.arange(size) - size // 2
    if sigma == 0:
        return (distance == 0).astype(np.float64)
    weights = np.exp(-0.5 * (distance / sigma) ** 2)
    return weights / weights.sum()


def correlate(x, weights, axis):
    """Return Σ weightsᵢ · x, shifted by i − ⌊k / 2⌋ along an axis, beyond the border mirrored."""
    size, reach = x.shape[axis], len(weights) // 2
    borders = [(0, 0)] * x.ndim
    borders[axis] = (reach, len(weights) - 1 - reach)
    padded = np.moveaxis(np.pad(x, borders, "reflect"), axis, 0)
    total = sum(x.dtype.type(w) * padded[i : i + size] for i, w in enumerate(weights))
    return np.ascontiguousarray(np.moveaxis(total, 0, axis))


def odd_pair(value, what):
    """Return a window's height and width, refusing even ones, which have no centre."""
    pair = checks.pair(value, what)
    if not pair[0] % 2 or not pair[1] % 2:
        raise ValueError(f"{what} needs odd numbers, so that there is a centre, got {value!r}")
    return pair
