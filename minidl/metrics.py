"""Metrics, by Keras's names: what is reported while training, over all batches so far."""

import numpy as np

from minidl.runtime import checks


class Metric:
    """A number that is kept up to date batch by batch."""

    def __init__(self, name):
        self.name = name
        self.reset_state()

    def reset_state(self):
        """Forget all batches."""
        self.total = 0.0
        self.count = 0

    def update_state(self, y_true, y_pred):
        """Take in a batch."""
        values = self.values(np.asarray(y_true), np.asarray(y_pred))
        self.total += float(np.sum(values))
        self.count += values.size

    def values(self, y_true, y_pred):
        """Return one number per example, of which the metric is the mean."""
        raise NotImplementedError(f"{type(self).__name__} needs a method values(y_true, y_pred)")

    def result(self):
        """Return the mean over all batches since the last reset; 0 if there was none."""
        return self.total / self.count if self.count else 0.0


class Mean(Metric):
    """The mean of numbers, each with the count of examples that it stands for.

    >>> loss = Mean("loss")
    >>> loss.update_state(1.0, 3)
    >>> loss.update_state(2.0, 1)
    >>> loss.result()
    1.25
    """

    def update_state(self, value, count=1):
        """Take in the mean `value` of `count` examples."""
        self.total += float(value) * count
        self.count += count


class SparseCategoricalAccuracy(Metric):
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
        return np.argmax(y_pred, axis=-1) == y_true.reshape(y_pred.shape[:-1])


class CategoricalAccuracy(Metric):
    """Share of examples whose largest output is where the target's largest is."""

    def __init__(self, name="categorical_accuracy"):
        super().__init__(name)

    def values(self, y_true, y_pred):
        """Return 1 or 0 per example."""
        return np.argmax(y_pred, axis=-1) == np.argmax(y_true, axis=-1)


class BinaryAccuracy(Metric):
    """Share of outputs on the same side of `threshold` as the target, 0 or 1."""

    def __init__(self, name="binary_accuracy", threshold=0.5):
        super().__init__(name)
        self.threshold = checks.real(threshold, "BinaryAccuracy: threshold")

    def values(self, y_true, y_pred):
        """Return 1 or 0 per output."""
        return (y_pred > self.threshold) == (y_true > self.threshold)


class Accuracy(Metric):
    """Keras's "accuracy": sparse, categorical or binary, as targets and outputs call for.

    One output is binary; targets of the outputs' shape are categorical; others are class
    numbers.
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
        return kind().values(y_true, y_pred)


_BY_NAME = {
    "accuracy": Accuracy,
    "acc": Accuracy,
    "sparse_categorical_accuracy": SparseCategoricalAccuracy,
    "categorical_accuracy": CategoricalAccuracy,
    "binary_accuracy": BinaryAccuracy,
}


def get(identifier):
    """Return the metric that a name, a class or an object stands for, under that name."""
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return identifier()
    if isinstance(identifier, str) and identifier.lower() in _BY_NAME:
        return _BY_NAME[identifier.lower()](name=identifier.lower())
    raise checks.unknown_name("metric", identifier, _BY_NAME)
