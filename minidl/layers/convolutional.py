"""Conv2D and MaxPooling2D: the article's two formulas as layers."""

import math

import numpy as np

from minidl import initializers, ops, regularizers
from minidl.layers.core import ActivatedLayer
from minidl.layers.layer import Layer, size_of
from minidl.ops.windows import needs_images, windows
from minidl.runtime import checks


class Conv2D(ActivatedLayer):
    """``activation(conv2d(x, kernel) + bias)``: see `minidl.ops.conv2d`.

    Parameters
    ----------
    filters : int
        Channels that come out.
    kernel_size : int or (int, int)
    strides : int or (int, int)
    padding : "valid" or "same"
    dilation_rate : int or (int, int)
    activation : str or callable, optional
    use_bias : bool
    kernel_initializer, bias_initializer : str or Initializer
    kernel_regularizer, bias_regularizer : str or Regularizer, optional
        Penalties that `fit` adds to the loss.

    Shapes
    ------
    (N, H, W, C) → (N, h, w, filters); kernel (kh, kw, C, filters), bias (filters,).

    >>> Conv2D(8, 3, activation="relu")(np.ones((2, 28, 28, 1))).shape
    (2, 26, 26, 8)
    """

    fields = (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "dilation_rate",
        "use_bias",
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
    )

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        *,
        dilation_rate=(1, 1),
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        **kwargs,
    ):
        super().__init__(activation, **kwargs)
        self.filters = checks.integer(filters, "Conv2D: filters")
        self.kernel_size = checks.pair(kernel_size, "Conv2D: kernel_size")
        self.strides = checks.pair(strides, "Conv2D: strides")
        self.padding = checks.padding(padding, "Conv2D: padding")
        self.dilation_rate = checks.pair(dilation_rate, "Conv2D: dilation_rate")
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)

    def build(self, input_shape):
        """Make kernel and bias."""
        shape = (*self.kernel_size, input_shape[3], self.filters)
        self.add_weight(
            "kernel", shape, self.kernel_initializer, regularizer=self.kernel_regularizer
        )
        if self.use_bias:
            shape = (self.filters,)
            self.add_weight("bias", shape, self.bias_initializer, regularizer=self.bias_regularizer)

    def before_activation(self, x):
        """Return ``conv2d(x, kernel) + bias``."""
        y = ops.conv2d(x, self.kernel, self.strides, self.padding, self.dilation_rate)
        return ops.add(y, self.bias) if self.use_bias else y

    def compute_output_shape(self, input_shape):
        """Return (None, h, w, filters)."""
        check_rank("Conv2D", input_shape)
        how = self.kernel_size, self.strides, self.padding, self.dilation_rate
        size = windows("Conv2D", input_shape[1:3], *how).out_size
        return (input_shape[0], *size, self.filters)

    def flops(self, input_shape):
        """Return 2 a multiply-add."""
        outputs = size_of(self.compute_output_shape(input_shape))
        return 2 * math.prod(self.kernel_size) * input_shape[3] * outputs


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

    >>> MaxPooling2D((2, 2))(np.ones((2, 26, 26, 8))).shape
    (2, 13, 13, 8)
    """

    fields = ("pool_size", "strides", "padding")

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", **kwargs):
        super().__init__(**kwargs)
        self.pool_size = checks.pair(pool_size, "MaxPooling2D: pool_size")
        strides = self.pool_size if strides is None else strides
        self.strides = checks.pair(strides, "MaxPooling2D: strides")
        self.padding = checks.padding(padding, "MaxPooling2D: padding")

    def call(self, x, training=False):
        """Return the maxima."""
        return ops.max_pool2d(x, self.pool_size, self.strides, self.padding)

    def compute_output_shape(self, input_shape):
        """Return (None, h, w, C)."""
        check_rank("MaxPooling2D", input_shape)
        how = self.pool_size, self.strides, self.padding
        size = windows("MaxPooling2D", input_shape[1:3], *how).out_size
        return (input_shape[0], *size, input_shape[3])

    def flops(self, input_shape):
        """Return 1 a comparison."""
        return math.prod(self.pool_size) * size_of(self.compute_output_shape(input_shape))

    def stored(self, input_shape):
        """Return the bytes of the output, and one each for which number won."""
        outputs = size_of(self.compute_output_shape(input_shape))
        return super().stored(input_shape) + outputs * np.dtype(np.uint8).itemsize


def check_rank(name, input_shape):
    """Refuse what is not the shape of images."""
    if len(input_shape) != 4:
        shape = tuple("N" if n is None else n for n in input_shape)
        raise ValueError(f"{name}: the input {needs_images(shape)}")
