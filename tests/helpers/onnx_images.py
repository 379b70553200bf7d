"""ONNX's operators on images in terms of minidl's: see `onnx_operators`.

Images are turned from channels first to channels last and back; those of one spatial axis
get one of length 1.
"""

import numpy as np

from minidl import ops


class LeftOut(Exception):  # noqa: N818 (nothing went wrong)
    """A case that asks for what minidl does not have; the message says what that is."""


def channels_last(x, what="windows"):
    """Turn (N, C, W) or (N, C, H, W) into (N, H, W, C)."""
    if x.dtype not in ("float32", "float64"):
        raise LeftOut(f"{what} over {x.dtype}")
    if x.ndim not in (3, 4):
        raise LeftOut(f"{what} in {x.ndim - 2} dimensions")
    return np.moveaxis(x if x.ndim == 4 else x[:, :, None], 1, -1)


def channels_first(y, ndim):
    y = np.moveaxis(y, -1, 1)
    return y if ndim == 4 else y[:, :, 0]


def two(values, default):
    """Return what an attribute says of the two axes of an image."""
    values = list(values or [])
    return (*[default] * (2 - len(values)), *values)


def layout(attributes, size, kernel):
    """Return strides, dilation and ((top, bottom), (left, right)) of a window."""
    strides, dilation = (two(attributes.get(k), 1) for k in ("strides", "dilations"))
    pads = attributes.get("pads") or [0] * 4
    half = len(pads) // 2
    pads = list(zip(two(pads[:half], 0), two(pads[half:], 0), strict=True))
    auto = attributes.get("auto_pad", "NOTSET")
    for i, (n, k, s, d) in enumerate(zip(size, kernel, strides, dilation, strict=True)):
        span = d * (k - 1) + 1
        if auto.startswith("SAME"):
            total = max((-(-n // s) - 1) * s + span - n, 0)
            pads[i] = halves(total, auto)
        elif attributes.get("ceil_mode"):
            count = -(-(n + sum(pads[i]) - span) // s) + 1
            if (count - 1) * s >= n + pads[i][0]:
                count -= 1  # a window has to begin before the padding at the end
            missing = (count - 1) * s + span - n - pads[i][0]
            pads[i] = (pads[i][0], max(missing, pads[i][1]))
    return strides, dilation, tuple(pads)


def halves(total, auto):
    less, more = total // 2, total - total // 2
    return (more, less) if auto == "SAME_LOWER" else (less, more)


def conv(attributes, x, w, bias=None):
    image = channels_last(x, "convolution")
    kernel = np.moveaxis(w if w.ndim == 4 else w[:, :, None], (0, 1), (3, 2))
    strides, dilation, pads = layout(attributes, image.shape[1:3], kernel.shape[:2])
    y = ops.conv2d(image, kernel, strides, pads, dilation, attributes.get("group", 1))
    return channels_first(y if bias is None else ops.add(y, bias), x.ndim)


def conv_transpose(attributes, x, w, bias=None):
    image = channels_last(x, "convolution")
    kernel = np.moveaxis(w if w.ndim == 4 else w[:, :, None], (0, 1), (3, 2))
    size, shape = image.shape[1:3], kernel.shape[:2]
    auto = attributes.get("auto_pad", "NOTSET")
    strides, dilation, pads = layout({**attributes, "auto_pad": "NOTSET"}, size, shape)
    extra = two(attributes.get("output_padding"), 0)
    full = [
        (n - 1) * s + d * (k - 1) + 1 + e
        for n, s, d, k, e in zip(size, strides, dilation, shape, extra, strict=True)
    ]
    wanted = attributes.get("output_shape")
    if auto.startswith("SAME"):
        wanted = wanted or [n * s for n, s in zip(size, strides, strict=True)]
    if wanted:
        wanted = two(wanted, 1)
        auto = "SAME_UPPER" if auto == "SAME_UPPER" else "SAME_LOWER"
        pads = [halves(max(f - n, 0), auto) for f, n in zip(full, wanted, strict=True)]
    else:
        wanted = [f - sum(p) for f, p in zip(full, pads, strict=True)]
    y = ops.conv2d_transpose(
        image, kernel, strides, pads, None, dilation, attributes.get("group", 1), wanted
    )
    return channels_first(y if bias is None else ops.add(y, bias), x.ndim)


def max_pool(attributes, x):
    if attributes["outputs"] > 1:
        raise LeftOut("the arg-max as an output")
    image, size = channels_last(x, "pooling"), two(attributes["kernel_shape"], 1)
    strides, dilation, pads = layout(attributes, image.shape[1:3], size)
    return channels_first(ops.max_pool2d(image, size, strides, pads, dilation), x.ndim)


def average_pool(attributes, x):
    image, size = channels_last(x, "pooling"), two(attributes["kernel_shape"], 1)
    strides, dilation, pads = layout(attributes, image.shape[1:3], size)
    if dilation != (1, 1):
        raise LeftOut("average-pooling with dilation")
    if attributes.get("count_include_pad"):
        # Zeros that count are part of the image; those that ceil_mode adds do not count.
        counted = layout({**attributes, "ceil_mode": 0}, image.shape[1:3], size)[2]
        image = ops.pad(image, ((0, 0), *counted, (0, 0)))
        pads = [(0, b - c) for (_, b), (_, c) in zip(pads, counted, strict=True)]
    return channels_first(ops.average_pool2d(image, size, strides, tuple(pads)), x.ndim)


def global_pool(reduce):
    return lambda a, x: reduce(x, tuple(range(2, x.ndim)), True)


def resize(attributes, x, roi=None, scales=None, sizes=None):
    transformation = attributes.get("coordinate_transformation_mode", "half_pixel")
    mode = attributes.get("mode", "nearest")
    if mode == "cubic":
        raise LeftOut("cubic interpolation")
    if transformation not in ("half_pixel", "pytorch_half_pixel"):
        raise LeftOut(f"coordinates by {transformation}")
    for unknown in ("antialias", "exclude_outside", "keep_aspect_ratio_policy"):
        if attributes.get(unknown, "stretch") not in (0, "stretch"):
            raise LeftOut(unknown)
    if x.ndim != 4:
        raise LeftOut(f"resizing in {x.ndim - 2} dimensions")
    axes = attributes.get("axes") or range(4)
    shape, exact = list(x.shape), True
    if sizes is not None and len(sizes):
        for axis, n in zip(axes, sizes.tolist(), strict=True):
            shape[axis] = n
    else:
        for axis, scale in zip(axes, scales.tolist(), strict=True):
            shape[axis] = int(x.shape[axis] * scale)
            exact &= shape[axis] == x.shape[axis] * scale
    if not exact:
        raise LeftOut("a scale that is not the quotient of the sizes")
    if tuple(shape[:2]) != x.shape[:2]:
        raise LeftOut("resizing of batch and channels")
    if transformation == "pytorch_half_pixel" and min(shape[2:]) == 1:
        raise LeftOut("the corner of the image, not its middle, where one pixel comes out")
    if mode == "nearest":
        rule = attributes.get("nearest_mode", "round_prefer_floor")
        if rule not in ("round_prefer_floor", "round_prefer_ceil"):
            raise LeftOut(f"nearest by {rule}")
        if rule == "round_prefer_floor" and any(
            ((2 * i + 1) * n) % (2 * m) == 0
            for n, m in zip(x.shape[2:], shape[2:], strict=True)
            for i in range(m)
        ):
            raise LeftOut("the first of two pixels as near as each other")
    y = ops.resize(channels_last(x), shape[2:], {"linear": "bilinear"}.get(mode, mode))
    return channels_first(y, 4)
