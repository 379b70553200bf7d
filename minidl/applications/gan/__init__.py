"""Generative adversarial networks: two networks that learn from each other to make images.

Goodfellow et al., 2014: a generator makes images of noise, a discriminator tells them from real
ones, and each learns from the other's success. `networks` holds the two, `losses` what they make
small, `training` the game, and `judging` measures what came of it.
"""

from minidl.applications.gan.judging import SURE, Judge, Verdict, classifier, nearest
from minidl.applications.gan.losses import LOSSES, AdversarialLoss, gradient_penalty
from minidl.applications.gan.networks import FORMS, discriminator, generator
from minidl.applications.gan.training import GAN, Batches, Recipe, generate

__all__ = [
    "FORMS",
    "GAN",
    "LOSSES",
    "SURE",
    "AdversarialLoss",
    "Batches",
    "Judge",
    "Recipe",
    "Verdict",
    "classifier",
    "discriminator",
    "generate",
    "generator",
    "gradient_penalty",
    "nearest",
]
