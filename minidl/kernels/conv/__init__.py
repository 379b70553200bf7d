"""Convolution of images (N, H, W, C), its two gradients, and their common geometry."""

from minidl.kernels.conv.direct import forward, kernel_gradient, transpose

__all__ = ["forward", "kernel_gradient", "transpose"]
