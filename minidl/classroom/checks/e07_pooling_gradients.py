"""Exercise 7: the gradients of pooling, held against loops over plain lists."""

import numpy as np

from minidl.classroom.task import Exercise, Task


def _different_numbers(draw):
    k = draw.integer(1, 2)
    H, W = draw.integer(k + 1, 4), draw.integer(k + 1, 4)
    return draw.distinct(H, W), k, draw.array(H - k, W - k, low=1, high=9)


def _images_windows_gradients(draw):
    size, stride = draw.integer(1, 3), draw.integer(1, 3)
    N, C = draw.integer(1, 2), draw.integer(1, 2)
    H, W = draw.integer(size, 5), draw.integer(size, 5)
    places = [(n - size) // stride + 1 for n in (H, W)]
    x = draw.array(N, H, W, C, low=-2, high=2)  # few numbers: many are equal
    return x, size, stride, draw.array(N, *places, C, low=1, high=9)


def _corners(A, k, share):
    """Return a function of g that adds what `share` gives of it to the four corners."""

    def scatter(g):
        result = np.zeros(A.shape)
        for x, y in np.ndindex(g.shape):
            corners = [(x, y), (x + k, y), (x, y + k), (x + k, y + k)]
            for corner, part in zip(corners, share([A[c] for c in corners]), strict=True):
                result[corner] += part * g[x, y]
        return result

    return scatter


def _of_corners(share):
    return lambda A, k, g: _corners(A, k, share)(g)


def _pooled(share, adds=True):
    """Return a gradient in which each window hands on what `share` gives of it to its numbers."""

    def gradient(x, size, stride, g):
        result = np.zeros(x.shape)
        for n, p, q, c in np.ndindex(g.shape):
            at = [(n, p * stride + i, q * stride + j, c) for i in range(size) for j in range(size)]
            for place, part in zip(at, share([x[index] for index in at]), strict=True):
                if adds:
                    result[place] += part * g[n, p, q, c]
                elif part:
                    result[place] = part * g[n, p, q, c]
        return result

    return gradient


def _first(window):
    where = window.index(max(window))
    return [float(i == where) for i in range(len(window))]


def _last(window):
    return _first(window[::-1])[::-1]


def _every(window):
    return [float(number == max(window)) for number in window]


def _shared(window):
    return [float(number == max(window)) / window.count(max(window)) for number in window]


def _all(window):
    return [1.0] * len(window)


def _smallest(window):
    return _first([-number for number in window])


def _mean(window):
    return [1 / len(window)] * len(window)


def _side(window):
    return [1 / len(window) ** 0.5] * len(window)


def _with_stride_of_size(gradient):
    """Return the gradient with windows that move by their size, as far as they fit."""

    def mistaken(x, size, stride, g):
        places = [(n - size) // size + 1 for n in x.shape[1:3]]
        part = g[:, : places[0], : places[1]]
        return gradient(x, size, size, part)

    return mistaken


OVERLAPPING = "`=` for `+=`: overlapping windows lose gradient"
WHOLE_WINDOW = "the gradient goes to the whole window"
STRIDE_OF_SIZE = "the windows move by their size instead of the stride"

EXERCISE = Exercise(
    number=7,
    name="pooling_gradients",
    tasks=(
        Task(
            "max_pooling_gradient",
            inputs=_different_numbers,
            judge=_of_corners(_first),
            mistakes={
                WHOLE_WINDOW.replace("whole window", "four corners alike"): _of_corners(_all),
                "each corner gets a quarter, as in a mean": _of_corners(_mean),
                "the smallest corner gets the gradient": _of_corners(_smallest),
                "g is left out: each largest number counts 1": lambda A, k, g: _of_corners(_first)(
                    A, k, np.ones_like(g)
                ),
                "k is left out: the corners are 1 apart": lambda A, k, g: _of_corners(_first)(
                    A, 1, g
                ),
            },
        ),
        Task(
            "max_pool2d_gradient",
            inputs=_images_windows_gradients,
            judge=_pooled(_first),
            mistakes={
                OVERLAPPING: _pooled(_first, adds=False),
                "the last of equal numbers gets the gradient": _pooled(_last),
                "all of equal numbers get the whole gradient": _pooled(_every),
                "equal numbers share the gradient": _pooled(_shared),
                WHOLE_WINDOW: _pooled(_all),
                STRIDE_OF_SIZE: _with_stride_of_size(_pooled(_first)),
            },
        ),
        Task(
            "average_pool2d_gradient",
            inputs=_images_windows_gradients,
            judge=_pooled(_mean),
            mistakes={
                OVERLAPPING: _pooled(_mean, adds=False),
                "not divided by size²": _pooled(_all),
                "divided by size instead of size²": _pooled(_side),
                "only the largest number of a window gets the gradient": _pooled(_first),
                STRIDE_OF_SIZE: _with_stride_of_size(_pooled(_mean)),
            },
        ),
    ),
    hints=(
        """
        If a number that isn't the largest of its window grows a little, what does the result
        do? And if the largest does? In a mean, what does it do, whichever of them grows?
        """,
        """
        The result begins as zeros, of x's shape. Go through all windows as in pooling itself,
        find where the largest number is, and add the window's g there. np.argmax takes the
        first of equals.
        """,
        """
            for n, p, q, c in np.ndindex(g.shape):
                top, left = stride * p, stride * q
                window = x[n, top : top + size, left : left + size, c]
                i, j = np.unravel_index(window.argmax(), window.shape)
                dx[n, top + i, left + j, c] += g[n, p, q, c]

        For the mean, the whole window gets its part:

            dx[n, top : top + size, left : left + size, c] += g[n, p, q, c] / size**2
        """,
    ),
)
