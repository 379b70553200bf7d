"""How far numbers are from their targets."""

import numpy as np

from minidl.metrics.metric import MeanMetric, matched


class MeanSquaredError(MeanMetric):
    """Mean of (y_true − y_pred)².

    >>> error = MeanSquaredError()
    >>> error.update_state([[1.0, 2.0]], [[1.0, 4.0]])
    >>> error.result()
    2.0
    """

    def __init__(self, name="mean_squared_error"):
        super().__init__(name)

    def values(self, y_true, y_pred):
        """Return one number per output."""
        return np.square(_difference(y_true, y_pred, self.name))


class MeanAbsoluteError(MeanMetric):
    """Mean of |y_true − y_pred|.

    >>> error = MeanAbsoluteError()
    >>> error.update_state([[1.0, 2.0]], [[1.0, 4.0]])
    >>> error.result()
    1.0
    """

    def __init__(self, name="mean_absolute_error"):
        super().__init__(name)

    def values(self, y_true, y_pred):
        """Return one number per output."""
        return np.abs(_difference(y_true, y_pred, self.name))


def _difference(y_true, y_pred, name):
    y_true, y_pred = matched(y_true, y_pred, name)
    return np.subtract(y_true, y_pred, dtype=np.float64)
