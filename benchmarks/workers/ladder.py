"""The ladder: the article's convolution from plain loops to layers, in the minidl worker.

Every rung convolves 28 × 28 images with 32 kernels of 3 × 3; times are per image.
"""

import numpy as np
from common import batch, only

import minidl
from benchmarks.cases import BATCH, LADDER
from minidl import formulas, layers, ops


def _kernels():
    rng = np.random.default_rng(0)
    return rng.standard_normal((3, 3, 1, 32), np.float32), rng.standard_normal(32, np.float32)


def plain_loops():
    image, (kernel, _) = batch(1)[0][0, :, :, 0], _kernels()
    filters = [kernel[:, :, 0, f] for f in range(kernel.shape[3])]
    return only(lambda: [formulas.convolution(image, K) for K in filters])


def numpy_windows():
    x, (kernel, _) = batch()[0], _kernels()

    def convolve():
        patches = np.lib.stride_tricks.sliding_window_view(x[..., 0], (3, 3), (1, 2))
        return np.tensordot(patches, kernel[:, :, 0], 2)

    return only(convolve, BATCH)


def numba_kernel():
    x, (kernel, _) = batch()[0], _kernels()
    return only(lambda: ops.conv2d(x, kernel), BATCH)


def one_by_one():
    x, (kernel, bias) = batch()[0], _kernels()
    return only(lambda: ops.max_pool2d(ops.relu(ops.conv2d(x, kernel) + bias), 2), BATCH)


def fused():
    """A model fuses its layers; operations that are called one by one never are."""
    x, _ = batch()
    model = minidl.Sequential(
        [
            layers.Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)),
            layers.MaxPooling2D(2),
        ]
    )
    return only(lambda: model.predict_on_batch(x), BATCH)


LADDER_CASES = dict(
    zip(LADDER, (plain_loops, numpy_windows, numba_kernel, one_by_one, fused), strict=True)
)
