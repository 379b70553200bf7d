"""Where windows lie: the shape rule that convolution and pooling share.

Keras's three paddings. With n numbers along an axis, a window of k taps, dilation d and
stride s, the window spans e = d · (k − 1) + 1 numbers:

- "valid": no padding, ⌊(n − e) / s⌋ + 1 windows;
- "same": ⌈n / s⌉ windows, and what they need beyond n is padding, the odd one at the end;
- explicit ``((top, bottom), (left, right))``: as "valid" on the padded image.
"""

import functools
from typing import NamedTuple

import numpy as np

from minidl.runtime import checks


class Windows(NamedTuple):
    """Windows over an image of `in_size`, each axis as (height, width)."""

    name: str
    in_size: tuple
    kernel_size: tuple
    strides: tuple
    dilation: tuple
    pads: tuple  # ((top, bottom), (left, right))
    out_size: tuple

    @property
    def geometry(self):
        """What kernels need: (stride_y, stride_x, top, left, dilation_y, dilation_x)."""
        (top, _), (left, _) = self.pads
        return (*self.strides, top, left, *self.dilation)


def windows(name, in_size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    """Return the `Windows` of an operation called `name`, or raise an error that names it.

    >>> windows("conv2d", (28, 28), (3, 3), strides=2, padding="same").out_size
    (14, 14)
    """
    kernel_size = checks.pair(kernel_size, f"{name}: the window's size")
    strides = checks.pair(strides, f"{name}: strides")
    dilation = checks.pair(dilation_rate, f"{name}: dilation_rate")
    padding = checks.padding(padding, f"{name}: padding")
    return _lay_out(name, tuple(in_size), kernel_size, strides, padding, dilation)


@functools.lru_cache(maxsize=1024)
def _lay_out(name, in_size, kernel_size, strides, padding, dilation):
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel_size, dilation, strict=True))
    if padding == "same":
        out_size = tuple(-(-n // s) for n, s in zip(in_size, strides, strict=True))
        totals = [
            max((m - 1) * s + e - n, 0)
            for n, m, s, e in zip(in_size, out_size, strides, spans, strict=True)
        ]
        pads = tuple((total // 2, total - total // 2) for total in totals)
    else:
        pads = ((0, 0), (0, 0)) if padding == "valid" else padding
        padded = [n + sum(p) for n, p in zip(in_size, pads, strict=True)]
        if any(e > n for e, n in zip(spans, padded, strict=True)):
            raise ValueError(_does_not_fit(name, in_size, padded, kernel_size, spans))
        out_size = tuple((n - e) // s + 1 for n, e, s in zip(padded, spans, strides, strict=True))
    return Windows(name, in_size, kernel_size, strides, dilation, pads, out_size)


def check_images(name, x, argument="x"):
    """Refuse what is not floating-point images (N, H, W, C)."""
    if not isinstance(x, np.ndarray):
        raise TypeError(f"{name}: {argument} needs an array or Tensor, got {type(x).__name__}")
    if x.ndim != 4:
        raise ValueError(f"{name}: {argument} {needs_images(x.shape)}")
    check_float(name, x, argument)


def check_float(name, x, argument):
    """Return x, as an array if it is a list; refuse what is not float32 or float64."""
    x = x if hasattr(x, "dtype") else np.asarray(x)
    if x.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{name}: {argument} needs float32 or float64, got {x.dtype}; "
            "convert it first, for example with .astype('float32')"
        )
    return x


def needs_images(shape):
    """Say what images need to look like, and what to do with those that lack a channel axis.

    >>> print(needs_images((8000, 28, 28)))
    needs 4 axes (N, H, W, C), got shape (8000, 28, 28):
    for grey images add the channel axis with x[..., np.newaxis]
    """
    hint = ": for grey images add the channel axis with x[..., np.newaxis]"
    return f"needs 4 axes (N, H, W, C), got shape {tuple(shape)}{hint if len(shape) == 3 else ''}"


def _does_not_fit(name, in_size, padded, kernel_size, spans):
    def cross(size):
        return " × ".join(map(str, size))

    dilated = f" (dilated to {cross(spans)})" if spans != kernel_size else ""
    around = f" (padded to {cross(padded)})" if tuple(padded) != in_size else ""
    return (
        f"{name}: the {cross(kernel_size)} window{dilated} does not fit in the "
        f"{cross(in_size)} image{around}; use a smaller window, a larger image "
        "or padding='same'"
    )
