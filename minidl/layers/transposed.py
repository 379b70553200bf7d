"""Transposed convolution as a layer: small images become large ones."""

import math

from minidl import initializers, ops, regularizers
from minidl.layers.convolutional import Convolution
from minidl.layers.layer import check_images, size_of
from minidl.runtime import checks


class Conv2DTranspose(Convolution):
    """The transpose of a convolution, then bias and activation: `ops.conv2d_transpose`.

    Each number of the input paints its multiple of the kernel; where they overlap, they add
    up. Sizes are Keras's: "same" gives H · stride; "valid" gives H · stride + max(k − stride, 0),
    with k the (dilated) kernel's size; with `output_padding` (H − 1) · stride + k + output_padding,
    less 2 · ⌊k / 2⌋ for "same".

    Parameters
    ----------
    filters : int
        Channels that come out.
    kernel_size, strides, padding, dilation_rate, activation, use_bias, bias_initializer …
        See `Convolution`.
    output_padding : int or (int, int), optional
        Less than the strides.
    kernel_initializer : str or Initializer
    kernel_regularizer : str or Regularizer, optional
        A penalty that `fit` adds to the loss.

    Shapes
    ------
    (N, h, w, C) → (N, H, W, filters); kernel (kh, kw, filters, C), bias (filters,).

    >>> import numpy as np
    >>> Conv2DTranspose(8, 4, strides=2, padding="same")(np.ones((2, 7, 7, 16))).shape
    (2, 14, 14, 8)
    """

    fields = (
        "filters",
        "output_padding",
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
        output_padding=None,
        *,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(kernel_size, strides, padding, **kwargs)
        self.filters = checks.integer(filters, "Conv2DTranspose: filters")
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.output_padding = None
        if output_padding is not None:
            what = "Conv2DTranspose: output_padding"
            self.output_padding = checks.pair(output_padding, what, minimum=0)
            if any(o >= s for o, s in zip(self.output_padding, self.strides, strict=True)):
                raise ValueError(
                    f"{what} needs numbers below the strides {self.strides}, got {output_padding}"
                )

    def build_kernels(self, channels):
        """Make the kernel (kh, kw, filters, channels)."""
        shape = (*self.kernel_size, self.filters, channels)
        self.add_weight(
            "kernel", shape, self.kernel_initializer, regularizer=self.kernel_regularizer
        )

    def convolve(self, x):
        """Return ``conv2d_transpose(x, kernel)``."""
        size = self.compute_output_shape(x.shape)[1:3]
        return ops.conv2d_transpose(
            x,
            self.kernel,
            self.strides,
            self.padding,
            dilation_rate=self.dilation_rate,
            output_size=size,
        )

    def compute_output_shape(self, input_shape):
        """Return (None, H, W, filters)."""
        check_images("Conv2DTranspose", input_shape)
        self.check_channels(input_shape)
        spans = self._spans()
        extra = self.output_padding
        size = []
        for axis, n in enumerate(input_shape[1:3]):
            stride, span = self.strides[axis], spans[axis]
            same = self.padding == "same"
            if extra is None:
                size.append(n * stride + (0 if same else max(span - stride, 0)))
            else:
                trimmed = 2 * (span // 2) if same else 0
                size.append((n - 1) * stride + span + extra[axis] - trimmed)
        if min(size) < 1:
            raise ValueError(f"Conv2DTranspose: nothing comes out of an input of {input_shape}")
        return (input_shape[0], *size, self.filters)

    def flops(self, input_shape):
        """Return 2 a multiply-add."""
        return 2 * size_of(input_shape) * math.prod(self.kernel_size) * self.filters

    def _spans(self):
        pairs = zip(self.kernel_size, self.dilation_rate, strict=True)
        return [d * (k - 1) + 1 for k, d in pairs]
