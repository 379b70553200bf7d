"""Losses that compare probabilities: cross-entropies and the Kullback–Leibler divergence."""

import numpy as np

from minidl import ops
from minidl.losses.loss import EPSILON, Loss, check_real, check_values, like
from minidl.ops import fused
from minidl.runtime import checks


class BinaryCrossentropy(Loss):
    """−log of the probability of the right answer of two: see `binary_crossentropy`.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits, what goes into the sigmoid, instead of probabilities.
        `Model.compile` sees to that by itself for models that end with a sigmoid.
    label_smoothing : float in [0, 1]
        Share s of doubt: targets y become y (1 − s) + s / 2.

    >>> loss = BinaryCrossentropy(from_logits=True)
    >>> round(loss([1, 0], [[0.0], [0.0]]).item(), 4)  # log 2
    0.6931
    """

    name = "binary_crossentropy"
    fields = ("from_logits", "label_smoothing")
    activation = "sigmoid"

    def __init__(self, from_logits=False, label_smoothing=0.0):
        self.from_logits = bool(from_logits)
        self.label_smoothing = checks.real(
            label_smoothing, "BinaryCrossentropy: label_smoothing", 0, 1
        )

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)

    def check(self, y_true, output_shape):
        """Refuse targets that do not fit the outputs, or are no probabilities."""
        super().check(y_true, output_shape)
        _check_probabilities(y_true, self.name)


class CategoricalCrossentropy(Loss):
    """−Σ y_true · log y_pred; targets are probabilities, such as one-hot rows.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits, what goes into softmax, instead of probabilities.
        `Model.compile` sees to that by itself for models that end with softmax.
    label_smoothing : float in [0, 1]
        Share s of doubt: targets y of n classes become y (1 − s) + s / n (Szegedy et al.,
        2016, "Rethinking the Inception architecture", section 7).

    >>> loss = CategoricalCrossentropy()
    >>> round(loss([[0, 1]], [[0.5, 0.5]]).item(), 4)  # log 2
    0.6931
    """

    name = "categorical_crossentropy"
    fields = ("from_logits", "label_smoothing")
    activation = "softmax"

    def __init__(self, from_logits=False, label_smoothing=0.0):
        self.from_logits = bool(from_logits)
        self.label_smoothing = checks.real(
            label_smoothing, "CategoricalCrossentropy: label_smoothing", 0, 1
        )

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)

    def check(self, y_true, output_shape):
        """Refuse targets that do not fit the outputs, or are no probabilities."""
        super().check(y_true, output_shape)
        _check_probabilities(y_true, self.name)


class SparseCategoricalCrossentropy(Loss):
    """−log of the probability of the right class; targets are class numbers.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits, what goes into softmax, instead of probabilities.
        `Model.compile` sees to that by itself for models that end with softmax.

    >>> loss = SparseCategoricalCrossentropy(from_logits=True)
    >>> round(loss([0], [[0.0, 0.0]]).item(), 4)  # log 2
    0.6931
    """

    name = "sparse_categorical_crossentropy"
    fields = ("from_logits",)
    activation = "softmax"

    def __init__(self, from_logits=False):
        self.from_logits = bool(from_logits)

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits)

    def check(self, y_true, output_shape):
        """Refuse targets that are not whole numbers in 0 … classes − 1, one per example."""
        classes = output_shape[-1]
        expected = tuple(output_shape[1:-1])
        if y_true.shape[1:] not in (expected, (*expected, 1)):
            hint = ""
            if y_true.shape[1:] == tuple(output_shape[1:]):
                hint = "; for one-hot targets use 'categorical_crossentropy'"
            raise ValueError(
                f"{self.name}: the labels have shape {checks.shape_text(y_true.shape)}, but the "
                f"model's outputs {checks.shape_text(output_shape)} need one class number each, "
                f"{checks.shape_text((None, *expected))}{hint}"
            )
        check_real(y_true, f"{self.name}: the labels need whole numbers")
        if (
            y_true.dtype.kind in "iu"
            and y_true.size
            and 0 <= y_true.min() <= y_true.max() < classes
        ):
            return
        right = (y_true >= 0) & (y_true < classes) & (y_true == np.floor(y_true))
        needed = f"a whole number in 0 … {classes - 1}, the {classes} classes of the model's output"
        check_values(right, y_true, f"{self.name}: label", needed)


