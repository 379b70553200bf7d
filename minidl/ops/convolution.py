"""Convolution of images, its transpose, and its gradient by the kernel.

The three are one trilinear form, ``Σ y · conv2d(x, kernel)``, with one of x, kernel and y
left open; so each is the derivative of the others, and gradients of gradients never leave
the family:

    conv2d(x, kernel)               gradient by x: conv2d_transpose    by kernel: conv2d_kernel_grad
    conv2d_transpose(y, kernel)     gradient by y: conv2d              by kernel: conv2d_kernel_grad
    conv2d_kernel_grad(x, y)        gradient by x: conv2d_transpose    by y: conv2d
"""

import numpy as np

from minidl.autograd import primitive
from minidl.kernels import conv
from minidl.kernels.conv import grouped
from minidl.ops.windows import check_float, check_images, windows
from minidl.runtime import checks


@primitive
def conv2d(x, kernel, strides=1, padding="valid", dilation_rate=1, groups=1):
    """Slide `kernel` over the images `x`: multiply element by element and sum.

    The article's formula, for every image, with a sum over channels and one result per
    filter: ``y[n, p, q, f] = Σᵢ Σⱼ Σ_c x[n, p + i, q + j, c] · kernel[i, j, c, f]``. It is
    cross-correlation: the kernel is not flipped.

    Parameters
    ----------
    x : (N, H, W, C) float32 or float64
    kernel : (kh, kw, C / groups, F)
    strides, dilation_rate : int or (int, int)
        Steps of the window, and between its taps, along H and W.
    padding : "valid", "same" or ((top, bottom), (left, right))
        Zeros around the image; "same" is Keras's rule: ⌈H / stride⌉ rows come out.
    groups : int
        Cuts the channels into so many runs, each seen by its own F / groups filters alone;
        with C groups the convolution is depthwise.

    Returns
    -------
    (N, h, w, F), of the dtype that x and kernel promote to.

    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> conv2d(image, np.ones((2, 2, 1, 1))).reshape(2, 2)
    array([[ 8., 12.],
           [20., 24.]])
    """
    x, kernel, w, groups = prepared("conv2d", x, kernel, strides, padding, dilation_rate, groups)
    if groups > 1:
        return grouped.forward(x, kernel, w.geometry, w.out_size, groups)
    return conv.forward(x, kernel, w.geometry, w.out_size)


