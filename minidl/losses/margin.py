"""Losses that are content once a margin is kept."""

import numpy as np

from minidl import ops
from minidl.losses.loss import Loss, check_values, like
from minidl.runtime import checks


class Hinge(Loss):
    """max(0, 1 − y_true · y_pred), the loss of support vector machines: see `hinge`.

    >>> Hinge()([[1.0, -1.0]], [[0.5, -2.0]]).item()  # the mean of 1/2 and 0
    0.25
    """

    name = "hinge"

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return hinge(y_true, y_pred)

    def check(self, y_true, output_shape):
        """Refuse targets that do not fit the outputs, or are neither −1 and 1 nor 0 and 1."""
        super().check(y_true, output_shape)
        right = np.isin(y_true, (-1, 0, 1))
        check_values(right, y_true, f"{self.name}: target", "-1 or 1 (or 0 or 1)")


class TripletLoss(Loss):
    """An anchor closer to a positive example than to a negative one, by a margin.

    See `triplet`. Keras has no such loss. Here the model's output holds the three embeddings
    of each triplet side by side, ``ops.stack([anchor, positive, negative], axis=1)``; the
    targets are not used: give `fit` anything of the right length, such as zeros.

    Parameters
    ----------
    margin : float, at least 0
        By how much the squared distances must differ.

    >>> embeddings = [[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]]  # both at distance 1
    >>> round(TripletLoss(margin=0.2)(None, embeddings).item(), 6)
    0.2
    """

    name = "triplet_loss"
    fields = ("margin",)

    def __init__(self, margin=0.2):
        self.margin = checks.real(margin, "TripletLoss: margin", 0, np.inf)

    def function(self, y_true, y_pred):
        """Return one loss per triplet."""
        return triplet(y_pred, self.margin)

    def check(self, y_true, output_shape):
        """Refuse outputs that are not three embeddings each; the targets are not used."""
        _check_triplets(output_shape)


def hinge(y_true, y_pred):
    """Return the mean of max(0, 1 − y_true · y_pred) over the last axis: (N, …, n) → (N, …).

    Targets are −1 or 1; if all are 0 or 1, 0 is taken for −1, as in Keras.
    """
    y = like(y_true, y_pred)
    if np.isin(y, (0, 1)).all():
        y = 2 * y - 1
    return ops.mean(ops.maximum(ops.subtract(1, ops.multiply(y, y_pred)), 0), axis=-1)


def triplet(embeddings, margin=0.2):
    """Return max(0, ‖a − p‖² − ‖a − n‖² + margin) of each triplet.

    Schroff, Kalenichenko and Philbin, 2015, "FaceNet", equation 2: distances are squared, and
    the embeddings are meant to have length 1 (PyTorch's ``TripletMarginLoss`` takes distances
    that are not squared, and a margin of 1).

    Parameters
    ----------
    embeddings : (N, 3, n)
        Of the anchor a, the positive p (what belongs with it) and the negative n.

    Returns
    -------
    (N,)
    """
    _check_triplets(embeddings.shape)
    anchor, positive, negative = (embeddings[:, i] for i in range(3))
    near = ops.sum(ops.square(ops.subtract(anchor, positive)), axis=-1)
    far = ops.sum(ops.square(ops.subtract(anchor, negative)), axis=-1)
    return ops.maximum(ops.add(ops.subtract(near, far), margin), 0)


def _check_triplets(shape):
    if len(shape) != 3 or shape[1] != 3:
        raise ValueError(
            "triplet_loss: needs outputs (N, 3, n), the embeddings of anchor, positive and "
            f"negative stacked on axis 1, got shape {tuple(shape)}"
        )
