"""Images turned, shifted, stretched, mirrored, bent; tested by ``tests/image/test_warping.py``.

Places are those of `minidl.image.geometry`: pixels from the upper left corner. Whatever is asked
for, each output pixel shows the image at the place that would come to lie at its centre:
"bilinear" between the four nearest pixels' centres, or "nearest". Of places beyond the border of
``a b c d``, `fill_mode` says what they show:

- "constant": ``k k k k | a b c d | k k k k`` with `fill_value` k;
- "nearest": ``a a a a | a b c d | d d d d``;
- "reflect": ``d c b a | a b c d | d c b a``;
- "wrap": ``a b c d | a b c d | a b c d``.

Angles and the like are one number, or one for each image of a batch.
"""

import numpy as np

from minidl.image import geometry
from minidl.image.cropping import fill_value as checked_fill
from minidl.image.filters import correlate, gaussian
from minidl.image.layout import DTYPES, as_batch, as_given, on_images, per_image
from minidl.kernels import warp as kernels
from minidl.runtime import checks

INTERPOLATIONS = ("bilinear", "nearest")
MODES = ("horizontal", "vertical", "horizontal_and_vertical")
#: Rounds in which a place's way back through a flow is found; a round halves the error or better
#: where the flow changes by at most half a pixel from pixel to pixel.
ROUNDS = 30


@on_images
def flip(images, mode="horizontal"):
    """Return images mirrored: "horizontal" is left to right, "vertical" top to bottom, or both.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
    mode : "horizontal", "vertical" or "horizontal_and_vertical"
        Keras's names.

    >>> flip(np.array([[1, 2, 3]], np.uint8))
    array([[3, 2, 1]], dtype=uint8)
    """
    if mode not in MODES:
        raise checks.unknown_name("mode", mode, MODES)
    columns = slice(None, None, -1 if "horizontal" in mode else None)
    rows = slice(None, None, -1 if "vertical" in mode else None)
    return images[:, rows, columns]


def rotate(images, angle, interpolation="bilinear", fill_mode="constant", fill_value=0):
    """Return images turned counter-clockwise by `angle` degrees about their middle.

    >>> rotate(np.array([[1, 2], [3, 4]], np.uint8), 90)
    array([[2, 4],
           [1, 3]], dtype=uint8)
    """
    how = interpolation, fill_mode, fill_value
    return _moved("rotate", images, lambda size: geometry.rotation(angle, size), None, *how)


def shift(images, dx, dy, interpolation="bilinear", fill_mode="constant", fill_value=0):
    """Return images moved by `dx` pixels to the right and `dy` downwards, also parts of pixels.

    >>> shift(np.array([[10, 20, 30]], np.uint8), 0.5, 0)
    array([[ 5, 15, 25]], dtype=uint8)
    """
    how = interpolation, fill_mode, fill_value
    return _moved("shift", images, lambda _: geometry.translation(dx, dy), None, *how)


def zoom(images, factor, interpolation="bilinear", fill_mode="constant", fill_value=0):
    """Return images enlarged about their middle, or made smaller, in the same frame.

    `factor` is more than 0: 2 shows things at twice their size.

    >>> zoom(np.array([[1, 2, 3, 4]], np.uint8), 2, "nearest", "nearest")
    array([[2, 2, 3, 3]], dtype=uint8)
    """
    if np.asarray(factor).dtype.kind in "fiu" and not np.all(np.asarray(factor) > 0):
        raise ValueError(f"zoom: factor needs numbers above 0, got {factor!r}")
    how = interpolation, fill_mode, fill_value
    return _moved("zoom", images, lambda size: geometry.scaling(factor, factor, size), None, *how)


def shear(images, x_shear, y_shear=0, interpolation="bilinear", fill_mode="constant", fill_value=0):
    """Return images slanted about their middle: x′ = x + x_shear · y, y′ = y + y_shear · x.

    >>> shear(np.array([[1, 2], [3, 4], [5, 6]], np.uint8), 1)
    array([[2, 0],
           [3, 4],
           [0, 5]], dtype=uint8)
    """
    how = interpolation, fill_mode, fill_value
    return _moved(
        "shear", images, lambda size: geometry.shearing(x_shear, y_shear, size), None, *how
    )


