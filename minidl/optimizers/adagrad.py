"""Adagrad."""

from minidl.kernels import update
from minidl.optimizers.optimizer import Optimizer
from minidl.runtime import checks


class Adagrad(Optimizer):
    """Steps that shrink as a weight's squared gradients add up: for features that are rare.

    G ← G + g²; w ← w − α g / √(G + ε). Duchi, Hazan and Singer, 2011, as in Keras: ε is inside
    the root.

    Parameters
    ----------
    learning_rate : float or schedule
        α
    initial_accumulator_value : float, at least 0
        G before the first step.
    epsilon : float
    **options
        What all optimizers share: see `Optimizer`.

    >>> import minidl
    >>> w = minidl.Tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = Adagrad(0.1)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(4)
    array([ 0.9012, -1.9003], dtype=float32)
    """

    name = "adagrad"
    fields = ("learning_rate", "initial_accumulator_value", "epsilon")
    slot_names = ("accumulator",)

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        what = "Adagrad: initial_accumulator_value"
        self.initial_accumulator_value = checks.real(initial_accumulator_value, what, 0)
        self.epsilon = checks.real(epsilon, "Adagrad: epsilon", 0)

    def new_slot(self, name, weight):
        """Return what is remembered of a weight before its first step, by the slot's name."""
        slot = super().new_slot(name, weight)
        if name == "accumulator":
            slot.fill(self.initial_accumulator_value)
        return slot

    def update(self, weight, gradient, step, accumulator):
        """Change one weight array in place."""
        update.adagrad(weight, gradient, accumulator, (step.learning_rate, self.epsilon))
