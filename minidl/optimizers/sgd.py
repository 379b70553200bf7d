"""Stochastic gradient descent."""

from minidl.kernels import update
from minidl.optimizers.optimizer import Optimizer
from minidl.runtime import checks


class SGD(Optimizer):
    """w ← w − α g, or with momentum μ, in Keras's form:

    v ← μ v − α g, then w ← w + v, or, with `nesterov`, w ← w + μ v − α g.

    Parameters
    ----------
    learning_rate : float or schedule
        α. In this form it is inside the velocity: a change acts on later gradients only.
    momentum : float in [0, 1]
        μ
    nesterov : bool
        Whether to look ahead along the velocity (Sutskever et al., 2013).
    **options
        What all optimizers share: see `Optimizer`.

    >>> import minidl
    >>> w = minidl.Tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = SGD(0.1, momentum=0.9)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(4)
    array([ 0.8, -1.6], dtype=float32)
    """  # noqa: D400 (the formula goes on)

    name = "sgd"
    fields = ("learning_rate", "momentum", "nesterov")
    slot_names = ("velocity",)

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, **options):
        super().__init__(learning_rate, **options)
        self.momentum = checks.real(momentum, "SGD: momentum", 0, 1)
        self.nesterov = bool(nesterov)

    def update(self, weight, gradient, step, velocity):
        """Change one weight array in place."""
        update.sgd(weight, gradient, velocity, step.learning_rate, self.momentum, self.nesterov)