def affine(
    images,
    matrix,
    size=None,
    interpolation="bilinear",
    fill_mode="constant",
    fill_value=0,
    *,
    tone=None,
):
    """Return images as a matrix moves them: all of the above at once, and interpolated once.

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C) of uint8, float32 or float64
        For "nearest", of any real dtype: masks of class numbers stay class numbers.
    matrix : (2, 3) or (N, 2, 3)
        See `minidl.image.geometry`: from places before to places after. It has to be one that
        can be undone.
    size : (int, int), optional
        Height and width of the result; those of the images by default.
    interpolation : "bilinear" or "nearest"
    fill_mode : "constant", "nearest", "reflect" or "wrap"
    fill_value : float
        The constant.
    tone : (gain, offset, low, high), optional
        Numbers, gain and offset (N,): the result is ``gain · image + offset``, between low and
        high. A change of brightness and contrast in the same pass.

    Returns
    -------
    Images of that size, of the dtype given; uint8 is rounded, half to even.

    Raises
    ------
    ValueError
        For a matrix that cannot be undone, or an unknown name.

    >>> turn = geometry.rotation(90, (2, 4))
    >>> shift_ = geometry.translation(-1, 1)
    >>> affine(np.arange(8, dtype=np.uint8).reshape(2, 4), geometry.compose(turn, shift_), (4, 2))
    array([[3, 7],
           [2, 6],
           [1, 5],
           [0, 4]], dtype=uint8)
    """
    how = interpolation, fill_mode, fill_value
    return _moved("affine", images, lambda _: matrix, size, *how, tone)


def warp(images, flow, interpolation="bilinear", fill_mode="constant", fill_value=0):
    """Return images bent by a flow: what is shown at a place p is taken from p + flow(p).

    Parameters
    ----------
    images : (H, W), (H, W, C) or (N, H, W, C)
        As in `affine`.
    flow : (H, W, 2) or (N, H, W, 2)
        For each pixel's centre, (dx, dy) in pixels.
    interpolation, fill_mode, fill_value
        As in `affine`.

    Returns
    -------
    Images of the same shape and dtype.

    >>> left = np.zeros((1, 3, 2))
    >>> left[..., 0] = 1
    >>> warp(np.array([[1, 2, 3]], np.uint8), left)
    array([[2, 3, 0]], dtype=uint8)
    """
    batch = _batch(images, interpolation, "warp")
    flows = as_flow(flow)
    if flows.shape[1:3] != batch.shape[1:3] or len(flows) not in (1, len(batch)):
        raise ValueError(f"warp: a flow of shape {flows.shape} does not fit images {batch.shape}")
    flows = np.broadcast_to(flows, (len(batch), *flows.shape[1:]))
    how = _how(batch, interpolation, fill_mode, fill_value, "warp")
    bent = _through(kernels.flow, batch, flows, how, _tone(None, len(batch)))
    return as_given(bent, np.ndim(images))


def smooth_flow(noise, alpha, sigma):
    """Return flows that bend images elastically (Simard et al., 2003), from random noise.

    Parameters
    ----------
    noise : (N, H, W, 2)
        Independent numbers of mean 0 and variance 1.
    alpha : float or (N,)
        Root of the mean square of dx, and of dy, in pixels, away from the border.
    sigma : float
        In pixels, over how far neighbours go together: that of a Gaussian.

    Returns
    -------
    (N, H, W, 2) float64
    """
    noise = as_flow(noise)
    alpha = per_image(alpha, len(noise), "smooth_flow: alpha", 0)
    sigma = checks.real(sigma, "smooth_flow: sigma", 0, 1e6)
    window = gaussian(2 * int(np.ceil(3 * sigma)) + 1, sigma)
    flow = correlate(correlate(noise, window, 1), window, 2)
    # Blurring with weights w leaves Σ w² of the variance, along each axis.
    return flow * (alpha / np.sum(window**2))[:, np.newaxis, np.newaxis, np.newaxis]


