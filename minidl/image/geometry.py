"""Where places of an image go: affine matrices, points and boxes.

Places (x, y) are measured in pixels from the upper left *corner* of the image, x to the right and
y downwards: pixel (row, column) covers [column, column + 1] × [row, row + 1], its centre is
(column + ½, row + ½), and the whole image is the box (0, 0, W, H). A matrix (2, 3) takes the
place of a thing before to its place after, ``(x′, y′) = matrix · (x, y, 1)``; an array (N, 2, 3)
holds one for each image. Tested by ``tests/image/test_geometry.py``.
"""

import numpy as np

from minidl.image.layout import per_image


def identity(count=1):
    """Return `count` matrices (N, 2, 3) that leave everything in its place."""
    return np.tile(np.eye(2, 3), (count, 1, 1))


def translation(dx, dy):
    """Return the matrices of a shift by `dx` pixels to the right and `dy` downwards.

    >>> move(translation(3, -1), [[10, 10]])
    array([[13.,  9.]])
    """
    dx, dy = _numbers("translation", dx=dx, dy=dy)
    return _matrices(1, 0, dx, 0, 1, dy)


def rotation(angle, size):
    """Return the matrices of a turn about the middle of images of `size` (H, W).

    `angle` is in degrees, counter-clockwise as one sees it: OpenCV's ``getRotationMatrix2D``.
    Quarter turns are exact.

    >>> move(rotation(90, (10, 20)), [[20, 5]])
    array([[10., -5.]])
    """
    (angle,) = _numbers("rotation", angle=angle)
    quarters = np.rint(angle / 90)
    rest = np.deg2rad(angle - 90 * quarters)
    cos, sin = np.cos(rest), np.sin(rest)
    turn = quarters.astype(np.int64) % 4
    cos, sin = np.choose(turn, [cos, -sin, -cos, sin]), np.choose(turn, [sin, cos, -sin, -cos])
    return about_middle(_matrices(cos, sin, 0, -sin, cos, 0), size)


def scaling(x_factor, y_factor, size):
    """Return the matrices that enlarge about the middle of images of `size` (H, W).

    >>> move(scaling(2, 1, (10, 10)), [[6, 6]])
    array([[7., 6.]])
    """
    x_factor, y_factor = _numbers("scaling", x_factor=x_factor, y_factor=y_factor)
    return about_middle(_matrices(x_factor, 0, 0, 0, y_factor, 0), size)


def shearing(x_shear, y_shear, size):
    """Return the matrices of x′ = x + x_shear · y, y′ = y + y_shear · x, about the middle.

    >>> move(shearing(0.5, 0, (10, 10)), [[5, 7]])
    array([[6., 7.]])
    """
    x_shear, y_shear = _numbers("shearing", x_shear=x_shear, y_shear=y_shear)
    return about_middle(_matrices(1, x_shear, 0, y_shear, 1, 0), size)


def flipping(horizontal, vertical, size):
    """Return the matrices that mirror left and right, or top and bottom, where that is true.

    >>> move(flipping(True, False, (10, 20)), [[1, 2]])
    array([[19.,  2.]])
    """
    across, down = np.asarray(horizontal, bool), np.asarray(vertical, bool)
    return about_middle(_matrices(1 - 2 * across, 0, 0, 0, 1 - 2 * down, 0), size)


def about_middle(matrices, size):
    """Return matrices (N, 2, 3) that do about the middle what the given ones do about (0, 0)."""
    height, width = size
    return compose(
        translation(-width / 2, -height / 2), matrices, translation(width / 2, height / 2)
    )


def compose(*matrices):
    """Return the matrices that do what the given ones do, the first of them first.

    >>> compose(translation(1, 0), translation(0, 2))[0]
    array([[1., 0., 1.],
           [0., 1., 2.]])
    """
    result, *others = map(as_matrices, matrices)
    for matrix in others:
        linear = matrix[:, :, :2]
        result = linear @ result
        result[:, :, 2] += matrix[:, :, 2]
    return result


def invert(matrices, name="invert"):
    """Return the matrices that undo the given ones.

    Raises
    ------
    ValueError
        If one cannot be undone: it leaves nothing of an axis.
    """
    matrices = as_matrices(matrices)
    a, b, tx, c, d, ty = np.moveaxis(matrices.reshape(-1, 6), 1, 0)
    determinant = a * d - b * c
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inverse = _matrices(d, -b, b * ty - d * tx, -c, a, c * tx - a * ty)
        inverse = inverse / determinant[:, np.newaxis, np.newaxis]
    if not np.isfinite(inverse).all():
        wrong = int(np.argwhere(~np.isfinite(inverse))[0, 0])
        raise ValueError(
            f"{name}: the matrix {matrices[wrong].tolist()} cannot be undone: it leaves no area"
        )
    return inverse


def as_matrices(matrices):
    """Return one matrix, or several, as finite float64 (N, 2, 3)."""
    array = np.asarray(matrices)
    if array.shape[-2:] != (2, 3) or array.ndim > 3 or array.dtype.kind not in "fiu":
        raise ValueError(
            f"a matrix needs numbers of shape (2, 3), or (N, 2, 3) for several images, got "
            f"{array.dtype} {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError("a matrix needs finite numbers, got NaN or infinity")
    return array.reshape(-1, 2, 3).astype(np.float64)


def move(matrix, points):
    """Return where the points (…, 2), as (x, y), go by one matrix: float64.

    >>> move([[0, 1, 0], [1, 0, 0]], [[3, 4]])
    array([[4., 3.]])
    """
    matrix = as_matrices(matrix)
    if len(matrix) != 1:
        raise ValueError(f"move: needs one matrix, got {len(matrix)}")
    return as_points(points) @ matrix[0, :, :2].T + matrix[0, :, 2]


def as_points(points):
    """Return points as finite float64 (…, 2)."""
    array = np.asarray(points, np.float64)
    if not array.size:
        return array.reshape(-1, 2)
    if array.shape[-1:] != (2,):
        raise ValueError(f"points need the shape (…, 2), as (x, y), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("points need finite numbers, got NaN or infinity")
    return array


def _numbers(name, **parameters):
    """Return the parameters, one number or one an image, as arrays of one length."""
    counts = {np.size(value) for value in parameters.values() if np.ndim(value)}
    count = max(counts, default=1)
    return [per_image(value, count, f"{name}: {key}") for key, value in parameters.items()]


def _matrices(a, b, tx, c, d, ty):
    """Return (N, 2, 3) of the rows (a, b, tx) and (c, d, ty), each a number or (N,)."""
    rows = np.broadcast_arrays(*np.atleast_1d(a, b, tx, c, d, ty))
    return np.stack(rows, axis=-1).reshape(-1, 2, 3).astype(np.float64)
