"""Adam."""

import math

from minidl.kernels import update
from minidl.optimizers.optimizer import Optimizer
from minidl.runtime import checks


class Adam(Optimizer):
    """Steps scaled by running means of the gradient, m, and of its square, v.

    m ← m + (g − m)(1 − β₁); v ← v + (g² − v)(1 − β₂); at step t
    w ← w − α √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).

    Kingma and Ba, 2015, in the form of section 2's end, as in Keras: ε stands beside √v
    before the bias correction (PyTorch's stands after it).

    Parameters
    ----------
    learning_rate : float
        α
    beta_1, beta_2 : float in [0, 1)
    epsilon : float
    """

    name = "adam"
    fields = ("learning_rate", "beta_1", "beta_2", "epsilon")
    slot_names = ("momentum", "velocity")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        super().__init__(learning_rate)
        self.beta_1 = _beta(beta_1, "beta_1")
        self.beta_2 = _beta(beta_2, "beta_2")
        self.epsilon = checks.real(epsilon, "Adam: epsilon", 0)

    def update(self, weight, gradient, mean, square):
        """Change one weight array in place."""
        t = self.iterations
        correction = math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        rates = (
            self.learning_rate * correction,
            1 - self.beta_1,
            1 - self.beta_2,
            self.epsilon,
        )
        update.adam(weight, gradient, mean, square, rates)


def _beta(value, name):
    beta = checks.real(value, f"Adam: {name}", 0, 1)
    if beta == 1:
        raise ValueError(f"Adam: {name} needs a number in [0, 1), got {value!r}")
    return beta
