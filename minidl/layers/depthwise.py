"""Depthwise and separable convolution as layers: each channel by itself."""

import math

from minidl import initializers, ops, regularizers
from minidl.layers.convolutional import Convolution
from minidl.layers.layer import size_of
from minidl.runtime import checks


class DepthwiseConv2D(Convolution):
    """Convolves each channel with kernels of its own, then bias and activation.

    Parameters
    ----------
    kernel_size, strides, padding, dilation_rate, activation, use_bias, bias_initializer …
        See `Convolution`.
    depth_multiplier : int
        Kernels, and channels that come out, for each channel that goes in.
    depthwise_initializer : str or Initializer
    depthwise_regularizer : str or Regularizer, optional
        A penalty on the kernel, which `fit` adds to the loss.

    Shapes
    ------
    (N, H, W, C) → (N, h, w, C · depth_multiplier); kernel (kh, kw, C, depth_multiplier).

    >>> import numpy as np
    >>> DepthwiseConv2D(3, depth_multiplier=2)(np.ones((2, 28, 28, 4))).shape
    (2, 26, 26, 8)
    """

    fields = (
        "depth_multiplier",
        "depthwise_initializer",
        "depthwise_regularizer",
        *Convolution.fields,
    )

    def __init__(
        self,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        depth_multiplier=1,
        *,
        depthwise_initializer="glorot_uniform",
        depthwise_regularizer=None,
        **kwargs,
    ):
        super().__init__(kernel_size, strides, padding, **kwargs)
        what = "DepthwiseConv2D: depth_multiplier"
        self.depth_multiplier = checks.integer(depth_multiplier, what)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)

    def build_kernels(self, channels):
        """Make the kernel (kh, kw, channels, depth_multiplier)."""
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.add_weight(
            "kernel", shape, self.depthwise_initializer, regularizer=self.depthwise_regularizer
        )

    def count_filters(self, channels):
        """Return how many channels come out."""
        return channels * self.depth_multiplier

    def convolve(self, x):
        """Return the convolution of each channel."""
        return depthwise(x, self.kernel, self)

    def flops(self, input_shape):
        """Return 2 a multiply-add."""
        outputs = size_of(self.compute_output_shape(input_shape))
        return 2 * math.prod(self.kernel_size) * outputs


class SeparableConv2D(Convolution):
    """A depthwise convolution and a 1 × 1 convolution that mixes the channels.

    A convolution in two steps with far fewer weights (Chollet, 2017).

    Parameters
    ----------
    filters : int
        Channels that come out.
    kernel_size, strides, padding, dilation_rate, activation, use_bias, bias_initializer …
        See `Convolution`.
    depth_multiplier : int
        Kernels for each channel that goes in.
    depthwise_initializer, pointwise_initializer : str or Initializer
    depthwise_regularizer, pointwise_regularizer : str or Regularizer, optional
        Penalties on the kernels, which `fit` adds to the loss.

    Shapes
    ------
    (N, H, W, C) → (N, h, w, filters); depthwise kernel (kh, kw, C, depth_multiplier),
    pointwise kernel (1, 1, C · depth_multiplier, filters), bias (filters,).
    """

    fields = (
        "filters",
        "depth_multiplier",
        "depthwise_initializer",
        "pointwise_initializer",
        "depthwise_regularizer",
        "pointwise_regularizer",
        *Convolution.fields,
    )

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        *,
        depth_multiplier=1,
        depthwise_initializer="glorot_uniform",
        pointwise_initializer="glorot_uniform",
        depthwise_regularizer=None,
        pointwise_regularizer=None,
        **kwargs,
    ):
        super().__init__(kernel_size, strides, padding, **kwargs)
        self.filters = checks.integer(filters, "SeparableConv2D: filters")
        what = "SeparableConv2D: depth_multiplier"
        self.depth_multiplier = checks.integer(depth_multiplier, what)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)

    def build_kernels(self, channels):
        """Make both kernels."""
        for kind, shape in (
            ("depthwise", (*self.kernel_size, channels, self.depth_multiplier)),
            ("pointwise", (1, 1, channels * self.depth_multiplier, self.filters)),
        ):
            initializer = getattr(self, f"{kind}_initializer")
            regularizer = getattr(self, f"{kind}_regularizer")
            self.add_weight(f"{kind}_kernel", shape, initializer, regularizer=regularizer)

    def convolve(self, x):
        """Return the convolution of each channel, mixed."""
        return ops.conv2d(depthwise(x, self.depthwise_kernel, self), self.pointwise_kernel)

    def flops(self, input_shape):
        """Return 2 a multiply-add, in both steps."""
        outputs = size_of(self.compute_output_shape(input_shape))
        mixed = input_shape[3] * self.depth_multiplier
        pixels = outputs // self.filters
        return 2 * pixels * mixed * (math.prod(self.kernel_size) + self.filters)


def depthwise(x, kernel, layer):
    """Convolve each channel of x with its own kernels (kh, kw, C, multiplier)."""
    kh, kw, channels, multiplier = kernel.shape
    one_each = ops.reshape(kernel, (kh, kw, 1, channels * multiplier))
    how = layer.strides, layer.padding, layer.dilation_rate
    return ops.conv2d(x, one_each, *how, groups=channels)
