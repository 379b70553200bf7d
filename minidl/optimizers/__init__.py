"""Optimizers, by Keras's names."""

from minidl.optimizers.adam import Adam
from minidl.optimizers.optimizer import Optimizer
from minidl.optimizers.sgd import SGD
from minidl.runtime import checks

__all__ = ["SGD", "Adam", "Optimizer", "get"]

_BY_NAME = {optimizer.name: optimizer for optimizer in (Adam, SGD)}


def get(identifier):
    """Return the optimizer that a name, a class or an object stands for.

    >>> get("adam").learning_rate
    0.001
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier()
    if isinstance(identifier, str) and identifier.lower() in _BY_NAME:
        return _BY_NAME[identifier.lower()]()
    raise checks.unknown_name("optimizer", identifier, _BY_NAME)
