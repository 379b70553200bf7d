"""What all metrics share, and the mean, which most of them are."""

import numpy as np

from minidl.runtime.registry import snake_case


class Metric:
    """A number that is kept up to date batch by batch.

    Subclasses define ``reset_state()``, ``update_state(y_true, y_pred, sample_weight=None)``
    and ``result()``; those that are a mean over examples inherit from `MeanMetric` instead.

    Parameters
    ----------
    name : str, optional
        Under which `fit` reports it; by default the class's name in snake case.
    """

    #: Constructor arguments, beside the name, that a model file keeps.
    fields = ()
    #: Attributes, numbers or arrays, that hold what has been taken in: checkpoints keep them.
    state_names = ()

    def __init__(self, name=None):
        self.name = snake_case(type(self).__name__) if name is None else name
        self.reset_state()

    def reset_state(self):
        """Forget all batches."""
        raise NotImplementedError(f"{type(self).__name__} needs a method reset_state()")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in a batch."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method update_state(y_true, y_pred, sample_weight)"
        )

    def result(self):
        """Return the number for all batches since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} needs a method result()")

    def get_state(self):
        """Return what has been taken in since the last reset."""
        return {name: getattr(self, name) for name in self.state_names}

    def set_state(self, state):
        """Put back what `get_state` returned."""
        for name in self.state_names:
            setattr(self, name, state[name])

    def get_config(self):
        """Return the constructor's arguments."""
        return {"name": self.name} | {field: getattr(self, field) for field in self.fields}


class Mean(Metric):
    """The mean of numbers, each with a weight, such as the count of examples it stands for.

    >>> loss = Mean("loss")
    >>> loss.update_state(1.0, 3)
    >>> loss.update_state(2.0, 1)
    >>> loss.result()
    1.25
    >>> loss.update_state([1.0, 5.0])
    >>> round(loss.result(), 4)
    1.8333
    """

    state_names = ("total", "count")

    def reset_state(self):
        """Forget all numbers."""
        self.total = 0.0
        self.count = 0.0

    def update_state(self, values, sample_weight=None):
        """Take in one number, or one or more per example, (N, …).

        Weights are one number, (N,) or (N, …); those of an example's numbers are spread over
        the axes that they do not have.
        """
        if isinstance(values, float) and isinstance(sample_weight, int):  # as `fit` calls it
            self.total += values * sample_weight
            self.count += sample_weight
            return
        values = np.asarray(values, np.float64)
        # An example counts as 1 however many numbers it has.
        inner = values.size // max(len(values), 1) or 1 if values.ndim else 1
        if sample_weight is None:
            self.total += float(values.sum()) / inner
            self.count += values.size / inner
            return
        weights = spread(sample_weight, values.shape or (1,), self.name)
        self.total += float(np.sum(values * weights)) / inner
        self.count += float(np.sum(weights)) / inner

    def result(self):
        """Return the mean of all numbers since the last reset; 0 if there was none."""
        return self.total / self.count if self.count else 0.0


class MeanMetric(Mean):
    """The mean over examples of what a method ``values(y_true, y_pred)`` returns."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in a batch: targets and predictions (N, …), weights (N,) or (N, …)."""
        values = self.values(np.asarray(y_true), np.asarray(y_pred))
        super().update_state(values, sample_weight)

    def values(self, y_true, y_pred):
        """Return one or more numbers per example, (N, …)."""
        raise NotImplementedError(f"{type(self).__name__} needs a method values(y_true, y_pred)")


def spread(weights, shape, name):
    """Return weights broadcast to `shape` from the first axis on; (N, …, 1) stands for (N, …).

    >>> spread([1, 2], (2, 3), "m").tolist()
    [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]
    """
    weights = np.asarray(weights, np.float64)
    if weights.ndim == len(shape) + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.shape != shape[: weights.ndim]:
        raise ValueError(
            f"{name}: sample_weight of shape {weights.shape} does not fit values of shape {shape}"
        )
    return np.broadcast_to(
        weights.reshape(*weights.shape, *(1,) * (len(shape) - weights.ndim)), shape
    )


def matched(y_true, y_pred, name):
    """Return targets and predictions as arrays of one shape; (N,) and (N, 1) fit each other."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape == (*y_pred.shape, 1):
        y_pred = y_pred[..., np.newaxis]
    elif y_pred.shape == (*y_true.shape, 1):
        y_true = y_true[..., np.newaxis]
    if y_true.shape != y_pred.shape:
        raise ValueError(
            f"{name}: the targets have shape {y_true.shape}, the predictions {y_pred.shape}; "
            "they must be equal"
        )
    return y_true, y_pred
