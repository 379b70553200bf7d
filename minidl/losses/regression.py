"""Losses that measure how far numbers are from their targets, and vectors from theirs."""

import numpy as np

from minidl import ops
from minidl.losses.loss import EPSILON, Loss, like
from minidl.runtime import checks


class MeanSquaredError(Loss):
    """Mean of (y_true − y_pred)²: see `mean_squared_error`.

    >>> MeanSquaredError()([[1.0, 2.0]], [[1.0, 4.0]]).item()
    2.0
    """

    name = "mean_squared_error"

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return mean_squared_error(y_true, y_pred)


class MeanAbsoluteError(Loss):
    """Mean of |y_true − y_pred|: see `mean_absolute_error`.

    >>> MeanAbsoluteError()([[1.0, 2.0]], [[1.0, 4.0]]).item()
    1.0
    """

    name = "mean_absolute_error"

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return mean_absolute_error(y_true, y_pred)


class Huber(Loss):
    """Squared error near the target, absolute error far from it: see `huber`.

    Parameters
    ----------
    delta : float larger than 0
        Where the parabola goes over into the straight line.

    >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]]).item()  # the mean of 1/2 and 3 − 1/2
    1.5
    """

    name = "huber_loss"
    fields = ("delta",)

    def __init__(self, delta=1.0):
        self.delta = checks.real(delta, "Huber: delta", 0, np.inf, exclusive=True)

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return huber(y_true, y_pred, self.delta)


class CosineSimilarity(Loss):
    """−cos of the angle between y_true and y_pred: see `cosine_similarity`.

    Parameters
    ----------
    axis : int
        Along which the vectors lie.

    >>> round(CosineSimilarity()([[1.0, 1.0]], [[2.0, 2.0]]).item(), 4)
    -1.0
    """

    name = "cosine_similarity"
    fields = ("axis",)

    def __init__(self, axis=-1):
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise TypeError(f"CosineSimilarity: axis needs a whole number, got {axis!r}")
        self.axis = axis

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return cosine_similarity(y_true, y_pred, self.axis)


def mean_squared_error(y_true, y_pred):
    """Return the mean of (y_true − y_pred)² over the last axis: (N, …, n) → (N, …)."""
    return ops.mean(ops.square(_error(y_true, y_pred)), axis=-1)


def mean_absolute_error(y_true, y_pred):
    """Return the mean of |y_true − y_pred| over the last axis: (N, …, n) → (N, …).

    The slope at 0 is taken as 0.
    """
    return ops.mean(ops.absolute(_error(y_true, y_pred)), axis=-1)


def huber(y_true, y_pred, delta=1.0):
    """Return the mean of Huber's loss over the last axis: (N, …, n) → (N, …).

    With the error e = y_pred − y_true: e² / 2 where |e| ≤ δ, else δ |e| − δ² / 2. Huber, 1964,
    "Robust estimation of a location parameter".
    """
    error = _error(y_true, y_pred)
    size = ops.absolute(error)
    near = ops.multiply(0.5, ops.square(error))
    far = ops.subtract(ops.multiply(delta, size), 0.5 * delta**2)
    return ops.mean(ops.where(ops.less_equal(size, delta), near, far), axis=-1)


def cosine_similarity(y_true, y_pred, axis=-1):
    """Return −Σ y p / (‖y‖ ‖p‖) along `axis`: −1 for the same direction, 0 for a right angle.

    Lengths are taken as 1e-7 at least, as in Keras, so a vector of zeros gives 0.
    """
    y = like(y_true, y_pred)
    if not -y.ndim <= axis < y.ndim:
        raise ValueError(f"cosine_similarity: there is no axis {axis} in shape {y.shape}")
    y, p = _unit(y, axis), _unit(y_pred, axis)
    return ops.negative(ops.sum(ops.multiply(y, p), axis=axis))


def _error(y_true, y_pred):
    return ops.subtract(y_pred, like(y_true, y_pred))


def _unit(x, axis):
    """Return x / max(‖x‖, 1e-7), with a slope where x = 0."""
    total = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return ops.divide(x, ops.sqrt(ops.maximum(total, EPSILON**2)))