class KLDivergence(Loss):
    """Σ y_true · log(y_true / y_pred): see `kl_divergence`.

    >>> round(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]).item(), 4)
    0.1438
    """

    name = "kl_divergence"

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return kl_divergence(y_true, y_pred)

    def check(self, y_true, output_shape):
        """Refuse targets that do not fit the outputs, or are no probabilities."""
        super().check(y_true, output_shape)
        _check_probabilities(y_true, self.name)


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0):
    """Return the mean of −y log p − (1 − y) log(1 − p) over the last axis.

    From logits x, with p = 1 / (1 + e⁻ˣ), it is y log(1 + e⁻ˣ) + (1 − y) log(1 + eˣ): no
    probability is rounded to 0 or 1.

    Parameters
    ----------
    y_true : (N, …, n) or, for n = 1, (N, …)
        Probabilities, such as 0 or 1.
    y_pred : (N, …, n)
        Probabilities, held at least 1e-7 away from 0 and 1; or logits.

    Returns
    -------
    (N, …)
    """
    y = like(y_true, y_pred)
    if label_smoothing:
        y = y * (1 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        if_one, if_zero = ops.softplus(ops.negative(y_pred)), ops.softplus(y_pred)
    else:
        p = ops.clip(y_pred, EPSILON, 1 - EPSILON)
        if_one, if_zero = ops.negative(ops.log(p)), ops.negative(ops.log(ops.subtract(1, p)))
    return ops.mean(ops.add(ops.multiply(y, if_one), ops.multiply(1 - y, if_zero)), axis=-1)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0):
    """Return −Σ y_true · log p over the last axis: (N, …, classes) → (N, …)."""
    y = like(y_true, y_pred)
    if label_smoothing:
        y = y * (1 - label_smoothing) + label_smoothing / y.shape[-1]
    log_p = _log_probabilities(y_pred, from_logits)
    return ops.negative(ops.sum(ops.multiply(y, log_p), axis=-1))


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False):
    """Return −log p of the right class.

    Parameters
    ----------
    y_true : (N, …) or (N, …, 1) whole numbers in 0 … classes − 1
    y_pred : (N, …, classes)
        Probabilities, or logits with ``from_logits=True``.

    Returns
    -------
    (N, …)
    """
    labels = np.asarray(y_true).astype(np.int64)
    labels = labels.reshape(np.shape(y_pred)[:-1])
    if from_logits:
        return fused.sparse_softmax_crossentropy(y_pred, labels)
    log_p = _log_probabilities(y_pred, from_logits)
    chosen = ops.take_along_axis(log_p, labels[..., np.newaxis], axis=-1)
    return ops.negative(ops.squeeze(chosen, -1))


def kl_divergence(y_true, y_pred):
    """Return Σ y log(y / p) over the last axis: (N, …, n) → (N, …).

    Both are held in [1e-7, 1], as in Keras. Kullback and Leibler, 1951.
    """
    y = np.clip(like(y_true, y_pred), EPSILON, 1)
    log_p = ops.log(ops.clip(y_pred, EPSILON, 1))
    return ops.sum(ops.multiply(y, ops.subtract(np.log(y), log_p)), axis=-1)


def _log_probabilities(y_pred, from_logits):
    if from_logits:
        return ops.log_softmax(y_pred)
    total = ops.sum(y_pred, axis=-1, keepdims=True)
    return ops.log(ops.clip(ops.divide(y_pred, total), EPSILON, 1 - EPSILON))


def _check_probabilities(y_true, name):
    right = (y_true >= 0) & (y_true <= 1)
    check_values(right, y_true, f"{name}: target", "a probability, a number in 0 … 1")
