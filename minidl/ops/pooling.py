"""Pooling of images: the largest number of each window, or the mean.

The gradient of the largest scatters to the place that won each window; that one's gradient
gathers from there; and so on, back and forth. The gradient of the mean shares out evenly.
"""

import functools

import numpy as np

from minidl.autograd import primitive
from minidl.kernels import pool
from minidl.ops.windows import check_images, windows


@primitive(residuals=True)
def max_pool2d(x, pool_size, strides=None, padding="valid", dilation_rate=1):
    """Return the largest number of each window of the images `x`, channel by channel.

    With ``pool_size=2, strides=1, dilation_rate=k`` this is the article's formula,
    ``max(A(x, y), A(x + k, y), A(x, y + k), A(x + k, y + k))``; with ``pool_size=2`` alone
    it is the article's layer, ``MaxPooling2D((2, 2))``.

    Parameters
    ----------
    x : (N, H, W, C) float32 or float64
    pool_size : int or (int, int)
        Taps of the window along H and W.
    strides : int or (int, int), optional
        Steps of the window; as `pool_size` if not given.
    padding : "valid", "same" or ((top, bottom), (left, right))
        Padding never wins, not even over negative numbers: it is left out of the window.
    dilation_rate : int or (int, int)
        Steps between the taps of a window.

    Returns
    -------
    (N, h, w, C), of x's dtype. A NaN in a window is its result. The gradient goes to the
    first of equals, in row order.

    >>> image = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> max_pool2d(image, 2).reshape(2, 2)
    array([[ 5.,  7.],
           [13., 15.]])
    """
    check_images("max_pool2d", x)
    strides = pool_size if strides is None else strides
    w = windows("max_pool2d", x.shape[1:3], pool_size, strides, padding, dilation_rate)
    _check_taps(w)
    y, winner = pool.max_forward(x, w.kernel_size, w.geometry, w.out_size)
    return y, (winner, w)


@primitive
def _scatter(g, winner, w):
    return pool.scatter(g, winner, w.kernel_size, w.geometry, w.in_size)


@primitive
def _gather(x, winner, w):
    return pool.gather(x, winner, w.kernel_size, w.geometry)


max_pool2d.def_vjps(lambda g, y, x, *how, residuals, **named: _scatter(g, *residuals))
_scatter.def_vjps(lambda g, y, x, winner, w: _gather(g, winner, w))
_gather.def_vjps(lambda g, y, x, winner, w: _scatter(g, winner, w))


@primitive
def average_pool2d(x, pool_size, strides=None, padding="valid"):
    """Return the mean of each window of the images `x`, channel by channel.

    Parameters
    ----------
    x : (N, H, W, C) float32 or float64
    pool_size : int or (int, int)
        Height and width of the window.
    strides : int or (int, int), optional
        Steps of the window; as `pool_size` if not given.
    padding : "valid", "same" or ((top, bottom), (left, right))
        Keras's rule: padding is left out of the window and does not count in the mean
        (PyTorch's ``count_include_pad=False``).

    Returns
    -------
    (N, h, w, C), of x's dtype.

    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> average_pool2d(image, 2, padding="same").reshape(2, 2)
    array([[2. , 3.5],
           [6.5, 8. ]])
    """
    check_images("average_pool2d", x)
    strides = pool_size if strides is None else strides
    w = windows("average_pool2d", x.shape[1:3], pool_size, strides, padding)
    _check_taps(w)
    return pool.average_forward(x, w.kernel_size, w.geometry, w.out_size)


@primitive
def _share_out(g, in_size, pool_size, strides, padding):
    w = windows("average_pool2d", in_size, pool_size, strides, padding)
    return pool.average_transpose(g, w.kernel_size, w.geometry, w.in_size)


average_pool2d.def_vjps(
    lambda g, y, x, pool_size, strides=None, padding="valid": _share_out(
        g, x.shape[1:3], pool_size, pool_size if strides is None else strides, padding
    )
)
_share_out.def_vjps(lambda g, y, x, in_size, *how: average_pool2d(g, *how))


@functools.lru_cache(maxsize=1024)
def _check_taps(w):
    """Refuse windows that lie wholly in the padding, where there is no largest number."""
    for axis, (before, _) in enumerate(w.pads):
        first = np.arange(w.out_size[axis])[:, None] * w.strides[axis] - before
        taps = first + np.arange(w.kernel_size[axis]) * w.dilation[axis]
        if not ((taps >= 0) & (taps < w.in_size[axis])).any(axis=1).all():
            raise ValueError(
                f"{w.name}: with padding {w.pads} some windows hold padding alone; "
                f"use less padding (image {w.in_size}, window {w.kernel_size}, "
                f"dilation {w.dilation})"
            )
