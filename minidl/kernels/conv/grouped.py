"""Convolution in groups: runs of input channels that only their own filters see.

Kernels are (kh, kw, C / groups, F): the first F / groups filters belong to the first
C / groups channels, and so on. One channel a group is a depthwise convolution, which has
kernels of its own; other groups are cut out and go through the ordinary ones.
"""

import numpy as np

from minidl.kernels import conv
from minidl.kernels.conv import depthwise
from minidl.runtime import buffers


def forward(x, kernel, geometry, out_size, groups):
    """Convolve `x` (N, H, W, C) with `kernel` (kh, kw, C / groups, F): (N, *out_size, F)."""
    if kernel.shape[2] == 1:
        x = _repeat(x, kernel.shape[3] // groups)
        return depthwise.forward(x, kernel[:, :, 0], geometry, out_size)
    out = buffers.empty((len(x), *out_size, kernel.shape[3]), x.dtype)
    for channels, filters in _parts(x.shape[3], kernel.shape[3], groups):
        out[..., filters] = conv.forward(x[..., channels], kernel[..., filters], geometry, out_size)
    return out


def transpose(y, kernel, geometry, out_size, groups):
    """Apply the transpose of `forward` to `y` (N, h, w, F): (N, *out_size, C)."""
    channels_in, filters_in = kernel.shape[2] * groups, kernel.shape[3]
    if kernel.shape[2] == 1:
        out = depthwise.transpose(y, kernel[:, :, 0], geometry, out_size)
        multiplier = filters_in // groups
        if multiplier > 1:
            out = out.reshape(*out.shape[:3], groups, multiplier).sum(axis=-1)
        return out
    out = buffers.empty((len(y), *out_size, channels_in), y.dtype)
    for channels, filters in _parts(channels_in, filters_in, groups):
        out[..., channels] = conv.transpose(
            y[..., filters], kernel[..., filters], geometry, out_size
        )
    return out


def kernel_gradient(x, y, kernel_size, geometry, groups):
    """Return the gradient of ``Σ y · forward(x, kernel)``: (kh, kw, C / groups, F)."""
    channels_in, filters_in = x.shape[3], y.shape[3]
    if channels_in == groups:
        x = _repeat(x, filters_in // groups)
        return depthwise.kernel_gradient(x, y, kernel_size, geometry)[:, :, None]
    out = np.empty((*kernel_size, channels_in // groups, filters_in), x.dtype)
    for channels, filters in _parts(channels_in, filters_in, groups):
        out[..., filters] = conv.kernel_gradient(
            x[..., channels], y[..., filters], kernel_size, geometry
        )
    return out


def _repeat(x, multiplier):
    """Give each of the filters that see the same channel a copy of it."""
    return np.repeat(x, multiplier, axis=3) if multiplier > 1 else x


def _parts(channels, filters, groups):
    """Yield the slices of channels and of filters that belong together."""
    c, f = channels // groups, filters // groups
    for i in range(groups):
        yield slice(i * c, (i + 1) * c), slice(i * f, (i + 1) * f)
