"""Exercise 15: the losses of a GAN.

A discriminator gives each image a score s: a high one, if it takes the image for real. The
probability that it means is ``σ(s) = 1 / (1 + exp(−s))``. Here `real` holds the scores of real
images and `fake` those of images that the generator made; there may be more of one than of the
other. E is the mean over a batch, log the natural logarithm.

Scores may be in the thousands. There σ is 0 or 1 for the computer, and the logarithm of 0 is −∞:
write log σ(s) in a way that stays exact. All losses are numbers, and both players want theirs to
be small.
"""

import numpy as np


def discriminator_loss(real, fake):
    """Return the cross-entropy of the discriminator's answers.

    ``−E log σ(real) − E log(1 − σ(fake))``

    Parameters
    ----------
    real : (N,) array of scores
    fake : (M,) array of scores

    Returns
    -------
    float

    >>> round(float(discriminator_loss(np.array([0.0]), np.array([0.0, 1000.0]))), 4)
    501.0397
    """
    raise NotImplementedError


def generator_losses(fake):
    """Return two losses that the generator may choose from.

    - minimax, the opposite of the discriminator's: ``E log(1 − σ(fake))``
    - non-saturating, steep where the generator is bad: ``−E log σ(fake)``

    Parameters
    ----------
    fake : (M,) array of scores

    Returns
    -------
    tuple of two floats: minimax, non-saturating

    >>> minimax, non_saturating = generator_losses(np.array([-1000.0]))
    >>> round(float(minimax), 4) + 0.0, round(float(non_saturating), 4)
    (0.0, 1000.0)
    """
    raise NotImplementedError


def least_squares(real, fake):
    """Return both players' losses in a least-squares GAN: no σ, no logarithm.

    - discriminator: ``½ E (real − 1)² + ½ E fake²``
    - generator: ``½ E (fake − 1)²``

    Parameters
    ----------
    real : (N,) array of scores
    fake : (M,) array of scores

    Returns
    -------
    tuple of two floats: the discriminator's, the generator's

    >>> discriminator, generator = least_squares(np.array([2.0]), np.array([3.0, 3.0]))
    >>> float(discriminator), float(generator)
    (5.0, 2.0)
    """
    raise NotImplementedError


def wasserstein(real, fake, gradients, weight):
    """Return both players' losses in a Wasserstein GAN with gradient penalty.

    - critic (so the discriminator is called here): ``E fake − E real + weight · E (‖g‖ − 1)²``
    - generator: ``−E fake``

    g is the gradient of one image's score: the slope for each of its pixels and channels. Its
    length is ``‖g‖ = √(Σ_h Σ_w Σ_c g(h, w, c)²)``.

    Parameters
    ----------
    real : (N,) array of scores
    fake : (M,) array of scores
    gradients : (B, H, W, C) array: the gradients of B images between real and fake ones
    weight : float

    Returns
    -------
    tuple of two floats: the critic's, the generator's

    >>> gradients = np.array([3.0, 4.0]).reshape(1, 2, 1, 1)
    >>> critic, generator = wasserstein(np.array([7.0]), np.array([1.0, 3.0]), gradients, 10.0)
    >>> float(critic), float(generator)
    (155.0, -2.0)
    """
    raise NotImplementedError
