"""Digits of other writers than MNIST's, 8 × 8 pixels: a second domain, to fine-tune on.

Tested by ``tests/datasets/test_digits8x8.py``. Attribution and licence are in
``LICENSE-DIGITS8X8.txt``.
"""

import importlib.resources

import numpy as np

from minidl import image
from minidl.runtime import checks

MOST = 16  # the darkest ink


def load_data():
    """Load 1,797 handwritten digits, as ``(x_train, y_train), (x_test, y_test)``.

    Images are uint8, shape (N, 8, 8), 0 for the paper to 16 for ink: how many of 4 × 4 pixels of a
    scan are black. Labels are uint8, shape (N,), 0 to 9. There are 1,000 to learn from and 797 to
    test, shuffled, so that every writer is in both. Each call returns new arrays.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, y_train.shape, x_test.shape, y_test.shape
    ((1000, 8, 8), (1000,), (797, 8, 8), (797,))
    """
    resource = importlib.resources.files("minidl.datasets") / "digits8x8.npz"
    with resource.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        arrays = dict(archive)
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def framed(x, size=20, frame=28):
    """Return the digits as large as those of MNIST, in the middle of an empty frame.

    Parameters
    ----------
    x : (N, 8, 8) of uint8, 0 to 16
        As `load_data` returns them.
    size : int
        Height and width to which a digit is enlarged, bilinear; MNIST's fill 20 × 20.
    frame : int, at least `size`
        Height and width of the result.

    Returns
    -------
    numpy.ndarray
        (N, frame, frame) of uint8, 0 to 255, as `mnist.load_data` returns them.

    Raises
    ------
    ValueError
        If x is something else, or the frame is smaller than the digits.

    >>> (x, _), _ = load_data()
    >>> framed(x[:5]).shape
    (5, 28, 28)
    """
    x = np.asarray(x)
    if x.ndim != 3 or x.dtype != np.uint8 or (x.size and x.max() > MOST):
        raise ValueError(
            f"framed: needs digits (N, 8, 8) of uint8 from 0 to {MOST}, got {x.dtype} {x.shape}"
            + (f" up to {x.max()}" if x.size else "")
        )
    size = checks.integer(size, "framed: size")
    frame = checks.integer(frame, "framed: frame", size)
    before = (frame - size) // 2
    border = (before, frame - size - before)
    grey = x[..., np.newaxis] * np.float32(255 / MOST)
    large = np.rint(image.resize(grey, size)[..., 0]).astype(np.uint8)
    return np.pad(large, ((0, 0), border, border))
