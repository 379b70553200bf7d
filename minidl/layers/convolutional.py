"""Convolution as layers: what they share, and the ordinary one."""

import math

from minidl import initializers, ops, regularizers
from minidl.layers.core import ActivatedLayer
from minidl.layers.layer import check_images, size_of
from minidl.ops.windows import windows
from minidl.runtime import checks


class Convolution(ActivatedLayer):
    """What the layers of convolution share: windows, bias and activation.

    Subclasses define `build_kernels`, `convolve` and `count_filters`.

    Parameters
    ----------
    kernel_size : int or (int, int)
    strides : int or (int, int)
    padding : "valid" or "same"
    dilation_rate : int or (int, int)
    activation : str or callable, optional
    use_bias : bool
    bias_initializer : str or Initializer
    bias_regularizer : str or Regularizer, optional
        A penalty that `fit` adds to the loss.
    """

    #: Of the subclasses, each of which adds its own.
    fields = (
        "kernel_size",
        "strides",
        "padding",
        "dilation_rate",
        "use_bias",
        "bias_initializer",
        "bias_regularizer",
    )

    def __init__(
        self,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        *,
        dilation_rate=(1, 1),
        activation=None,
        use_bias=True,
        bias_initializer="zeros",
        bias_regularizer=None,
        **kwargs,
    ):
        super().__init__(activation, **kwargs)
        name = type(self).__name__
        self.kernel_size = checks.pair(kernel_size, f"{name}: kernel_size")
        self.strides = checks.pair(strides, f"{name}: strides")
        self.padding = checks.padding(padding, f"{name}: padding")
        self.dilation_rate = checks.pair(dilation_rate, f"{name}: dilation_rate")
        self.use_bias = bool(use_bias)
        self.bias_initializer = initializers.get(bias_initializer)
        self.bias_regularizer = regularizers.get(bias_regularizer)

    def build(self, input_shape):
        """Make kernels and bias."""
        self.build_kernels(input_shape[3])
        if self.use_bias:
            shape = (self.count_filters(input_shape[3]),)
            self.add_weight("bias", shape, self.bias_initializer, regularizer=self.bias_regularizer)

    def build_kernels(self, channels):
        """Make the kernel or kernels, for images of so many channels."""
        raise NotImplementedError(f"{type(self).__name__} needs a method build_kernels(channels)")

    def convolve(self, x):
        """Return the convolution of x, without the bias."""
        raise NotImplementedError(f"{type(self).__name__} needs a method convolve(x)")

    def count_filters(self, channels):
        """Return how many channels come out."""
        return self.filters

    def before_activation(self, x):
        """Return ``convolve(x) + bias``."""
        y = self.convolve(x)
        return ops.add(y, self.bias) if self.use_bias else y

    def compute_output_shape(self, input_shape):
        """Return (None, h, w, filters)."""
        name = type(self).__name__
        check_images(name, input_shape)
        self.check_channels(input_shape)
        how = self.kernel_size, self.strides, self.padding, self.dilation_rate
        size = windows(name, input_shape[1:3], *how).out_size
        return (input_shape[0], *size, self.count_filters(input_shape[3]))

    def check_channels(self, input_shape):
        """Refuse images of another number of channels than the kernels were made for."""
        if self.built and input_shape[3] != self.input_shape[3]:
            raise ValueError(
                f"the input has {input_shape[3]} channels, shape {tuple(input_shape)}, but the "
                f"kernel was made for {self.input_shape[3]}"
            )


class Conv2D(Convolution):
    """``activation(conv2d(x, kernel) + bias)``: see `minidl.ops.conv2d`.

    Parameters
    ----------
    filters : int
        Channels that come out.
    kernel_size : int or (int, int)
    strides : int or (int, int)
    padding : "valid" or "same"
    groups : int
        Channels and filters are cut into so many groups that do not see each other.
    kernel_initializer : str or Initializer
    kernel_regularizer : str or Regularizer, optional
        A penalty that `fit` adds to the loss.
    dilation_rate, activation, use_bias, bias_initializer, bias_regularizer
        See `Convolution`.

    Shapes
    ------
    (N, H, W, C) → (N, h, w, filters); kernel (kh, kw, C / groups, filters), bias (filters,).

    >>> import numpy as np
    >>> Conv2D(8, 3, activation="relu")(np.ones((2, 28, 28, 1))).shape
    (2, 26, 26, 8)
    """

    fields = (
        "filters",
        "groups",
        "kernel_initializer",
        "kernel_regularizer",
        *Convolution.fields,
    )

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        *,
        groups=1,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(kernel_size, strides, padding, **kwargs)
        self.filters = checks.integer(filters, "Conv2D: filters")
        self.groups = checks.integer(groups, "Conv2D: groups")
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)

    def build_kernels(self, channels):
        """Make the kernel (kh, kw, channels / groups, filters)."""
        for count, what in ((channels, "channels of the input"), (self.filters, "filters")):
            if count % self.groups:
                raise ValueError(
                    f"Conv2D: {count} {what} cannot be cut into {self.groups} equal groups"
                )
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        self.add_weight(
            "kernel", shape, self.kernel_initializer, regularizer=self.kernel_regularizer
        )

    def convolve(self, x):
        """Return ``conv2d(x, kernel)``."""
        how = self.strides, self.padding, self.dilation_rate, self.groups
        return ops.conv2d(x, self.kernel, *how)

    def flops(self, input_shape):
        """Return 2 a multiply-add."""
        outputs = size_of(self.compute_output_shape(input_shape))
        taps = math.prod(self.kernel_size) * input_shape[3] // self.groups
        return 2 * taps * outputs
