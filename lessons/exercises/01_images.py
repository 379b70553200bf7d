"""Exercise 1: images are arrays.

A grey image is an array (H, W), a colour image (H, W, 3) with red, green and blue last, and a
batch of images (N, H, W, C). Files store whole numbers from 0 to 255 (uint8); networks want
small real numbers around zero. Replace each ``raise NotImplementedError``.
"""

import numpy as np


def to_float(image):
    """Return the image as float32, with 0 … 255 brought to 0 … 1.

    Parameters
    ----------
    image : uint8 array of any shape

    Returns
    -------
    float32 array of the same shape: ``image / 255``

    >>> to_float(np.array([[0, 51, 255]], np.uint8))
    array([[0. , 0.2, 1. ]], dtype=float32)
    """
    raise NotImplementedError


def grey(image):
    """Return the brightness of each pixel, as the eye weighs the colours.

    ``grey = 0.299 · red + 0.587 · green + 0.114 · blue``

    Parameters
    ----------
    image : (H, W, 3) array of real numbers

    Returns
    -------
    (H, W) array

    >>> grey(np.array([[[10.0, 0.0, 0.0], [10.0, 10.0, 10.0]]]))
    array([[ 2.99, 10.  ]])
    """
    raise NotImplementedError


def standardise(images):
    """Return the images with mean 0 and standard deviation 1 in every channel.

    For each channel c, over all images and all pixels together,
    ``(x − mean_c) / std_c`` with ``std_c = sqrt(mean((x − mean_c)²))``. A channel in which all
    numbers are equal has a standard deviation of 0: it becomes 0 everywhere.

    Parameters
    ----------
    images : (N, H, W, C) array of real numbers

    Returns
    -------
    (N, H, W, C) array

    >>> standardise(np.array([0.0, 4.0]).reshape(2, 1, 1, 1)).ravel()
    array([-1.,  1.])
    """
    raise NotImplementedError
