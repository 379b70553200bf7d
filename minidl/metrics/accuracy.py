"""How often a prediction is right."""

import numpy as np

from minidl.metrics.metric import MeanMetric, matched
from minidl.runtime import checks


class BinaryAccuracy(MeanMetric):
    """Share of outputs on the right side of `threshold`: above it for 1, else for 0.

    Parameters
    ----------
    name : str
    threshold : float in [0, 1]

    >>> accuracy = BinaryAccuracy()
    >>> accuracy.update_state([1, 0], [[0.7], [0.6]])
    >>> accuracy.result()
    0.5
    """

    fields = ("threshold",)

    def __init__(self, name="binary_accuracy", threshold=0.5):
        super().__init__(name)
        self.threshold = checks.real(threshold, "BinaryAccuracy: threshold", 0, 1)

    def values(self, y_true, y_pred):
        """Return 1 or 0 per output."""
        y_true, y_pred = matched(y_true, y_pred, self.name)
        return (y_pred > self.threshold) == y_true


class CategoricalAccuracy(MeanMetric):
    """Share of examples whose largest output is where the target's largest is.

    >>> accuracy = CategoricalAccuracy()
    >>> accuracy.update_state([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]])
    >>> accuracy.result()
    0.5
    """

    def __init__(self, name="categorical_accuracy"):
        super().__init__(name)

    def values(self, y_true, y_pred):
        """Return 1 or 0 per example."""
        y_true, y_pred = matched(y_true, y_pred, self.name)
        return np.argmax(y_pred, axis=-1) == np.argmax(y_true, axis=-1)


class SparseCategoricalAccuracy(MeanMetric):
    """Share of examples whose largest output is at the labelled class.

    >>> accuracy = SparseCategoricalAccuracy()
    >>> accuracy.update_state([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    >>> accuracy.result()
    0.5
    """

    def __init__(self, name="sparse_categorical_accuracy"):
        super().__init__(name)

    def values(self, y_true, y_pred):
        """Return 1 or 0 per example."""
        return np.argmax(y_pred, axis=-1) == _labels(y_true, y_pred, self.name)


class TopKCategoricalAccuracy(MeanMetric):
    """Share of examples where the target's largest class is among the k largest outputs.

    Classes that tie with the k-th largest output count as among them, as in Keras.

    >>> accuracy = TopKCategoricalAccuracy(k=2)
    >>> accuracy.update_state([[0, 1, 0]], [[0.5, 0.3, 0.2]])
    >>> accuracy.result()
    1.0
    """

    fields = ("k",)

    def __init__(self, k=5, name="top_k_categorical_accuracy"):
        super().__init__(name)
        self.k = checks.integer(k, "TopKCategoricalAccuracy: k")

    def values(self, y_true, y_pred):
        """Return 1 or 0 per example."""
        y_true, y_pred = matched(y_true, y_pred, self.name)
        return _in_top_k(np.argmax(y_true, axis=-1), y_pred, self.k)


class SparseTopKCategoricalAccuracy(MeanMetric):
    """Share of examples whose labelled class is among the k largest outputs.

    Classes that tie with the k-th largest output count as among them, as in Keras.

    >>> accuracy = SparseTopKCategoricalAccuracy(k=2)
    >>> accuracy.update_state([1, 2], [[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    >>> accuracy.result()
    0.5
    """

    fields = ("k",)

    def __init__(self, k=5, name="sparse_top_k_categorical_accuracy"):
        super().__init__(name)
        self.k = checks.integer(k, "SparseTopKCategoricalAccuracy: k")

    def values(self, y_true, y_pred):
        """Return 1 or 0 per example."""
        labels = _labels(y_true, y_pred, self.name)
        right = (labels >= 0) & (labels < y_pred.shape[-1])
        if not right.all():
            raise ValueError(
                f"{self.name}: label {labels[~right][0]} is not a class in "
                f"0 … {y_pred.shape[-1] - 1}"
            )
        return _in_top_k(labels.astype(np.int64), y_pred, self.k)


class Accuracy(MeanMetric):
    """What "accuracy" means in `compile`: sparse, categorical or binary, as the arrays call for.

    One output is binary; targets of the outputs' shape are categorical; others are class
    numbers. (Keras resolves the string "accuracy" the same way; its class of this name counts
    where two arrays are equal.)
    """

    def __init__(self, name="accuracy"):
        super().__init__(name)

    def values(self, y_true, y_pred):
        """Return 1 or 0 per example."""
        if y_pred.shape[-1] == 1:
            kind = BinaryAccuracy
        elif y_true.shape == y_pred.shape:
            kind = CategoricalAccuracy
        else:
            kind = SparseCategoricalAccuracy
        return kind(self.name).values(y_true, y_pred)


def _labels(y_true, y_pred, name):
    """Return class numbers of the shape of the outputs without their last axis."""
    expected = y_pred.shape[:-1]
    if y_true.shape not in (expected, (*expected, 1)):
        raise ValueError(
            f"{name}: the labels have shape {y_true.shape}, but the predictions {y_pred.shape} "
            f"need one class number each, {expected}"
        )
    return y_true.reshape(expected)


def _in_top_k(labels, y_pred, k):
    chosen = np.take_along_axis(y_pred, labels[..., np.newaxis], axis=-1)
    return ((y_pred > chosen).sum(axis=-1) < k) & np.isfinite(chosen[..., 0])
