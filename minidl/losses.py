"""Losses, by Keras's names: what training makes small.

Each is a function that gives one loss per example, and a class whose objects are called
with targets and predictions and return the mean as a Tensor.
"""

import numpy as np

from minidl import ops
from minidl.autograd import Tensor
from minidl.runtime import checks

#: Probabilities are held this far from 0 and 1 before a logarithm, as in Keras.
EPSILON = 1e-7


class Loss:
    """The mean, over all examples, of a loss function."""

    name = None
    #: Whether the loss can be computed from logits, what goes into softmax.
    has_logits = False

    def __call__(self, y_true, y_pred):
        """Return the mean loss: a Tensor of one number."""
        y_pred = y_pred if isinstance(y_pred, Tensor) else Tensor(y_pred)
        y_true = np.asarray(y_true)
        self.check(y_true, y_pred.shape)
        return ops.mean(self.function(y_true, y_pred))

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        raise NotImplementedError(f"{type(self).__name__} needs a method function(y_true, y_pred)")

    def check(self, y_true, output_shape):
        """Refuse targets that do not fit outputs of this shape, the batch axis apart."""
        if y_true.shape[1:] != tuple(output_shape[1:]):
            raise ValueError(
                f"{self.name}: the targets have shape {_batch(y_true.shape)}, "
                f"the model's outputs {_batch(output_shape)}; they must be equal"
            )
        if y_true.dtype.kind not in "fiub":
            raise TypeError(f"{self.name}: the targets need real numbers, got {y_true.dtype}")

    def get_config(self):
        """Return the constructor's arguments."""
        return {}


class MeanSquaredError(Loss):
    """Mean of (y_true − y_pred)²: see `mean_squared_error`.

    >>> MeanSquaredError()([[1.0, 2.0]], [[1.0, 4.0]]).item()
    2.0
    """

    name = "mean_squared_error"

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return mean_squared_error(y_true, y_pred)


class _Crossentropy(Loss):
    has_logits = True

    def __init__(self, from_logits=False):
        self.from_logits = bool(from_logits)

    def get_config(self):
        """Return the constructor's arguments."""
        return {"from_logits": self.from_logits}


class SparseCategoricalCrossentropy(_Crossentropy):
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
                f"{self.name}: the labels have shape {_batch(y_true.shape)}, but the model's "
                f"outputs {_batch(output_shape)} need one class number each, "
                f"{_batch((None, *expected))}{hint}"
            )
        if y_true.dtype.kind not in "fiub":
            raise TypeError(f"{self.name}: the labels need whole numbers, got {y_true.dtype}")
        wrong = ~((y_true >= 0) & (y_true < classes))
        if y_true.dtype.kind == "f":
            wrong |= y_true != np.floor(y_true)
        if wrong.any():
            where = tuple(int(i) for i in np.argwhere(wrong)[0])
            index = where[0] if len(where) == 1 else where
            raise ValueError(
                f"{self.name}: label {y_true[where]} at index {index} is not a whole number in "
                f"0 … {classes - 1}, the {classes} classes of the model's output"
            )


class CategoricalCrossentropy(_Crossentropy):
    """−Σ y_true · log y_pred; targets are probabilities, such as one-hot rows."""

    name = "categorical_crossentropy"

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        return categorical_crossentropy(y_true, y_pred, self.from_logits)


def mean_squared_error(y_true, y_pred):
    """Return the mean of (y_true − y_pred)² over the last axis: (N, …, n) → (N, …)."""
    difference = ops.subtract(y_pred, _like(y_true, y_pred))
    return ops.mean(ops.square(difference), axis=-1)


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
    labels = labels.reshape(*np.shape(y_pred)[:-1], 1)
    log_p = _log_probabilities(y_pred, from_logits)
    return ops.negative(ops.squeeze(ops.take_along_axis(log_p, labels, axis=-1), -1))


def categorical_crossentropy(y_true, y_pred, from_logits=False):
    """Return −Σ y_true · log p over the last axis: (N, …, classes) → (N, …)."""
    log_p = _log_probabilities(y_pred, from_logits)
    return ops.negative(ops.sum(ops.multiply(_like(y_true, y_pred), log_p), axis=-1))


_CLASSES = (CategoricalCrossentropy, MeanSquaredError, SparseCategoricalCrossentropy)
_BY_NAME = {loss.name: loss for loss in _CLASSES} | {"mse": MeanSquaredError}


def get(identifier):
    """Return the loss that a name, a class or an object stands for.

    >>> get("mse").name
    'mean_squared_error'
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if isinstance(identifier, str) and identifier.lower() in _BY_NAME:
        return _BY_NAME[identifier.lower()]()
    raise checks.unknown_name("loss", identifier, _BY_NAME)


def _log_probabilities(y_pred, from_logits):
    if from_logits:
        return ops.log_softmax(y_pred)
    total = ops.sum(y_pred, axis=-1, keepdims=True)
    return ops.log(ops.clip(ops.divide(y_pred, total), EPSILON, 1 - EPSILON))


def _like(y_true, y_pred):
    return np.asarray(y_true).astype(y_pred.dtype)


def _batch(shape):
    return "(" + ", ".join(["N", *map(str, shape[1:])]) + ("," if len(shape) == 1 else "") + ")"
