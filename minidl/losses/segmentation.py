"""Losses that compare areas."""

from minidl import ops
from minidl.losses.loss import EPSILON, Loss, like
from minidl.runtime import checks


class Dice(Loss):
    """1 − twice the overlap of two areas, divided by their sum: see `dice`.

    Parameters
    ----------
    axis : int or tuple of int, optional
        Over which axes areas are summed. By default all, the batch's too: one number for the
        whole batch, so the loss of a batch is not the mean of its examples' losses. For
        images, (1, 2, 3) gives each its own loss.

    >>> mask = [[[[1.0], [1.0], [0.0], [0.0]]]]
    >>> guess = [[[[0.0], [1.0], [1.0], [0.0]]]]
    >>> round(Dice(axis=(1, 2, 3))(mask, guess).item(), 4)
    0.5
    """

    name = "dice"
    fields = ("axis",)

    def __init__(self, axis=None):
        if isinstance(axis, list | tuple):
            axis = tuple(checks.integer(i, "Dice: axis", -32) for i in axis)
        elif axis is not None:
            axis = checks.integer(axis, "Dice: axis", -32)
        self.axis = axis

    def function(self, y_true, y_pred):
        """Return the loss per example, or of the batch."""
        return dice(y_true, y_pred, self.axis)


def dice(y_true, y_pred, axis=None):
    """Return 1 − 2 Σ y p / (Σ y + Σ p + 1e-7), the sums over `axis`.

    Dice, 1945; as a loss, Milletari et al., 2016, "V-Net" (who square in the denominator;
    this is Keras's form).
    """
    y = like(y_true, y_pred)
    axes = range(y.ndim) if axis is None else ((axis,) if isinstance(axis, int) else axis)
    if any(not -y.ndim <= i < y.ndim for i in axes):
        raise ValueError(f"dice: axis {axis} does not exist in shape {y.shape}")
    axes = tuple(i % y.ndim for i in axes)
    overlap = ops.sum(ops.multiply(y, y_pred), axis=axes)
    total = ops.add(ops.sum(y_pred, axis=axes), y.sum(axis=axes) + EPSILON)
    return ops.subtract(1, ops.divide(ops.multiply(2, overlap), total))
