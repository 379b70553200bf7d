"""Exercise 3: max-pooling, held against the article's formula and a loop over windows."""

import numpy as np

from minidl import formulas
from minidl.classroom.task import Exercise, Task


def _image_and_distance(draw):
    k = draw.integer(1, 3)
    return draw.array(draw.integer(k + 1, 5), draw.integer(k + 1, 5)), k


def _images_and_window(draw):
    size, stride = draw.integer(1, 3), draw.integer(1, 3)
    shape = [draw.integer(1, 2), *(draw.integer(size, 5) for _ in range(2)), draw.integer(1, 2)]
    return draw.array(*shape), size, stride


def _images_window_and_border(draw):
    x, size, stride = _images_and_window(draw)
    if draw.choice(True, False):
        x = -abs(x) - 1  # where a border of zeros would win
    return x, size, stride, draw.integer(0, size - 1)


def _windows(x, size, stride, choose):
    """Return what `choose` makes of each window, a list of numbers in row order."""
    N, H, W, C = x.shape
    rows, columns = range(0, H - size + 1, stride), range(0, W - size + 1, stride)
    f = np.zeros((N, len(rows), len(columns), C))
    for n, p, q, c in np.ndindex(f.shape):
        window = x[n, rows[p] : rows[p] + size, columns[q] : columns[q] + size, c]
        f[n, p, q, c] = choose(window.ravel().tolist())
    return f


def _max_pool2d(x, size, stride):
    return _windows(x, size, stride, max)


def _bordered(x, before, after, value):
    widths = [(0, 0), (before, after), (before, after), (0, 0)]
    return np.pad(x, widths, constant_values=value)


def _max_pool2d_padded(x, size, stride, padding):
    return _max_pool2d(_bordered(x, padding, padding, -np.inf), size, stride)


def _corners(x, size, stride):
    last = size - 1
    return _windows(x, size, stride, lambda w: max(w[0], w[last], w[-size], w[-1]))


def _with_part_windows(x, size, stride):
    """Return as many windows as begin inside the image."""
    missing = [max((n - 1) // stride * stride + size - n, 0) for n in x.shape[1:3]]
    full = np.pad(x, [(0, 0), *((0, m) for m in missing), (0, 0)], constant_values=-np.inf)
    return _max_pool2d(full, size, stride)


def _window_of(size):
    def mistaken(A, k):
        return _max_pool2d(A[None, :, :, None], size(k), 1)[0, :, :, 0]

    return mistaken


def _last_missing(x, size, stride):
    return _max_pool2d(x, size, stride)[:, :-1, :-1]


STRIDE_OF_SIZE = "the windows move by their size instead of the stride"
STRIDE_OF_ONE = "the stride is left out: the windows move by 1"

EXERCISE = Exercise(
    number=3,
    name="max_pooling",
    tasks=(
        Task(
            "max_pooling",
            inputs=_image_and_distance,
            judge=formulas.max_pooling,
            mistakes={
                "a k × k window instead of four corners": _window_of(lambda k: k),
                "the whole window between the corners": _window_of(lambda k: k + 1),
                "k is left out: the corners are 1 apart": lambda A, k: formulas.max_pooling(A, 1),
                "only two of the four corners": lambda A, k: np.maximum(A[:-k, :-k], A[k:, k:]),
                "every k-th pixel: the windows move by k": lambda A, k: formulas.max_pooling(A, k)[
                    ::k, ::k
                ],
                "the smallest instead of the largest": lambda A, k: -formulas.max_pooling(-A, k),
                "the last row and column are missing": lambda A, k: formulas.max_pooling(A, k)[
                    :-1, :-1
                ],
            },
        ),
        Task(
            "max_pool2d",
            inputs=_images_and_window,
            judge=_max_pool2d,
            mistakes={
                STRIDE_OF_SIZE: lambda x, size, stride: _max_pool2d(x, size, size),
                STRIDE_OF_ONE: lambda x, size, stride: _max_pool2d(x, size, 1),
                "the mean instead of the largest": lambda x, size, stride: _windows(
                    x, size, stride, lambda w: sum(w) / len(w)
                ),
                "the window's corners alone": _corners,
                "the largest over all channels": lambda x, size, stride: np.repeat(
                    _max_pool2d(x, size, stride).max(axis=3, keepdims=True), x.shape[3], axis=3
                ),
                "windows reach over the edge": _with_part_windows,
                "the last row and column are missing": _last_missing,
                "starts from 0: negative numbers are lost": lambda x, size, stride: _windows(
                    x, size, stride, lambda w: max(0, *w)
                ),
            },
        ),
        Task(
            "max_pool2d_padded",
            inputs=_images_window_and_border,
            judge=_max_pool2d_padded,
            mistakes={
                "padding with 0 instead of −∞": lambda x, size, stride, padding: _max_pool2d(
                    _bordered(x, padding, padding, 0), size, stride
                ),
                "no padding": lambda x, size, stride, padding: _max_pool2d(x, size, stride),
                "the border is on one side only": lambda x, size, stride, padding: _max_pool2d(
                    _bordered(x, 0, padding, -np.inf), size, stride
                ),
                STRIDE_OF_SIZE: lambda x, size, stride, padding: _max_pool2d_padded(
                    x, size, size, padding
                ),
                STRIDE_OF_ONE: lambda x, size, stride, padding: _max_pool2d_padded(
                    x, size, 1, padding
                ),
            },
        ),
    ),
    hints=(
        """
        Pooling has no kernel: only the largest number of each window counts. Draw a 4 × 4 image
        and mark what the formula looks at for k = 1 and for k = 2: are these windows?
        """,
        """
        max_pooling is the largest of four shifted images. For max_pool2d, where does window p
        begin, and what is the last p for which it ends inside the image? A border must never
        win: which number is smaller than every other?
        """,
        """
            np.maximum.reduce([A[:-k, :-k], A[k:, :-k], A[:-k, k:], A[k:, k:]])

            top, left = stride * p, stride * q
            f[:, p, q, :] = x[:, top : top + size, left : left + size, :].max(axis=(1, 2))

            np.pad(x, …, constant_values=-np.inf)    # then max_pool2d
        """,
    ),
)
