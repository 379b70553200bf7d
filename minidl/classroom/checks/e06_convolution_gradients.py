"""Exercise 6: the gradients of a convolution, held against the formula itself.

A convolution is linear in the image and in the kernel: its derivative by one number of either is
what the formula gives for 1 in this place and 0 elsewhere.
"""

import numpy as np

from minidl import formulas
from minidl.classroom.task import Exercise, Task


def _size(draw):
    k = draw.integer(1, 3)
    return k, draw.integer(1, 3), draw.integer(1, 3)


def _image_and_gradient(draw):
    k, h, w = _size(draw)
    return draw.array(h + k - 1, w + k - 1, low=-5, high=5), draw.array(h, w, low=-3, high=3)


def _kernel_and_gradient(draw):
    k, h, w = _size(draw)
    return draw.array(k, k, low=-3, high=3), draw.array(h, w, low=-3, high=3)


def _images_and_gradients(draw):
    k, h, w = _size(draw)
    N, C, F = (draw.integer(1, 2) for _ in range(3))
    x = draw.array(N, h + k - 1, w + k - 1, C, low=-5, high=5)
    return x, draw.array(N, h, w, F, low=-3, high=3)


def _filters_and_gradients(draw):
    k, h, w = _size(draw)
    N, C, F = (draw.integer(1, 2) for _ in range(3))
    return draw.array(k, k, C, F, low=-3, high=3), draw.array(N, h, w, F, low=-3, high=3)


def _ones(shape):
    """Go through (index, array that is 1 there and 0 elsewhere)."""
    for index in np.ndindex(*shape):
        one = np.zeros(shape)
        one[index] = 1
        yield index, one


def _by_kernel(A, g):
    k = len(A) - len(g) + 1
    result = np.zeros((k, k))
    for index, one in _ones((k, k)):
        result[index] = (g * formulas.convolution(A, one)).sum()
    return result


def _by_image(K, g):
    k = len(K)
    result = np.zeros((g.shape[0] + k - 1, g.shape[1] + k - 1))
    for index, one in _ones(result.shape):
        result[index] = (g * formulas.convolution(one, K)).sum()
    return result


def _by_kernels(x, g):
    k, C, F = x.shape[1] - g.shape[1] + 1, x.shape[3], g.shape[3]
    result = np.zeros((k, k, C, F))
    for n, c, m in np.ndindex(len(x), C, F):
        result[:, :, c, m] += _by_kernel(x[n, :, :, c], g[n, :, :, m])
    return result


def _by_images(kernel, g):
    k, _, C, F = kernel.shape
    N, h, w, _ = g.shape
    result = np.zeros((N, h + k - 1, w + k - 1, C))
    for n, c, m in np.ndindex(N, C, F):
        result[n, :, :, c] += _by_image(kernel[:, :, c, m], g[n, :, :, m])
    return result


def _last_window_wins(K, g):
    k = len(K)
    result = np.zeros((g.shape[0] + k - 1, g.shape[1] + k - 1))
    for x, y in np.ndindex(g.shape):
        result[x : x + k, y : y + k] = K * g[x, y]
    return result


def _last_windows_win(kernel, g):
    k, _, C, _ = kernel.shape
    N, h, w, _ = g.shape
    result = np.zeros((N, h + k - 1, w + k - 1, C))
    for p, q in np.ndindex(h, w):
        result[:, p : p + k, q : q + k] = np.einsum("ijcm,nm->nijc", kernel, g[:, p, q])
    return result


def _inside_alone(K, g):
    """Return the convolution of the gradient: only windows that lie inside it."""
    return formulas.convolution(g, K[::-1, ::-1])


FLIPPED = "the kernel's gradient is flipped"
UNFLIPPED = "the kernel is turned by 180°"
TRANSPOSED = "i and j are exchanged"
OVERLAPPING = "`=` for `+=`: overlapping windows lose gradient"
LAST_PLACE = "`=` for `+=`: only the last place counts"
MEAN = "a mean over the places instead of a sum"

