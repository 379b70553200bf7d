"""The one source of random numbers: initial weights, shuffling, dropout."""

import operator

import numpy as np


def set_random_seed(seed):
    """Start minidl's random numbers anew: the same seed gives the same weights, bit for bit.

    >>> import minidl
    >>> minidl.set_random_seed(7)
    >>> a = minidl.initializers.GlorotUniform()((2, 2))
    >>> minidl.set_random_seed(7)
    >>> bool((a == minidl.initializers.GlorotUniform()((2, 2))).all())
    True
    """
    global _generator
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if number < 0:
        raise ValueError(f"set_random_seed: needs a whole number of at least 0, got {seed!r}")
    _generator = np.random.default_rng(number)


def generator():
    """Return the `numpy.random.Generator` that everything draws from."""
    return _generator


_generator = np.random.default_rng()
