"""RMSprop."""

from minidl.kernels import update
from minidl.optimizers.optimizer import Optimizer
from minidl.runtime import checks


class RMSprop(Optimizer):
    """Steps divided by the root of a running mean of the squared gradient.

    v ← ρ v + (1 − ρ) g²; w ← w − α g / √(v + ε). With `momentum` μ the steps add up:
    u ← μ u + α g / √(v + ε); w ← w − u. With `centered` the variance stands in v's place under
    the root: v − a², where a ← ρ a + (1 − ρ) g (Graves, 2013).

    Hinton, 2012, lecture 6e of "Neural networks for machine learning", as in Keras: ε is inside
    the root (PyTorch's stands beside it).

    Parameters
    ----------
    learning_rate : float or schedule
        α
    rho : float in [0, 1]
        ρ
    momentum : float in [0, 1]
        μ
    epsilon : float
    centered : bool
    **options
        What all optimizers share: see `Optimizer`.

    >>> import minidl
    >>> w = minidl.Tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = RMSprop(0.1)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(4)
    array([ 0.6838, -1.6838], dtype=float32)
    """

    name = "rmsprop"
    fields = ("learning_rate", "rho", "momentum", "epsilon", "centered")
    slot_names = ("velocity",)

    def __init__(
        self,
        learning_rate=0.001,
        rho=0.9,
        momentum=0.0,
        epsilon=1e-7,
        centered=False,
        **options,
    ):
        super().__init__(learning_rate, **options)
        self.rho = checks.real(rho, "RMSprop: rho", 0, 1)
        self.momentum = checks.real(momentum, "RMSprop: momentum", 0, 1)
        self.epsilon = checks.real(epsilon, "RMSprop: epsilon", 0)
        self.centered = bool(centered)
        if self.momentum or self.centered:
            self.slot_names = ("velocity", "momentum", "average_gradient")

    def update(self, weight, gradient, step, square, *momentum_and_mean):
        """Change one weight array in place."""
        rates = (step.learning_rate, self.rho, 1 - self.rho, self.epsilon)
        if not momentum_and_mean:
            update.rmsprop(weight, gradient, square, rates)
        else:
            rates += (self.momentum, self.centered)
            update.rmsprop_momentum(weight, gradient, square, *momentum_and_mean, rates)