EXERCISE = Exercise(
    number=6,
    name="convolution_gradients",
    tasks=(
        Task(
            "kernel_gradient",
            inputs=_image_and_gradient,
            judge=_by_kernel,
            mistakes={
                FLIPPED: lambda A, g: _by_kernel(A, g)[::-1, ::-1],
                TRANSPOSED: lambda A, g: _by_kernel(A, g).T,
                LAST_PLACE: lambda A, g: A[len(g) - 1 :, g.shape[1] - 1 :] * g[-1, -1],
                MEAN: lambda A, g: _by_kernel(A, g) / g.size,
                "g is left out: the sum of the image alone": lambda A, g: _by_kernel(
                    A, np.ones_like(g)
                ),
            },
        ),
        Task(
            "image_gradient",
            inputs=_kernel_and_gradient,
            judge=_by_image,
            mistakes={
                OVERLAPPING: _last_window_wins,
                UNFLIPPED: lambda K, g: _by_image(K[::-1, ::-1], g),
                TRANSPOSED: lambda K, g: _by_image(K.T, g),
                "no border: windows that reach over the edge of g are missing": _inside_alone,
                "g is left out: as if it were 1 everywhere": lambda K, g: _by_image(
                    K, np.ones_like(g)
                ),
            },
        ),
        Task(
            "conv2d_kernel_gradient",
            inputs=_images_and_gradients,
            judge=_by_kernels,
            mistakes={
                "only the last image counts": lambda x, g: _by_kernels(x[-1:], g[-1:]),
                "a mean over the images instead of a sum": lambda x, g: _by_kernels(x, g) / len(x),
                "channels and filters are exchanged": lambda x, g: _by_kernels(x, g).transpose(
                    0, 1, 3, 2
                ),
                FLIPPED: lambda x, g: _by_kernels(x, g)[::-1, ::-1],
                TRANSPOSED: lambda x, g: _by_kernels(x, g).transpose(1, 0, 2, 3),
                MEAN: lambda x, g: _by_kernels(x, g) / g[..., 0].size,
            },
        ),
        Task(
            "conv2d_input_gradient",
            inputs=_filters_and_gradients,
            judge=_by_images,
            mistakes={
                OVERLAPPING: _last_windows_win,
                "only the last filter counts": lambda kernel, g: _by_images(
                    kernel[..., -1:], g[..., -1:]
                ),
                "a mean over the filters instead of a sum": lambda kernel, g: (
                    _by_images(kernel, g) / g.shape[3]
                ),
                UNFLIPPED: lambda kernel, g: _by_images(kernel[::-1, ::-1], g),
                TRANSPOSED: lambda kernel, g: _by_images(kernel.transpose(1, 0, 2, 3), g),
            },
        ),
    ),
    hints=(
        """
        Write the convolution as loops, with its one line f(x, y) += A(x+i, y+j) · K(i, j). If
        f(x, y) counts g(x, y) times, how many times does K(i, j) count, and how many times
        A(x+i, y+j)?
        """,
        """
        The same loops, with another line. For the kernel, dK(i, j) += A(x+i, y+j) · g(x, y);
        for the image, dA(x+i, y+j) += K(i, j) · g(x, y). Of what shape are the zeros that they
        begin with?
        """,
        """
            k = A.shape[0] - g.shape[0] + 1
            dK[i, j] = (A[i : i + h, j : j + w] * g).sum()

            dA[x : x + k, y : y + k] += K * g[x, y]

        With channels and filters, for each place (p, q):

            dkernel += np.einsum("nijc,nm->ijcm", x[:, p : p + k, q : q + k], g[:, p, q])
            dx[:, p : p + k, q : q + k] += np.einsum("ijcm,nm->nijc", kernel, g[:, p, q])
        """,
    ),
)
