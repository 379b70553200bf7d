"""What the two players of a GAN make small, from the scores of real and of fake images.

A score s is a logit: the discriminator takes an image for real with probability
σ(s) = 1 / (1 + e⁻ˢ). With E the mean over the batch, each loss is a pair of functions:

============== ================================= ====================
name           discriminator                     generator
============== ================================= ====================
minimax        −E log σ(real) − E log(1 − σ(fake)) E log(1 − σ(fake))
non_saturating the same                          −E log σ(fake)
least_squares  ½ E (real − 1)² + ½ E fake²       ½ E (fake − 1)²
hinge          E max(0, 1 − real) + E max(0, 1 + fake) −E fake
wasserstein    E fake − E real + λ · penalty     −E fake
============== ================================= ====================

Sources: Goodfellow et al., 2014 (the first two); Mao et al., 2017; Lim and Ye, 2017; Arjovsky,
Chintala and Bottou, 2017, with the penalty of Gulrajani et al., 2017.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minidl import ops
from minidl.autograd import Tensor, grad
from minidl.runtime import checks


@dataclass(frozen=True)
class AdversarialLoss:
    """The two players' losses, and what else belongs to playing by them.

    Attributes
    ----------
    discriminator : callable
        Of the scores of real images and of fake ones, each (N,); returns a Tensor of one number.
    generator : callable
        Of the scores of fake images, (N,).
    penalty : float
        λ, the weight of `gradient_penalty` in the discriminator's loss.
    turns : int
        Of the discriminator, for each one of the generator.
    betas : (float, float)
        Of Adam, for both.
    """

    discriminator: Callable
    generator: Callable
    penalty: float = 0.0
    turns: int = 1
    betas: tuple = (0.5, 0.999)


def _cross_entropy(real, fake):
    """−log σ(s) is softplus(−s), and −log(1 − σ(s)) is softplus(s): no digits are lost."""
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))


def _least_squares(real, fake):
    return (ops.mean(ops.square(real - 1)) + ops.mean(ops.square(fake))) / 2


def _hinge(real, fake):
    return ops.mean(ops.relu(1 - real)) + ops.mean(ops.relu(1 + fake))


LOSSES = {
    # The generator's slope is smallest where it is worst: log(1 − σ(s)) is flat for s ≪ 0.
    "minimax": AdversarialLoss(_cross_entropy, lambda fake: -ops.mean(ops.softplus(fake))),
    "non_saturating": AdversarialLoss(_cross_entropy, lambda fake: ops.mean(ops.softplus(-fake))),
    "least_squares": AdversarialLoss(
        _least_squares, lambda fake: ops.mean(ops.square(fake - 1)) / 2
    ),
    "hinge": AdversarialLoss(_hinge, lambda fake: -ops.mean(fake)),
    "wasserstein": AdversarialLoss(
        lambda real, fake: ops.mean(fake) - ops.mean(real),
        lambda fake: -ops.mean(fake),
        penalty=10.0,
        turns=5,
        betas=(0.0, 0.9),
    ),
}


def get(name):
    """Return the `AdversarialLoss` of that name.

    >>> get("wasserstein").turns
    5
    """
    if name not in LOSSES:
        raise checks.unknown_name("loss", name, LOSSES)
    return LOSSES[name]


def gradient_penalty(score, real, fake, mix):
    """Return E (‖∇ₓ score(x)‖ − 1)², at points x between real and fake images.

    A critic whose slope is 1 there measures how far the fake images are from the real ones
    (Gulrajani et al., 2017, algorithm 1). The penalty is a function of a gradient, and is
    differentiated in turn: hence ``create_graph``.

    Parameters
    ----------
    score : callable
        From images (N, H, W, C) to scores (N,); each must depend on its own image alone.
    real, fake : array (N, H, W, C)
    mix : array (N,)
        How real each point is, from 0 to 1; drawn at random.

    Returns
    -------
    Tensor of one number

    >>> import numpy as np
    >>> images = np.ones((2, 2, 2, 1))
    >>> steep = lambda x: ops.sum(x, axis=(1, 2, 3))  # its slope is 1 for each of 4 pixels
    >>> round(gradient_penalty(steep, images, -images, np.array([0.5, 0.1])).item(), 6)
    1.0
    """
    mix = mix.reshape(-1, *[1] * (real.ndim - 1)).astype(real.dtype)
    between = Tensor(mix * real + (1 - mix) * fake, requires_grad=True)
    (slope,) = grad(ops.sum(score(between)), between, create_graph=True)
    squares = ops.sum(ops.square(slope), axis=tuple(range(1, slope.ndim)))
    # √ has no slope at 0; the smallest normal number keeps it finite and changes no other digit.
    length = ops.sqrt(squares + float(np.finfo(real.dtype).tiny))
    return ops.mean(ops.square(length - 1))
