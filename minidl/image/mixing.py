"""Images with parts covered, noise added, or two images in one.

Random numbers are given, never drawn: `minidl.data.augment` draws them. Tested by
``tests/image/test_mixing.py``.
"""

import numpy as np

from minidl.image.cropping import fill_value
from minidl.image.layout import DTYPES, as_float, in_dtype, levels_of, on_images, per_image


@on_images
def add_noise(images, noise, value_range=None):
    """Return images plus noise, held between black and white.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    noise : array that broadcasts to (N, H, W, C)
        As a share of the way from black to white.
    value_range : (black, white), optional
        0 and 255 for uint8, else 0 and 1.

    >>> add_noise(np.array([[0, 100]], np.uint8), np.array([-0.1, 0.1])[:, None])
    array([[  0, 126]], dtype=uint8)
    """
    low, high = levels_of(images, value_range, "add_noise")
    x = as_float(images)
    noisy = x + (high - low) * np.asarray(noise, x.dtype)
    if noisy.shape != images.shape:
        raise ValueError(f"add_noise: noise {np.shape(noise)} does not fit images {images.shape}")
    return in_dtype(np.clip(noisy, low, high), images.dtype)


@on_images
def cutout(images, boxes, value=0):
    """Return images in which boxes are filled with one value (DeVries and Taylor, 2017).

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    boxes : (4,) or (N, 4) of int
        (x_min, y_min, x_max, y_max) in pixels, the maxima not included; parts outside the image
        do not matter.
    value : float

    >>> cutout(np.ones((2, 4), np.uint8), (1, 0, 3, 1))
    array([[1, 0, 0, 1],
           [1, 1, 1, 1]], dtype=uint8)
    """
    covered = inside(boxes, images.shape)
    return np.where(covered, images.dtype.type(fill_value(images, value, "cutout: value")), images)


def mixup(images, others, share):
    """Return ``share · images + (1 − share) · others`` (Zhang et al., 2018).

    Labels, as probabilities of the classes, are mixed in the same way.

    Parameters
    ----------
    images, others : (N, …) of one shape and dtype
    share : float or (N,) in [0, 1]

    >>> mixup(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), 0.75)
    array([[0.75, 0.25]])
    """
    images, others = _pair(images, others, "mixup")
    share = per_image(share, len(images), "mixup: share", 0, 1)
    share = share.reshape(-1, *(1,) * (images.ndim - 1))
    return in_dtype(share * images + (1 - share) * others, images.dtype)


def cutmix(images, others, boxes):
    """Return images with a box of each taken from another (Yun et al., 2019).

    Parameters
    ----------
    images, others : (N, H, W, C) of one shape and dtype
    boxes : (4,) or (N, 4) of int
        As of `cutout`.

    Returns
    -------
    mixed : (N, H, W, C)
    share : (N,) float64
        How much of each image is still its own: mix the labels with it, by `mixup`.

    >>> mixed, share = cutmix(np.zeros((1, 2, 4, 1)), np.ones((1, 2, 4, 1)), (0, 0, 2, 1))
    >>> mixed[0, :, :, 0], share
    (array([[1., 1., 0., 0.],
           [0., 0., 0., 0.]]), array([0.75]))
    """
    images, others = _pair(images, others, "cutmix")
    if images.ndim != 4:
        raise ValueError(f"cutmix: images need the shape (N, H, W, C), got {images.shape}")
    taken = inside(boxes, images.shape)
    return np.where(taken, others, images), 1 - taken.mean(axis=(1, 2, 3))


def inside(boxes, shape):
    """Return which pixels of images (N, H, W, C) lie in their box: (N, H, W, 1) bool."""
    count, height, width, _ = shape
    boxes = np.asarray(boxes)
    if boxes.dtype.kind not in "iu" or boxes.shape not in ((4,), (count, 4)):
        raise ValueError(
            f"boxes need whole numbers of shape (4,), or ({count}, 4) for {count} images, got "
            f"{boxes.dtype} {boxes.shape}"
        )
    left, top, right, bottom = np.broadcast_to(boxes, (count, 4)).T[:, :, np.newaxis]
    rows, columns = np.arange(height), np.arange(width)
    vertical = (top <= rows) & (rows < bottom)
    horizontal = (left <= columns) & (columns < right)
    return (vertical[:, :, np.newaxis] & horizontal[:, np.newaxis])[..., np.newaxis]


def _pair(images, others, name):
    images, others = np.asarray(images), np.asarray(others)
    if images.dtype not in DTYPES:  # of class numbers, there is no mean
        raise TypeError(f"{name}: needs uint8, float32 or float64, got {images.dtype}")
    if images.shape != others.shape or images.dtype != others.dtype:
        raise ValueError(
            f"{name}: both need one shape and dtype, got {images.dtype} {images.shape} and "
            f"{others.dtype} {others.shape}"
        )
    return images, others
