"""The one source of random numbers: initial weights, shuffling, dropout."""

import contextlib
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
    _generator = np.random.default_rng(_seed(seed, "set_random_seed"))


@contextlib.contextmanager
def seeded(seed):
    """Within the block, draw from random numbers of their own; afterwards go on as before.

    >>> before = generator()
    >>> with seeded(7):
    ...     a = generator().random()
    >>> with seeded(7):
    ...     bool(generator().random() == a)
    True
    >>> generator() is before
    True
    """
    global _generator
    before = _generator
    _generator = np.random.default_rng(_seed(seed, "seeded"))
    try:
        yield
    finally:
        _generator = before


def generator():
    """Return the `numpy.random.Generator` that everything draws from."""
    return _generator


def use(generator):
    """Draw everything from this `numpy.random.Generator` from now on."""
    global _generator
    _generator = generator


def state_of(generator):
    """Return what `from_state` needs to go on from here: a dict that JSON knows."""
    return generator.bit_generator.state


def from_state(state):
    """Return a generator that draws what the one whose `state_of` this is would draw next.

    >>> state = state_of(generator())
    >>> bool(generator().random() == from_state(state).random())
    True
    """
    restored = np.random.default_rng()
    restored.bit_generator.state = state  # refuses what is of another kind
    return restored


def _seed(seed, what):
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if number < 0:
        raise ValueError(f"{what}: needs a whole number of at least 0, got {seed!r}")
    return number


_generator = np.random.default_rng()
