"""Parts of images, and images with a border; tested by ``tests/image/test_cropping.py``."""

import numpy as np

from minidl.image.layout import on_images
from minidl.runtime import checks

#: NumPy's modes. Beside the border of ``a b c d``:
PADDINGS = (
    "constant",  # k k | a b c d | k k
    "edge",  # a a | a b c d | d d
    "reflect",  # c b | a b c d | c b
    "symmetric",  # b a | a b c d | d c
    "wrap",  # c d | a b c d | a b
)


@on_images
def crop(images, top, left, height, width):
    """Return the part of `height` × `width` pixels whose upper left pixel is (`top`, `left`).

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    top, left, height, width : int
        In pixels; the part has to lie within the image.

    Returns
    -------
    A view of the images.

    >>> crop(np.arange(12, dtype=np.uint8).reshape(3, 4), 1, 2, 2, 2)
    array([[ 6,  7],
           [10, 11]], dtype=uint8)
    """
    top, left = checks.integer(top, "crop: top", 0), checks.integer(left, "crop: left", 0)
    height, width = checks.integer(height, "crop: height"), checks.integer(width, "crop: width")
    if top + height > images.shape[1] or left + width > images.shape[2]:
        raise ValueError(
            f"crop: rows {top} … {top + height - 1} and columns {left} … {left + width - 1} are "
            f"not all in images of {images.shape[1]} × {images.shape[2]} pixels; pad them first"
        )
    return images[:, top : top + height, left : left + width]


@on_images
def center_crop(images, size):
    """Return the middle of the images.

    Where the border that is left out has an odd number of pixels, one more goes at the lower
    right, as in Keras's CenterCrop.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    size : int or (int, int)
        Height and width of the result, at most those of the images.

    >>> center_crop(np.arange(5, dtype=np.uint8).reshape(1, 5), (1, 2))
    array([[1, 2]], dtype=uint8)
    """
    height, width = checks.pair(size, "center_crop: size")
    rows, columns = images.shape[1:3]
    if height > rows or width > columns:
        raise ValueError(
            f"center_crop: a size of at most {rows} × {columns} pixels is needed, those of the "
            f"images, got {height} × {width}"
        )
    top, left = (rows - height) // 2, (columns - width) // 2
    return images[:, top : top + height, left : left + width]


@on_images
def pad(images, padding, mode="constant", value=0):
    """Return images with a border around them.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    padding : int or ((top, bottom), (left, right))
        In pixels.
    mode : "constant", "edge", "reflect", "symmetric" or "wrap"
        NumPy's names: "reflect" mirrors at the outermost pixel's centre and does not repeat it,
        "symmetric" mirrors at its edge and does.
    value : float
        The constant; of uint8 images, a whole number from 0 to 255.

    >>> pad(np.array([[1, 2, 3]], np.uint8), ((0, 0), (2, 2)), "reflect")
    array([[3, 2, 1, 2, 3, 2, 1]], dtype=uint8)
    """
    if mode not in PADDINGS:
        raise checks.unknown_name("mode of padding", mode, PADDINGS)
    around = padding if isinstance(padding, list | tuple) else ((padding, padding),) * 2
    try:
        (top, bottom), (left, right) = around
    except (TypeError, ValueError):
        raise ValueError(
            "pad: padding needs a whole number of pixels, or ((top, bottom), (left, right)), "
            f"got {padding!r}"
        ) from None
    widths = [checks.integer(n, "pad: padding", 0) for n in (top, bottom, left, right)]
    options = {"constant_values": fill_value(images, value, "pad: value")}
    borders = ((0, 0), widths[:2], widths[2:], (0, 0))
    return np.pad(images, borders, mode, **(options if mode == "constant" else {}))


def fill_value(images, value, what):
    """Return a number that pixels of these images can be."""
    largest = np.finfo(np.float32).max
    low, high = (0, 255) if images.dtype == np.uint8 else (-largest, largest)
    number = checks.real(value, what, low, high)
    if images.dtype == np.uint8 and number != round(number):
        raise ValueError(f"{what} needs a whole number for images of uint8, got {value!r}")
    return number
