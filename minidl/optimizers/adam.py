"""Adam and its kin: AdamW, Nadam, Lion."""

import math

import numpy as np

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
    learning_rate : float or schedule
        α
    beta_1, beta_2 : float in [0, 1)
    epsilon : float
    amsgrad : bool
        Whether the largest v so far stands in v's place (Reddi et al., 2018).
    **options
        What all optimizers share: see `Optimizer`.

    >>> import minidl
    >>> w = minidl.Tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = Adam(0.1)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(4)
    array([ 0.9, -1.9], dtype=float32)
    """

    name = "adam"
    fields = ("learning_rate", "beta_1", "beta_2", "epsilon", "amsgrad")
    slot_names = ("momentum", "velocity")

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        **options,
    ):
        super().__init__(learning_rate, **options)
        self.beta_1 = _beta(beta_1, self, "beta_1")
        self.beta_2 = _beta(beta_2, self, "beta_2")
        self.epsilon = checks.real(epsilon, f"{type(self).__name__}: epsilon", 0)
        self.amsgrad = bool(amsgrad)
        if self.amsgrad:
            self.slot_names = (*self.slot_names, "velocity_hat")

    def update(self, weight, gradient, step, mean, square, largest=None):
        """Change one weight array in place."""
        t = step.number
        correction = math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        rates = (
            step.learning_rate * correction,
            1 - self.beta_1,
            1 - self.beta_2,
            self.epsilon,
        )
        if largest is None:
            update.adam(weight, gradient, mean, square, rates)
        else:
            update.amsgrad(weight, gradient, mean, square, largest, rates)


class AdamW(Adam):
    """Adam with weight decay, w ← w − α λ w before each step.

    Loshchilov and Hutter, 2019, "Decoupled weight decay regularization": the decay does not go
    through Adam's means, where an L2 penalty's gradient would be divided by √v.

    Parameters
    ----------
    learning_rate : float or schedule
        α
    weight_decay : float
        λ
    beta_1, beta_2, epsilon, amsgrad, **options
        See `Adam`.

    >>> import minidl
    >>> w = minidl.Tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = AdamW(0.1, weight_decay=0.5)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(4)
    array([ 0.85, -1.8 ], dtype=float32)
    """

    name = "adamw"

    def __init__(
        self,
        learning_rate=0.001,
        weight_decay=0.004,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        **options,
    ):
        if weight_decay is None:
            raise TypeError("AdamW: weight_decay needs a number, got None")
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options
        )


class Nadam(Optimizer):
    """Adam that looks one step ahead, as Nesterov's momentum does.

    With μₜ = β₁ (1 − ½ · 0.96ᵗ) and Mₜ = μ₁ · … · μₜ, and m and v as in Adam:
    m̂ = μₜ₊₁ m / (1 − Mₜ₊₁) + (1 − μₜ) g / (1 − Mₜ); v̂ = v / (1 − β₂ᵗ);
    w ← w − α m̂ / (√v̂ + ε).

    Dozat, 2016, "Incorporating Nesterov momentum into Adam", as in Keras.

    Parameters
    ----------
    learning_rate : float or schedule
        α
    beta_1, beta_2 : float in [0, 1)
    epsilon : float
    **options
        What all optimizers share: see `Optimizer`.

    >>> import minidl
    >>> w = minidl.Tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = Nadam(0.1)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(4)
    array([ 0.8937, -1.8937], dtype=float32)
    """

    name = "nadam"
    fields = ("learning_rate", "beta_1", "beta_2", "epsilon")
    slot_names = ("momentum", "velocity")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = _beta(beta_1, self, "beta_1")
        self.beta_2 = _beta(beta_2, self, "beta_2")
        self.epsilon = checks.real(epsilon, "Nadam: epsilon", 0)

    def update(self, weight, gradient, step, mean, square):
        """Change one weight array in place."""
        rate, t = step
        rates = (
            rate * self._momentum(t + 1) / (1 - self._product(t + 1)),
            rate * (1 - self._momentum(t)) / (1 - self._product(t)),
            1 - self.beta_1,
            1 - self.beta_2,
            1 / (1 - self.beta_2**t),
            self.epsilon,
        )
        update.nadam(weight, gradient, mean, square, rates)

    def _momentum(self, t):
        return self.beta_1 * (1 - 0.5 * 0.96**t)

    def _product(self, t):
        """Return μ₁ · … · μₜ; from some t on the factors 1 − ½ · 0.96ᵗ are 1 in every digit."""
        return self.beta_1**t * _WARM_UP[min(t, len(_WARM_UP)) - 1]


_WARM_UP = np.cumprod(1 - 0.5 * 0.96 ** np.arange(1, 1001)).tolist()


class Lion(Optimizer):
    """Steps of one length: only the sign of the averaged gradient counts.

    w ← w − α sign(β₁ m + (1 − β₁) g), then m ← β₂ m + (1 − β₂) g.

    Chen et al., 2023, "Symbolic discovery of optimization algorithms", who advise a learning
    rate 3 to 10 times smaller than Adam's.

    Parameters
    ----------
    learning_rate : float or schedule
        α
    beta_1 : float in (0, 1]
    beta_2 : float in [0, 1]
    **options
        What all optimizers share: see `Optimizer`.

    >>> import minidl
    >>> w = minidl.Tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = Lion(0.1)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(4)
    array([ 0.9, -1.9], dtype=float32)
    """

    name = "lion"
    fields = ("learning_rate", "beta_1", "beta_2")
    slot_names = ("momentum",)

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.99, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = checks.real(beta_1, "Lion: beta_1", 0, 1)
        if not self.beta_1:
            raise ValueError("Lion: beta_1 needs a number in (0, 1], got 0")
        self.beta_2 = checks.real(beta_2, "Lion: beta_2", 0, 1)

    def update(self, weight, gradient, step, mean):
        """Change one weight array in place."""
        rates = (step.learning_rate, self.beta_1, 1 - self.beta_1, self.beta_2, 1 - self.beta_2)
        update.lion(weight, gradient, mean, rates)


def _beta(value, optimizer, name):
    what = f"{type(optimizer).__name__}: {name}"
    beta = checks.real(value, what, 0, 1)
    if beta == 1:
        raise ValueError(f"{what} needs a number in [0, 1), got {value!r}")
    return beta
