"""Convolution of images (N, H, W, C), its two gradients, and the route that each takes.

Three ways to the same numbers, by the rule in `route`:

- `direct`: 3 × 3 kernels over few channels, where a matrix product would be too thin to be
  quick; the sums never leave the registers;
- `winograd`: 3 × 3 kernels, and 4 × 4 with stride 2, over many channels, with a quarter to
  two fifths of the multiplications;
- `blocked`: everything else, as matrix products of patches that never leave the cache.

`geometry` is (stride_y, stride_x, top, left, dilation_y, dilation_x).
"""

import numpy as np

from minidl.kernels.conv import blocked, direct, winograd
from minidl.runtime.config import config

#: Channels up to which `direct` is quicker than `blocked`, and from which `winograd` is.
FEW, MANY = 4, 16
#: Output pixels of a batch that repay the transformation of Winograd's kernels, and the part of
#: the multiplications below which it is quicker: images that fill few tiles are left with more.
PIXELS, PART = 512, 0.6


def forward(x, kernel, geometry, out_size):
    """Convolve `x` (N, H, W, C) with `kernel` (kh, kw, C, F): an (N, *out_size, F) array."""
    module = route(x.dtype, len(x), kernel.shape, geometry, out_size)
    if module is blocked:
        return blocked.forward(x, kernel, geometry, out_size)
    return module.forward(x, kernel, geometry[2:4], out_size)


def transpose(y, kernel, geometry, out_size):
    """Apply the transpose of `forward` to `y` (N, h, w, F): an (N, *out_size, C) array."""
    module = route(y.dtype, len(y), kernel.shape, geometry, y.shape[1:3])
    if module is blocked or (module is direct and kernel.shape[2] > 1):
        return blocked.transpose(y, kernel, geometry, out_size)
    return module.transpose(y, kernel, geometry[2:4], out_size)


def kernel_gradient(x, y, kernel_size, geometry):
    """Return the gradient of ``Σ y · forward(x, kernel)`` by the kernel: (kh, kw, C, F)."""
    shape = (*kernel_size, x.shape[3], y.shape[3])
    module = route(x.dtype, len(x), shape, geometry, y.shape[1:3])
    if module is blocked:
        return blocked.kernel_gradient(x, y, kernel_size, geometry)
    return module.kernel_gradient(x, y, kernel_size, geometry[2:4])


def route(dtype, images, kernel_shape, geometry, out_size):
    """Return the module that convolves: by the kernel's shape and by how much there is to do."""
    kh, kw, channels, filters = kernel_shape
    strides, (top, left), dilation = geometry[:2], geometry[2:4], geometry[4:]
    stride = winograd.STRIDES.get(kh)
    if kh != kw or strides != (stride, stride) or dilation != (1, 1):
        return blocked
    if kh == 3 and channels <= FEW:
        return direct
    thick = min(channels, filters) >= MANY and images * out_size[0] * out_size[1] >= PIXELS
    suits = thick and max(top, left) < kh and winograd.part(kh, out_size) < PART
    return winograd if config.winograd and suits and dtype == np.float32 else blocked
