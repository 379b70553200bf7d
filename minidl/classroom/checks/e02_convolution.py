"""Exercise 2: convolution, held against the article's formula."""

import numpy as np

from minidl import formulas
from minidl.classroom.task import Exercise, Task


def _image_and_kernel(draw):
    k = draw.integer(1, 3)
    return draw.array(draw.integer(k, 4), draw.integer(k, 4)), draw.array(k, k, low=-3, high=3)


def _images_and_filters(draw):
    k, channels = draw.integer(1, 3), draw.integer(1, 2)
    x = draw.array(draw.integer(1, 2), draw.integer(k, 4), draw.integer(k, 4), channels)
    return x, draw.array(k, k, channels, draw.integer(1, 2), low=-3, high=3)


def _conv2d(x, kernel):
    """Return the formula, image by image, filter by filter, summed over the channels."""
    k, _, channels, filters = kernel.shape
    N, H, W, _ = x.shape
    f = np.zeros((N, H - k + 1, W - k + 1, filters))
    for n in range(N):
        for m in range(filters):
            for c in range(channels):
                f[n, :, :, m] += formulas.convolution(x[n, :, :, c], kernel[:, :, c, m])
    return f


def _conv2d_same(x, kernel):
    before = (len(kernel) - 1) // 2
    return _conv2d(_bordered(x, before, len(kernel) - 1 - before), kernel)


def _bordered(x, before, after, **how):
    return np.pad(x, [(0, 0), (before, after), (before, after), (0, 0)], **how)


def _edge_repeated(x, kernel):
    before = (len(kernel) - 1) // 2
    return _conv2d(_bordered(x, before, len(kernel) - 1 - before, mode="edge"), kernel)


def _odd_one_before(x, kernel):
    after = (len(kernel) - 1) // 2
    return _conv2d(_bordered(x, len(kernel) - 1 - after, after), kernel)


def _last_product(A, K):
    return A[len(K) - 1 :, len(K) - 1 :] * K[-1, -1]


def _padded(A, K):
    return _conv2d_same(A[None, :, :, None], K[:, :, None, None])[0, :, :, 0]


def _last_channel(x, kernel):
    return _conv2d(x[..., -1:], kernel[:, :, -1:])


def _first_filter(x, kernel):
    return np.repeat(_conv2d(x, kernel[..., :1]), kernel.shape[3], axis=3)


def _first_image(x, kernel):
    return np.repeat(_conv2d(x[:1], kernel), len(x), axis=0)


def _channels_first(x, kernel):
    return _conv2d(x, kernel).transpose(0, 3, 1, 2)


FLIPPED = "the kernel is flipped"
TRANSPOSED = "the kernel is transposed: i and j are exchanged"

EXERCISE = Exercise(
    number=2,
    name="convolution",
    tasks=(
        Task(
            "convolution",
            inputs=_image_and_kernel,
            judge=formulas.convolution,
            mistakes={
                FLIPPED: lambda A, K: formulas.convolution(A, K[::-1, ::-1]),
                TRANSPOSED: lambda A, K: formulas.convolution(A, K.T),
                "`=` for `+=`: only the last product is kept": _last_product,
                "the last row and column are missing": lambda A, K: formulas.convolution(A, K)[
                    :-1, :-1
                ],
                "a mean instead of a sum": lambda A, K: formulas.convolution(A, K) / K.size,
                "the image is padded: windows reach over the edge": _padded,
            },
        ),
        Task(
            "conv2d",
            inputs=_images_and_filters,
            judge=_conv2d,
            mistakes={
                FLIPPED: lambda x, kernel: _conv2d(x, kernel[::-1, ::-1]),
                TRANSPOSED: lambda x, kernel: _conv2d(x, kernel.transpose(1, 0, 2, 3)),
                "the channels are not summed: only the last counts": _last_channel,
                "only the first channel is seen": lambda x, kernel: _conv2d(
                    x[..., :1], kernel[:, :, :1]
                ),
                "a mean over the channels instead of a sum": lambda x, kernel: (
                    _conv2d(x, kernel) / x.shape[3]
                ),
                "all filters are the first": _first_filter,
                "all images are the first": _first_image,
                "the filters' axis comes second instead of last": _channels_first,
            },
        ),
        Task(
            "conv2d_same",
            inputs=_images_and_filters,
            judge=_conv2d_same,
            mistakes={
                "no padding": _conv2d,
                "the odd row and column of zeros stand before the image": _odd_one_before,
                "k // 2 zeros on both sides: too many for an even k": lambda x, kernel: _conv2d(
                    _bordered(x, len(kernel) // 2, len(kernel) // 2), kernel
                ),
                "padding with the edge instead of 0": _edge_repeated,
                "all zeros stand after the image": lambda x, kernel: _conv2d(
                    _bordered(x, 0, len(kernel) - 1), kernel
                ),
                FLIPPED: lambda x, kernel: _conv2d_same(x, kernel[::-1, ::-1]),
                TRANSPOSED: lambda x, kernel: _conv2d_same(x, kernel.transpose(1, 0, 2, 3)),
            },
        ),
    ),
    hints=(
        """
        How many places can a window of k rows take in an image of H rows? Write the formula's
        two sums as two loops, within two loops over the places.
        """,
        """
        The result starts as zeros, and every product is added to it. In conv2d nothing is new
        but a loop each over images, filters and channels. For conv2d_same, put the image into a
        larger array of zeros, and call conv2d.
        """,
        """
            for x in range(H - k + 1):
                for y in range(W - k + 1):
                    f[x, y] = (A[x : x + k, y : y + k] * K).sum()

        With channels, for image n and filter m:

            f[n, p, q, m] = (x[n, p : p + k, q : q + k, :] * kernel[..., m]).sum()

        Zeros around the images; np.pad takes a pair (before, after) for each axis:

            before = (k - 1) // 2
            after = k - 1 - before
        """,
    ),
)
