"""What all losses share: the mean over examples, weights of examples, and checks."""

import numpy as np

from minidl import ops
from minidl.autograd import Tensor
from minidl.runtime import checks

#: Probabilities are held this far from 0 and 1 before a logarithm, as in Keras.
EPSILON = 1e-7


class Loss:
    """The mean, over all examples, of a loss function.

    A subclass defines ``function(self, y_true, y_pred)``, one loss per example. Called with
    targets and predictions, and with weights if some examples count more than others, it
    returns Keras's ``sum_over_batch_size``: Σ weight · loss, divided by the number of losses
    (not by the sum of the weights).

    >>> class Largest(Loss):
    ...     def function(self, y_true, y_pred):
    ...         return ops.max(ops.absolute(ops.subtract(y_pred, y_true)), axis=-1)
    >>> Largest()([[0.0, 0.0], [1.0, 1.0]], [[1.0, 2.0], [1.0, 5.0]]).item()
    3.0
    >>> Largest()([[0.0, 0.0], [1.0, 1.0]], [[1.0, 2.0], [1.0, 5.0]], [1.0, 0.5]).item()
    2.0
    """

    name = "loss"
    #: Constructor arguments that a model file keeps; attributes of the same name.
    fields = ()
    #: The activation function, by name, of which this loss can take the input, the logits.
    activation = None
    from_logits = False

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Return the mean loss: a Tensor of one number.

        Parameters
        ----------
        y_true : array (N, …)
        y_pred : array or Tensor (N, …)
        sample_weight : array (N,), optional
            How much each example counts. With more axes, (N, …), how much each loss of an
            example counts, such as each pixel of a mask.
        """
        y_pred = y_pred if isinstance(y_pred, Tensor) else Tensor(y_pred)
        y_true = np.asarray(y_true)
        self.check(y_true, y_pred.shape)
        losses = self.function(y_true, y_pred)
        if sample_weight is not None:
            losses = ops.multiply(losses, weights_of(sample_weight, losses, self.name))
        return ops.mean(losses)

    def function(self, y_true, y_pred):
        """Return one loss per example."""
        raise NotImplementedError(f"{type(self).__name__} needs a method function(y_true, y_pred)")

    def check(self, y_true, output_shape):
        """Refuse targets that do not fit outputs of this shape, the batch axis apart."""
        fitting = [tuple(output_shape[1:])]
        if output_shape[-1:] == (1,):
            fitting.append(tuple(output_shape[1:-1]))
        if y_true.shape[1:] not in fitting:
            raise ValueError(
                f"{self.name}: the targets have shape {checks.shape_text(y_true.shape)}, "
                f"the model's outputs {checks.shape_text(output_shape)}; they must be equal"
            )
        check_real(y_true, f"{self.name}: the targets need real numbers")

    def on_logits(self):
        """Return this loss as it is computed from what goes into `activation`."""
        return type(self)(**(self.get_config() | {"from_logits": True}))

    def get_config(self):
        """Return the constructor's arguments."""
        return {field: getattr(self, field) for field in self.fields}


def like(y_true, y_pred):
    """Return targets as an array of the predictions' dtype and shape.

    (N, …) is taken for (N, …, 1), as in Keras; any other difference is refused, since
    broadcasting would compare every target with every prediction.
    """
    y_true = np.asarray(y_true).astype(y_pred.dtype)
    if y_true.shape == y_pred.shape:
        return y_true
    if (*y_true.shape, 1) == y_pred.shape:
        return y_true[..., np.newaxis]
    raise ValueError(
        f"targets of shape {y_true.shape} do not fit predictions of shape {y_pred.shape}; "
        "they must be equal"
    )


def weights_of(sample_weight, losses, name):
    """Return weights as an array that multiplies losses (N, …) from their first axis on.

    (N,) weighs whole examples, whatever axes the losses have; (N, …, 1) is taken for (N, …).
    """
    weights = np.asarray(sample_weight)
    check_real(weights, f"{name}: sample_weight needs real numbers")
    if not np.isfinite(weights).all():
        raise ValueError(f"{name}: sample_weight needs finite numbers, got NaN or infinity")
    if weights.ndim == losses.ndim + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if not losses.ndim or weights.shape != losses.shape[: weights.ndim] or not weights.ndim:
        what = f"losses of shape {losses.shape}" if losses.ndim else "one loss for the whole batch"
        raise ValueError(f"{name}: sample_weight of shape {weights.shape} does not fit {what}")
    weights = weights.reshape(*weights.shape, *(1,) * (losses.ndim - weights.ndim))
    return weights.astype(losses.dtype)


def check_real(array, message):
    """Refuse an array of text, objects or complex numbers."""
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{message}, got {array.dtype}")


def check_values(right, values, what, needed):
    """Refuse values where `right` is False; the first one is named with its index."""
    if right.all():
        return
    where = tuple(int(i) for i in np.argwhere(~right)[0])
    index = where[0] if len(where) == 1 else where
    raise ValueError(f"{what} {values[where]} at index {index} is not {needed}")
