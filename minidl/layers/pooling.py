"""Pooling as layers: windows, or whole images, become one number a channel."""

import math

import numpy as np

from minidl import ops
from minidl.layers.layer import Layer, check_images, size_of
from minidl.ops.windows import windows
from minidl.runtime import checks


class MaxPooling2D(Layer):
    """The largest number of each window, channel by channel: see `minidl.ops.max_pool2d`.

    Parameters
    ----------
    pool_size : int or (int, int)
    strides : int or (int, int), optional
        As `pool_size` if not given.
    padding : "valid" or "same"

    Shapes
    ------
    (N, H, W, C) → (N, h, w, C)

    >>> import numpy as np
    >>> MaxPooling2D((2, 2))(np.ones((2, 26, 26, 8))).shape
    (2, 13, 13, 8)
    """

    fields = ("pool_size", "strides", "padding")

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", **kwargs):
        super().__init__(**kwargs)
        name = type(self).__name__
        self.pool_size = checks.pair(pool_size, f"{name}: pool_size")
        strides = self.pool_size if strides is None else strides
        self.strides = checks.pair(strides, f"{name}: strides")
        self.padding = checks.padding(padding, f"{name}: padding")

    def call(self, x, training=False):
        """Return the maxima."""
        return ops.max_pool2d(x, self.pool_size, self.strides, self.padding)

    def compute_output_shape(self, input_shape):
        """Return (None, h, w, C)."""
        name = type(self).__name__
        check_images(name, input_shape)
        how = self.pool_size, self.strides, self.padding
        size = windows(name, input_shape[1:3], *how).out_size
        return (input_shape[0], *size, input_shape[3])

    def flops(self, input_shape):
        """Return 1 a comparison."""
        return math.prod(self.pool_size) * size_of(self.compute_output_shape(input_shape))

    def stored(self, input_shape):
        """Return the bytes of the output, and one each for which number won."""
        outputs = size_of(self.compute_output_shape(input_shape))
        return super().stored(input_shape) + outputs * np.dtype(np.uint8).itemsize


class AveragePooling2D(MaxPooling2D):
    """The mean of each window, channel by channel: see `minidl.ops.average_pool2d`.

    Arguments and shapes are those of `MaxPooling2D`. Padding does not count in the mean.

    >>> import numpy as np
    >>> AveragePooling2D(2)(np.arange(4.0).reshape(1, 2, 2, 1)).item()
    1.5
    """

    def call(self, x, training=False):
        """Return the means."""
        return ops.average_pool2d(x, self.pool_size, self.strides, self.padding)

    def stored(self, input_shape):
        """Return the bytes of the output."""
        return Layer.stored(self, input_shape)


class GlobalPooling2D(Layer):
    """Reduces whole images to one number a channel.

    Parameters
    ----------
    keepdims : bool
        Whether H and W stay as axes of length 1.

    Shapes
    ------
    (N, H, W, C) → (N, C), or (N, 1, 1, C)
    """

    fields = ("keepdims",)

    def __init__(self, keepdims=False, **kwargs):
        super().__init__(**kwargs)
        self.keepdims = bool(keepdims)

    def compute_output_shape(self, input_shape):
        """Return (None, C), or (None, 1, 1, C)."""
        check_images(type(self).__name__, input_shape)
        ones = (1, 1) if self.keepdims else ()
        return (input_shape[0], *ones, input_shape[3])

    def flops(self, input_shape):
        """Return 1 an input."""
        return size_of(input_shape)


class GlobalAveragePooling2D(GlobalPooling2D):
    """The mean over the image, channel by channel.

    >>> import numpy as np
    >>> GlobalAveragePooling2D()(np.ones((2, 7, 7, 5))).shape
    (2, 5)
    """

    def call(self, x, training=False):
        """Return the means."""
        return ops.mean(x, axis=(1, 2), keepdims=self.keepdims)

    def stored(self, input_shape):
        """Return the bytes of the sum and of the mean."""
        return 2 * super().stored(input_shape)


class GlobalMaxPooling2D(GlobalPooling2D):
    """The largest number of the image, channel by channel."""

    def call(self, x, training=False):
        """Return the maxima."""
        return ops.max(x, axis=(1, 2), keepdims=self.keepdims)
