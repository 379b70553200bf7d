"""Initial weights, by Keras's names; all draw from `minidl.set_random_seed`'s generator."""

import contextlib
import math

import numpy as np

from minidl.runtime import checks, random


class Initializer:
    """Called with a shape and a dtype, returns an array of initial weights."""

    def __call__(self, shape, dtype="float32"):
        """Return an array of `shape`; inside `deferred`, one that takes no memory."""
        if _deferred:
            return np.broadcast_to(np.zeros((), dtype), shape)
        return np.ascontiguousarray(self.draw(tuple(shape)), dtype)

    def draw(self, shape):
        """Return the initial weights; defined by each initializer."""
        raise NotImplementedError(f"{type(self).__name__} needs a method draw(shape)")


class Zeros(Initializer):
    """All 0."""

    def draw(self, shape):
        """Return zeros."""
        return np.zeros(shape)


class Ones(Initializer):
    """All 1."""

    def draw(self, shape):
        """Return ones."""
        return np.ones(shape)


class GlorotUniform(Initializer):
    """Uniform in ±√(6 / (fan_in + fan_out)): Keras's default for kernels.

    Glorot and Bengio, 2010: the variance of activations and of gradients stays about the
    same from layer to layer.

    >>> import minidl
    >>> weights = GlorotUniform()((100, 200))
    >>> bool(abs(weights).max() <= (6 / 300) ** 0.5)
    True
    """

    def draw(self, shape):
        """Return uniform random numbers."""
        limit = math.sqrt(6 / sum(fans(shape)))
        return random.generator().uniform(-limit, limit, shape)


class HeNormal(Initializer):
    """Normal with variance 2 / fan_in, cut off at two standard deviations, as in Keras.

    He et al., 2015: for layers followed by ReLU, which halves the variance.
    """

    def draw(self, shape):
        """Return normal random numbers; those beyond two deviations are drawn again."""
        rng = random.generator()
        numbers = rng.standard_normal(shape)
        while (far := np.abs(numbers) > 2).any():
            numbers[far] = rng.standard_normal(int(far.sum()))
        # The cut-off normal has a standard deviation of 0.8796…
        return numbers * (math.sqrt(2 / fans(shape)[0]) / 0.87962566103423978)


_BY_NAME = {
    "zeros": Zeros,
    "ones": Ones,
    "glorot_uniform": GlorotUniform,
    "he_normal": HeNormal,
}


def get(identifier):
    """Return the initializer that a name or an object stands for."""
    if callable(identifier):
        return identifier() if isinstance(identifier, type) else identifier
    if isinstance(identifier, str) and identifier.lower() in _BY_NAME:
        return _BY_NAME[identifier.lower()]()
    for initializer in _BY_NAME.values():
        if identifier == initializer.__name__:
            return initializer()
    raise checks.unknown_name("initializer", identifier, _BY_NAME)


def serialize(initializer):
    """Return the name of an initializer, for a model file."""
    for name, kind in _BY_NAME.items():
        if type(initializer) is kind:
            return name
    raise ValueError(f"the initializer {initializer!r} has no name, so it cannot be saved")


def fans(shape):
    """Return how many numbers a unit takes in, and how many units take in a number.

    >>> fans((3, 3, 1, 32))
    (9, 288)
    """
    window = math.prod(shape[:-2])
    return (shape[-2] if len(shape) > 1 else 1) * window, shape[-1] * window


@contextlib.contextmanager
def deferred():
    """Inside, weights get their shape only: for a model whose weights come from a file."""
    global _deferred
    before, _deferred = _deferred, True
    try:
        yield
    finally:
        _deferred = before


_deferred = False
