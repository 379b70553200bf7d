"""Layers of images as ONNX nodes: convolution, pooling, padding, other sizes.

ONNX's kernels are (out, in / groups, kh, kw), those of transposed convolution
(in, out / groups, kh, kw). Padding is always written out in pixels.
"""

import numpy as np

from minidl.interchange.onnx.activations import activate
from minidl.interchange.onnx.graph import FIRST, LAST, axis_in
from minidl.ops.windows import windows


def conv2d(call, layer, x):
    """Map Conv2D."""
    how = {"group": layer.groups, **_windows(layer, x, layer.kernel_size, layer.dilation_rate)}
    kernel = call.constant("kernel", layer.kernel.data.transpose(3, 2, 0, 1))
    return _activated(
        call, layer, call.node("Conv", call.first(x), kernel, *_bias(call, layer), **how)
    )


def depthwise_conv2d(call, layer, x):
    """Map DepthwiseConv2D."""
    y = _depthwise(call, layer, x, "kernel", *_bias(call, layer))
    return _activated(call, layer, y)


def separable_conv2d(call, layer, x):
    """Map SeparableConv2D: a convolution of each channel, then one of single pixels."""
    y = _depthwise(call, layer, x, "depthwise_kernel")
    kernel = call.constant("pointwise_kernel", layer.pointwise_kernel.data.transpose(3, 2, 0, 1))
    y = call.node("Conv", y, kernel, *_bias(call, layer), kernel_shape=(1, 1))
    return _activated(call, layer, y)


def conv2d_transpose(call, layer, x):
    """Map Conv2DTranspose.

    The windows lie in the image that comes out, as in `ops.conv2d_transpose`; of what all of them
    cover, the borders are cut off. Where they do not reach its end, there is `output_padding`.
    """
    size = call.shape[1:3]
    w = windows(
        "export", size, layer.kernel_size, layer.strides, layer.padding, layer.dilation_rate
    )
    begins = [before for before, _ in w.pads]
    ends = [
        (n - 1) * s + d * (k - 1) + 1 - begin - m
        for n, s, d, k, begin, m in zip(
            x.shape[1:3], w.strides, w.dilation, w.kernel_size, begins, size, strict=True
        )
    ]
    y = call.node(
        "ConvTranspose",
        call.first(x),
        call.constant("kernel", layer.kernel.data.transpose(3, 2, 0, 1)),
        *_bias(call, layer),
        kernel_shape=w.kernel_size,
        strides=w.strides,
        dilations=w.dilation,
        pads=[*begins, *(max(end, 0) for end in ends)],
        output_padding=[max(-end, 0) for end in ends],
    )
    return _activated(call, layer, y)


def max_pooling2d(call, layer, x):
    """Map MaxPooling2D."""
    how = _windows(layer, x, layer.pool_size)
    return call.value(call.node("MaxPool", call.first(x), **how), FIRST)


def average_pooling2d(call, layer, x):
    """Map AveragePooling2D."""
    how = _windows(layer, x, layer.pool_size)
    return call.value(call.node("AveragePool", call.first(x), count_include_pad=0, **how), FIRST)


def global_average_pooling2d(call, layer, x):
    """Map GlobalAveragePooling2D."""
    return _reduce(call, layer, x, "ReduceMean")


def global_max_pooling2d(call, layer, x):
    """Map GlobalMaxPooling2D."""
    return _reduce(call, layer, x, "ReduceMax")


def zero_padding2d(call, layer, x):
    """Map ZeroPadding2D."""
    # For all axes: those that are named ONNX Runtime mixes up when it moves a transpose.
    pads = np.zeros((2, 4), np.int64)
    pads[:, [axis_in(x.layout, axis, 4) for axis in (1, 2)]] = np.transpose(layer.padding)
    return call.value(
        call.node("Pad", x.names[x.layout], call.constant("pads", pads.ravel())), x.layout
    )


def cropping2d(call, layer, x):
    """Map Cropping2D."""
    begins = [before for before, _ in layer.cropping]
    return call.value(_cut(call, x, begins, call.shape[1:3]), x.layout)


def up_sampling2d(call, layer, x):
    """Map UpSampling2D: pixel i comes from ⌊i / size⌋, or lies between centres of pixels."""
    if layer.interpolation == "bilinear":
        return _bilinear(call, x, layer.size)
    scales = call.constant("scales", np.float32([1, 1, *layer.size]))
    how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return call.value(call.node("Resize", call.first(x), "", scales, **how), FIRST)


def random_crop(call, layer, x):
    """Map RandomCrop, which when used resizes the largest middle part of its shape."""
    before, after = x.shape[1:3], call.shape[1:3]
    part = layer.middle(*before)
    begins = [(n - m) // 2 for n, m in zip(before, part, strict=True)]
    y = x
    if part != before:
        y = call.value(_cut(call, x, begins, part), x.layout)
    if part == after:
        return y
    # Not given as sizes: of those, ONNX's node wants the batch's too, or else axes, which ONNX
    # Runtime mixes up when it moves a transpose. The next float keeps ⌊n · scale⌋ from m − 1.
    scales = [np.nextafter(np.float32(m / n), np.inf) for m, n in zip(after, part, strict=True)]
    return _bilinear(call, y, scales)


def _bilinear(call, x, scales):
    scales = call.constant("scales", np.float32([1, 1, *scales]))
    how = {"coordinate_transformation_mode": "half_pixel", "mode": "linear"}
    return call.value(call.node("Resize", call.first(x), "", scales, **how), FIRST)


def _windows(layer, x, taps, dilation=None):
    """Return the attributes of a node of windows over the images x."""
    w = windows("export", x.shape[1:3], taps, layer.strides, layer.padding, dilation or 1)
    (top, bottom), (left, right) = w.pads
    how = {"kernel_shape": w.kernel_size, "strides": w.strides, "pads": (top, left, bottom, right)}
    return how if dilation is None else how | {"dilations": w.dilation}


def _depthwise(call, layer, x, name, *bias):
    """Convolve each channel with its kernels, (kh, kw, C, multiplier)."""
    kernel = getattr(layer, name).data
    one_each = kernel.reshape(*kernel.shape[:2], 1, -1).transpose(3, 2, 0, 1)
    how = {"group": x.shape[3], **_windows(layer, x, layer.kernel_size, layer.dilation_rate)}
    return call.node("Conv", call.first(x), call.constant(name, one_each), *bias, **how)


def _bias(call, layer):
    return [call.constant("bias", layer.bias.data)] if layer.use_bias else []


def _activated(call, layer, y):
    return call.value(activate(call, layer.activation, y, FIRST, 4), FIRST)


def _reduce(call, layer, x, kind):
    places = _places(call, x.layout)
    y = call.node(kind, x.names[x.layout], places, keepdims=int(layer.keepdims))
    return call.value(y, x.layout if layer.keepdims else LAST)


def _cut(call, x, begins, size):
    """Return the tensor of a part of the images."""
    ends = [begin + n for begin, n in zip(begins, size, strict=True)]
    limits = call.constant("begins", begins), call.constant("ends", ends)
    return call.node("Slice", x.names[x.layout], *limits, _places(call, x.layout))


def _places(call, layout):
    """Return a constant: the axes of height and width."""
    return call.constant("places", [axis_in(layout, axis, 4) for axis in (1, 2)])