@primitive
def conv2d_transpose(
    x,
    kernel,
    strides=1,
    padding="valid",
    output_padding=None,
    dilation_rate=1,
    groups=1,
    output_size=None,
):
    """Apply the transpose of `conv2d`: each number of x paints its multiple of the kernel.

    Parameters
    ----------
    x : (N, h, w, F) float32 or float64
    kernel : (kh, kw, C / groups, F)
        C channels come out: the kernel of the `conv2d` that this is the transpose of.
    strides, padding, dilation_rate, groups
        As in that `conv2d`.
    output_padding : int or (int, int), optional
        Rows and columns to add at the end, less than the stride.
    output_size : (int, int), optional
        The H and W that come out, where several give the same h and w.

    Returns
    -------
    (N, H, W, C). For "valid", H = (h − 1) · stride + dilation · (kh − 1) + 1; for "same",
    H = h · stride; for explicit padding, as "valid" less the padding.

    >>> conv2d_transpose(np.ones((1, 2, 2, 1)), np.ones((2, 2, 1, 1))).reshape(3, 3)
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    check_images("conv2d_transpose", x)
    kernel = _check_kernel("conv2d_transpose", kernel)
    if x.shape[3] != kernel.shape[3]:
        raise ValueError(
            f"conv2d_transpose: x has {x.shape[3]} channels, but the kernel {kernel.shape} is "
            f"made for {kernel.shape[3]} (kh, kw, channels out / groups, channels in)"
        )
    groups = _check_groups("conv2d_transpose", groups, "channels of x", x.shape[3])
    w = _transposed_windows(
        x.shape[1:3], kernel.shape[:2], strides, padding, output_padding, dilation_rate, output_size
    )
    x, kernel = _one_dtype(x, kernel)
    if groups > 1:
        return grouped.transpose(x, kernel, w.geometry, w.in_size, groups)
    return conv.transpose(x, kernel, w.geometry, w.in_size)


@primitive
def conv2d_kernel_grad(x, y, kernel_size, strides=1, padding="valid", dilation_rate=1, groups=1):
    """Return the gradient of ``sum(y * conv2d(x, kernel))`` by the kernel.

    Parameters
    ----------
    x : (N, H, W, C) float32 or float64
    y : (N, h, w, F), of the shape that the convolution gives
    kernel_size : (kh, kw)

    Returns
    -------
    (kh, kw, C / groups, F)
    """
    check_images("conv2d_kernel_grad", x)
    check_images("conv2d_kernel_grad", y, "y")
    groups = _check_groups("conv2d_kernel_grad", groups, "channels of x", x.shape[3])
    _check_groups("conv2d_kernel_grad", groups, "filters", y.shape[3])
    w = windows("conv2d_kernel_grad", x.shape[1:3], kernel_size, strides, padding, dilation_rate)
    if y.shape[:3] != (x.shape[0], *w.out_size):
        raise ValueError(
            f"conv2d_kernel_grad: y needs shape {(x.shape[0], *w.out_size, 'filters')}, "
            f"got {y.shape}"
        )
    x, y = _one_dtype(x, y)
    if groups > 1:
        return grouped.kernel_gradient(x, y, w.kernel_size, w.geometry, groups)
    return conv.kernel_gradient(x, y, w.kernel_size, w.geometry)


def _conv2d_by_x(g, y, x, kernel, strides=1, padding="valid", dilation_rate=1, groups=1):
    size = x.shape[1:3]
    return conv2d_transpose(g, kernel, strides, padding, None, dilation_rate, groups, size)


def _conv2d_by_kernel(g, y, x, kernel, strides=1, padding="valid", dilation_rate=1, groups=1):
    return conv2d_kernel_grad(x, g, kernel.shape[:2], strides, padding, dilation_rate, groups)


def _transpose_how(
    strides=1, padding="valid", output_padding=None, dilation_rate=1, groups=1, output_size=None
):
    """Return what the convolution that is transposed is called with."""
    return strides, padding, dilation_rate, groups


def _transpose_by_x(g, y, x, kernel, *how, **named):
    return conv2d(g, kernel, *_transpose_how(*how, **named))


def _transpose_by_kernel(g, y, x, kernel, *how, **named):
    return conv2d_kernel_grad(g, x, kernel.shape[:2], *_transpose_how(*how, **named))


def _kernel_grad_by_x(
    g, k, x, y, kernel_size, strides=1, padding="valid", dilation_rate=1, groups=1
):
    return conv2d_transpose(y, g, strides, padding, None, dilation_rate, groups, x.shape[1:3])


def _kernel_grad_by_y(g, k, x, y, kernel_size, *how, **named):
    return conv2d(x, g, *how, **named)


conv2d.def_vjps(_conv2d_by_x, _conv2d_by_kernel)
conv2d_transpose.def_vjps(_transpose_by_x, _transpose_by_kernel)
conv2d_kernel_grad.def_vjps(_kernel_grad_by_x, _kernel_grad_by_y)


def prepared(name, x, kernel, strides, padding, dilation_rate, groups):
    """Check what a convolution called `name` is given: (x, kernel, windows, groups)."""
    check_images(name, x)
    kernel = _check_kernel(name, kernel)
    groups = _check_groups(name, groups, "filters", kernel.shape[3])
    if x.shape[3] != kernel.shape[2] * groups:
        raise ValueError(
            f"{name}: x has {x.shape[3]} channels, but the kernel {kernel.shape} is made for "
            f"{kernel.shape[2] * groups} (kh, kw, channels / groups, filters; groups={groups})"
        )
    w = windows(name, x.shape[1:3], kernel.shape[:2], strides, padding, dilation_rate)
    x, kernel = _one_dtype(x, kernel)
    return x, kernel, w, groups


def _check_kernel(name, kernel):
    if not isinstance(kernel, np.ndarray) or kernel.ndim != 4:
        got = f"shape {kernel.shape}" if isinstance(kernel, np.ndarray) else type(kernel).__name__
        raise ValueError(f"{name}: the kernel needs 4 axes, got {got}")
    check_float(name, kernel, "the kernel")
    return kernel


def _check_groups(name, groups, what, count):
    groups = checks.integer(groups, f"{name}: groups")
    if count % groups:
        raise ValueError(f"{name}: {count} {what} do not make {groups} equal groups")
    return groups


def _one_dtype(a, b):
    dtype = np.result_type(a, b)
    return a.astype(dtype, copy=False), b.astype(dtype, copy=False)


def _transposed_windows(
    size, kernel_size, strides, padding, output_padding, dilation_rate, output_size
):
    """Return the windows of the convolution that is transposed: over the image that comes out."""
    name = "conv2d_transpose"
    strides = checks.pair(strides, f"{name}: strides")
    dilation = checks.pair(dilation_rate, f"{name}: dilation_rate")
    padding = checks.padding(padding, f"{name}: padding")
    if output_size is None:
        if padding == "same":
            if output_padding is not None:
                raise ValueError(
                    f"{name}: with padding='same' give output_size instead of output_padding"
                )
            output_size = tuple(n * s for n, s in zip(size, strides, strict=True))
        else:
            extra = checks.pair(output_padding or 0, f"{name}: output_padding", 0)
            pads = ((0, 0), (0, 0)) if padding == "valid" else padding
            output_size = tuple(
                (n - 1) * s + d * (k - 1) + 1 + e - sum(p)
                for n, s, d, k, e, p in zip(
                    size, strides, dilation, kernel_size, extra, pads, strict=True
                )
            )
    elif output_padding is not None:
        raise ValueError(f"{name}: give output_size or output_padding, not both")
    output_size = checks.pair(output_size, f"{name}: output_size")
    w = windows(name, output_size, kernel_size, strides, padding, dilation)
    if w.out_size != tuple(size):
        raise ValueError(
            f"{name}: an image of {output_size} has {w.out_size} windows, but x has {tuple(size)}"
        )
    return w
