"""What all optimizers share."""

import numpy as np

from minidl.runtime import checks


class Optimizer:
    """Changes weights against their gradients.

    ``build(weights)`` once (`Model.compile` and `fit` do it), then, at each step:
    ``loss.backward()``, ``step()``, ``zero_grad()``.

    Parameters
    ----------
    learning_rate : float
        Length of the steps, larger than 0.

    >>> import minidl
    >>> w = minidl.Tensor([1.0], requires_grad=True)
    >>> optimizer = minidl.optimizers.SGD(learning_rate=0.1)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data
    array([0.8], dtype=float32)
    """

    name = None
    #: Constructor arguments that a model file keeps; attributes of the same name.
    fields = ("learning_rate",)
    #: Names of the arrays, one as large as each weight, that the optimizer remembers.
    slot_names = ()

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate
        self.iterations = 0
        self.weights = []
        self.slots = {}

    @property
    def learning_rate(self):
        """Length of the steps; may be set at any time."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        what = f"{type(self).__name__}: learning_rate"
        self._learning_rate = checks.real(value, what, 0, np.inf, exclusive=True)

    def build(self, weights):
        """Say which weights (Tensors) to change; what is remembered of others is dropped."""
        self.weights = list(weights)
        self.slots = {
            name: [np.zeros_like(weight.data) for weight in self.weights]
            for name in self.slot_names
        }

    def step(self):
        """Change every weight that has a gradient, in place."""
        if not self.weights:
            raise RuntimeError(f"{type(self).__name__}: call build(weights) before step()")
        self.iterations += 1
        for i, weight in enumerate(self.weights):
            if weight.grad is not None:
                slots = [self.slots[name][i] for name in self.slot_names]
                self.update(weight.data, weight.grad.data, *slots)

    def update(self, weight, gradient, *slots):
        """Change one weight array in place; defined by each optimizer."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update")

    def zero_grad(self):
        """Forget the gradients, before the next `backward`."""
        for weight in self.weights:
            weight.grad = None

    def get_config(self):
        """Return the constructor's arguments."""
        return {field: getattr(self, field) for field in self.fields}
