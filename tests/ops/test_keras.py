"""Keras's paddings, at sizes that strides do not divide."""

import pathlib

import numpy as np
import pytest

from minidl import ops

GOLDEN = np.load(pathlib.Path(__file__).parents[1] / "reference" / "keras.npz")
KEYS = sorted(key for key in GOLDEN if key.startswith(("layers/conv/", "layers/pool/")))


@pytest.mark.parametrize("key", KEYS)
def test_windows_lie_where_keras_puts_them(key):
    _, kind, size, stride, dilation, padding = key.split("/")
    x = GOLDEN["layers/x"]
    if kind == "conv":
        kernel = GOLDEN[f"layers/kernel/{size}/{stride}/{dilation}"]
        y = ops.conv2d(x, kernel, int(stride), padding, int(dilation))
        np.testing.assert_allclose(y, GOLDEN[key], rtol=1e-12, atol=1e-12)
    else:  # Keras pools float64 in float32
        y = ops.max_pool2d(x.astype(np.float32), int(size), int(stride), padding)
        np.testing.assert_array_equal(y, GOLDEN[key])
