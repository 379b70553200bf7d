"""Exercise 16: im2col, held against the places of pixels, and convolution against the formula."""

import numpy as np

from minidl import formulas
from minidl.classroom.task import Exercise, Task


def _sizes(draw):
    size, stride = draw.choice(2, 1, 3), draw.choice(1, 1, 2, 3)
    H, W = (size + draw.integer(0, 3) for _ in range(2))
    return (draw.integer(1, 2), H, W, draw.integer(1, 2)), size, stride


def _images(draw):
    shape, size, stride = _sizes(draw)
    return draw.array(*shape), size, stride


def _images_and_filters(draw):
    (N, H, W, C), size, stride = _sizes(draw)
    kernel = draw.array(size, size, C, draw.integer(1, 2), low=-3, high=3)
    return draw.array(N, H, W, C), kernel, stride


def _columns(draw):
    shape, size, stride = _sizes(draw)
    return draw.array(*_im2col(np.zeros(shape), size, stride).shape), shape, size, stride


def _corners(shape, size, stride):
    """Return (n, row, column) of each patch, in order."""
    N, H, W, _ = shape
    rows, columns = range(0, H - size + 1, stride), range(0, W - size + 1, stride)
    return [(n, row, column) for n in range(N) for row in rows for column in columns]


def _im2col(x, size, stride):
    x = x.tolist()
    shape = len(x), len(x[0]), len(x[0][0]), len(x[0][0][0])
    return np.array(
        [
            [
                value
                for pixels in x[n][row : row + size]
                for pixel in pixels[column : column + size]
                for value in pixel
            ]
            for n, row, column in _corners(shape, size, stride)
        ]
    )


def _places(shape, size, stride):
    """Return which pixel and channel each number of the matrix is, counted through all images."""
    numbers = np.arange(np.prod(shape), dtype=float).reshape(shape)
    return _im2col(numbers, size, stride).astype(int)


def _col2im(columns, shape, size, stride):
    places = _places(shape, size, stride)
    total = np.bincount(places.ravel(), weights=columns.ravel(), minlength=np.prod(shape))
    return total.reshape(shape)


def _patches(x, size, stride):
    """Return im2col's matrix by its axes (N, P, Q, i, j, c)."""
    N, H, W, C = x.shape
    P, Q = (H - size) // stride + 1, (W - size) // stride + 1
    return _im2col(x, size, stride).reshape(N, P, Q, size, size, C)


def _in_other_order(*axes):
    """Return im2col with another order of the axes (N, P, Q, i, j, c)."""

    def mistaken(x, size, stride):
        patches = _patches(x, size, stride)
        rows = np.prod(patches.shape[:3])
        return patches.transpose(axes).reshape(rows, -1)

    return mistaken


def _without_last(x, size, stride):
    patches = _patches(x, size, stride)[:, :-1, :-1]
    return patches.reshape(-1, size * size * x.shape[3])


def _first_channel(x, size, stride):
    return _im2col(x[..., :1], size, stride)


def _conv2d(x, kernel, stride):
    """Return the formula, summed over the channels; of its places every `stride`-th is kept."""
    N, _, _, C = x.shape
    f = [
        [
            sum(formulas.convolution(x[n, :, :, c], kernel[:, :, c, m]) for c in range(C))
            for m in range(kernel.shape[3])
        ]
        for n in range(N)
    ]
    return np.moveaxis(np.array(f)[..., ::stride, ::stride], 1, 3)


def _filters_reshaped(x, kernel, stride):
    F = kernel.shape[3]
    return _conv2d(x, kernel.reshape(F, -1).T.reshape(kernel.shape), stride)


def _result_reshaped(x, kernel, stride):
    f = _conv2d(x, kernel, stride)
    N, P, Q, F = f.shape
    return f.reshape(N, F, P, Q).transpose(0, 2, 3, 1)


def _channels_first(x, kernel, stride):
    return _conv2d(x, kernel, stride).transpose(0, 3, 1, 2)


def _still_a_matrix(x, kernel, stride):
    return _conv2d(x, kernel, stride).reshape(-1, kernel.shape[3])


def _conv2d_by(patches):
    """Return convolution by a matrix product with another im2col."""

    def mistaken(x, kernel, stride):
        size, F = len(kernel), kernel.shape[3]
        f = patches(x, size, stride) @ kernel.reshape(-1, F)
        return f.reshape(_conv2d(x, kernel, stride).shape)

    return mistaken


def _overwritten(columns, shape, size, stride):
    images = np.zeros(np.prod(shape))
    for place, number in zip(_places(shape, size, stride).flat, columns.flat, strict=True):
        images[place] = number
    return images.reshape(shape)


def _averaged(columns, shape, size, stride):
    counts = _col2im(np.ones_like(columns), shape, size, stride)
    return _col2im(columns, shape, size, stride) / np.maximum(counts, 1)


