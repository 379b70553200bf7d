"""Activation functions as layers of their own."""

from minidl import activations, ops
from minidl.layers.core import Activation
from minidl.layers.layer import Layer
from minidl.runtime import checks


class ReLU(Layer):
    """max(x, 0), with a slope below 0 and a ceiling if wanted.

    Parameters
    ----------
    max_value : float, optional
        The largest output.
    negative_slope : float
        Slope below the threshold.
    threshold : float
        Below it, the output is ``negative_slope · (x − threshold)``, else x.

    >>> import numpy as np
    >>> ReLU(max_value=6)(np.float32([-1, 2, 9])).data
    array([0., 2., 6.], dtype=float32)
    """

    fields = ("max_value", "negative_slope", "threshold")

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else checks.real(max_value, "ReLU: max_value", 0)
        self.negative_slope = checks.real(negative_slope, "ReLU: negative_slope", 0)
        self.threshold = checks.real(threshold, "ReLU: threshold", 0)

    def call(self, x, training=False):
        """Return the rectified numbers."""
        if not self.negative_slope and not self.threshold:
            y = ops.relu(x)
        else:
            below = ops.multiply(self.negative_slope, ops.subtract(x, self.threshold))
            y = ops.where(ops.greater_equal(x, self.threshold), x, below)
        return y if self.max_value is None else ops.minimum(y, self.max_value)


class LeakyReLU(Layer):
    """x, or ``negative_slope · x`` where x is negative: dead units can come back.

    Parameters
    ----------
    negative_slope : float
        Keras's default is 0.3 (PyTorch's 0.01).
    """

    fields = ("negative_slope",)

    def __init__(self, negative_slope=0.3, **kwargs):
        super().__init__(**kwargs)
        self.negative_slope = checks.real(negative_slope, "LeakyReLU: negative_slope", 0)

    def call(self, x, training=False):
        """Return the numbers, the negative ones made smaller."""
        return ops.leaky_relu(x, self.negative_slope)


class Softmax(Activation):
    """eˣ / Σ eˣ along the last axis: see `minidl.ops.softmax`.

    As a model's last layer, the loss is computed from what goes into it.
    """

    def __init__(self, **kwargs):
        super().__init__(activations.get("softmax"), **kwargs)

    def get_config(self):
        """Return the constructor's arguments."""
        return Layer.get_config(self)