def move_through(flow, points):
    """Return where points (P, 2), as (x, y), are shown in an image bent by `warp` with a flow.

    The point p is seen at the place q with q + flow(q) = p: found by going round
    q ← p − flow(q), which settles where the flow changes by less than a pixel from pixel to
    pixel, and so does not fold the image.

    >>> flow = np.zeros((4, 4, 2))
    >>> flow[..., 0] = 1
    >>> move_through(flow, [[3, 2]])
    array([[2., 2.]])
    """
    flows = as_flow(flow)
    points = geometry.as_points(points)
    places = points
    for _ in range(ROUNDS):
        places = points - _look_up(flows[0], places)
    return places


def as_flow(flow):
    """Return one flow, or several, as finite float64 (N, H, W, 2)."""
    array = np.asarray(flow)
    if array.ndim not in (3, 4) or array.shape[-1] != 2 or array.dtype.kind not in "fiu":
        raise ValueError(
            f"a flow needs numbers of shape (H, W, 2), or (N, H, W, 2), got {array.dtype} "
            f"{array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError("a flow needs finite numbers, got NaN or infinity")
    return array.reshape(-1, *array.shape[-3:]).astype(np.float64)


def _look_up(flow, places):
    """Return the flow at places (P, 2): bilinear, beyond the border as at it."""
    height, width = flow.shape[:2]
    at = np.clip(places - 0.5, 0, [width - 1, height - 1])
    low = np.minimum(at.astype(np.int64), [max(width - 2, 0), max(height - 2, 0)])
    high = np.minimum(low + 1, [width - 1, height - 1])
    right, down = (at - low)[:, :1], (at - low)[:, 1:]
    (x0, y0), (x1, y1) = low.T, high.T
    upper = (1 - right) * flow[y0, x0] + right * flow[y0, x1]
    lower = (1 - right) * flow[y1, x0] + right * flow[y1, x1]
    return (1 - down) * upper + down * lower


def _moved(name, images, make, size, interpolation, fill_mode, fill_value, tone=None):
    """Return the images moved by the matrices that `make` makes for their size (H, W)."""
    batch = _batch(images, interpolation, name)
    count, before = len(batch), batch.shape[1:3]
    matrices = geometry.as_matrices(make(before))
    if len(matrices) not in (1, count):
        raise ValueError(
            f"{name}: got parameters for {len(matrices)} images, but there are {count}"
        )
    after = before if size is None else checks.pair(size, f"{name}: size")
    inverse = np.broadcast_to(geometry.invert(matrices, name), (count, 2, 3))
    how = _how(batch, interpolation, fill_mode, fill_value, name)
    moved = _through(kernels.affine, batch, inverse, after, how, _tone(tone, count))
    return as_given(moved, np.ndim(images))


def _through(kernel, batch, *arguments):
    """Return what a kernel makes of a batch.

    Class numbers go through float64, which holds them: no kernel has to be compiled for each
    type of integers.
    """
    if batch.dtype in DTYPES:
        return kernel(batch, *arguments)
    return kernel(batch.astype(np.float64), *arguments).astype(batch.dtype)


def _batch(images, interpolation, name):
    """Return images as a batch: class numbers and the like only where none are mixed."""
    if interpolation not in INTERPOLATIONS:
        raise checks.unknown_name("interpolation", interpolation, INTERPOLATIONS)
    images = np.asarray(images)
    if interpolation == "nearest" and images.dtype.kind in "iub":
        return as_batch(images, name, (images.dtype.name, images.dtype.name))
    return as_batch(images, name)


def _how(batch, interpolation, fill_mode, value, name):
    if fill_mode not in kernels.FILLS:
        raise checks.unknown_name("fill_mode", fill_mode, kernels.FILLS)
    value = checked_fill(batch, value, f"{name}: fill_value")
    return kernels.FILLS[fill_mode], value, interpolation == "nearest"


def _tone(tone, count):
    gain, offset, low, high = tone or (1.0, 0.0, -np.inf, np.inf)
    gain = per_image(gain, count, "affine: gain")
    return gain, per_image(offset, count, "affine: offset"), float(low), float(high)