def _read_in_order(*axes):
    """Return col2im for a matrix whose rows are in another order of (i, j, c)."""

    def mistaken(columns, shape, size, stride):
        sizes = np.array([size, size, shape[3]])[list(axes)]
        patches = columns.reshape(len(columns), *sizes)
        back = patches.transpose(0, *(1 + np.argsort(axes))).reshape(columns.shape)
        return _col2im(back, shape, size, stride)

    return mistaken


def _places_transposed(columns, shape, size, stride):
    N, H, W, _ = shape
    P, Q = (H - size) // stride + 1, (W - size) // stride + 1
    patches = columns.reshape(N, Q, P, -1).transpose(0, 2, 1, 3)
    return _col2im(patches.reshape(columns.shape), shape, size, stride)


def _moved_by(step):
    """Return col2im with patches that begin `step` of (size, stride) apart, cut at the edge."""

    def mistaken(columns, shape, size, stride):
        N, H, W, C = shape
        P, Q = (H - size) // stride + 1, (W - size) // stride + 1
        patches = columns.reshape(N, P, Q, size, size, C)
        images = np.zeros(shape)
        for p, q in np.ndindex(P, Q):
            row, column = p * step(size, stride), q * step(size, stride)
            images[:, row : row + size, column : column + size] += patches[:, p, q]
        return images

    return mistaken


STRIDE_OF_ONE = "the stride is left out: patches begin 1 apart"
STRIDE_OF_SIZE = "patches begin their size apart instead of the stride"
CHANNELS = "each patch is channel by channel instead of pixel by pixel"
TRANSPOSED = "i and j are exchanged: each patch is transposed"
ORDERS = {
    CHANNELS: _in_other_order(0, 1, 2, 5, 3, 4),
    TRANSPOSED: _in_other_order(0, 1, 2, 4, 3, 5),
    "p and q are exchanged: the patches come column by column": _in_other_order(0, 2, 1, 3, 4, 5),
    "place by place instead of image by image": _in_other_order(1, 2, 0, 3, 4, 5),
}

EXERCISE = Exercise(
    number=16,
    name="im2col",
    tasks=(
        Task(
            "im2col",
            inputs=_images,
            judge=_im2col,
            mistakes={
                **ORDERS,
                STRIDE_OF_ONE: lambda x, size, stride: _im2col(x, size, 1),
                STRIDE_OF_SIZE: lambda x, size, stride: _im2col(x, size, size),
                "patches are columns instead of rows": lambda x, size, stride: (
                    _im2col(x, size, stride).T
                ),
                "the last row and column of patches are missing": _without_last,
                "only the first channel is taken": _first_channel,
            },
        ),
        Task(
            "conv2d",
            inputs=_images_and_filters,
            judge=_conv2d,
            mistakes={
                "the kernel is flipped": lambda x, kernel, stride: _conv2d(
                    x, kernel[::-1, ::-1], stride
                ),
                "reshape for transpose: the filters' numbers are mixed": _filters_reshaped,
                "reshape for transpose: filters and places of the result are mixed": (
                    _result_reshaped
                ),
                "the filters' axis comes second instead of last": _channels_first,
                "the result is a matrix: its axes N, P, Q are not restored": _still_a_matrix,
                STRIDE_OF_ONE: lambda x, kernel, stride: _conv2d(x, kernel, 1),
                STRIDE_OF_SIZE: lambda x, kernel, stride: _conv2d(x, kernel, len(kernel)),
                **{name: _conv2d_by(patches) for name, patches in ORDERS.items()},
            },
        ),
        Task(
            "col2im",
            inputs=_columns,
            judge=_col2im,
            mistakes={
                "`=` for `+=`: where patches overlap, only the last counts": _overwritten,
                "a mean where patches overlap, instead of a sum": _averaged,
                CHANNELS: _read_in_order(2, 0, 1),
                TRANSPOSED: _read_in_order(1, 0, 2),
                "p and q are exchanged: the patches come column by column": _places_transposed,
                STRIDE_OF_ONE: _moved_by(lambda size, stride: 1),
                STRIDE_OF_SIZE: _moved_by(lambda size, stride: size),
            },
        ),
    ),
    hints=(
        """
        Write the numbers 0 to 11 into an image of 3 × 4 pixels, and write down its patches of
        2 × 2 by hand. How many are there? Which numbers do two neighbours share? Then do the
        same with a stride of 2.
        """,
        """
        im2col: three loops, over n, p and q, in this order. Each time, cut a patch out of x and
        make it a row.
        conv2d: a patch's row and a filter must hold their numbers in the same order. Which axes
        of kernel become one?
        col2im: the same three loops, but the row goes back into the images. What should happen
        to a pixel that two patches share?
        """,
        """
        im2col, the row of one patch:

            top, left = stride * p, stride * q
            x[n, top : top + size, left : left + size, :].ravel()

        conv2d, with a column for each filter and a row for each place:

            f = im2col(x, size, stride) @ kernel.reshape(-1, F)
            f.reshape(…)

        col2im, in the same loops, from zeros:

            patch = columns[row].reshape(size, size, C)
            images[n, top : top + size, …, :] += patch
        """,
    ),
)
