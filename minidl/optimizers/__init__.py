"""Optimizers, by Keras's names, and the `schedules` that change their learning rates."""

from minidl.optimizers import schedules
from minidl.optimizers.adagrad import Adagrad
from minidl.optimizers.adam import Adam, AdamW, Lion, Nadam
from minidl.optimizers.optimizer import Optimizer
from minidl.optimizers.rmsprop import RMSprop
from minidl.optimizers.sgd import SGD
from minidl.runtime.registry import Registry

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "get",
    "schedules",
    "serialize",
]

_REGISTRY = Registry("optimizer", Optimizer, [SGD, Adagrad, Adam, AdamW, Lion, Nadam, RMSprop])


def get(identifier):
    """Return the optimizer that a name, a class or an object stands for.

    >>> get("adam").learning_rate
    0.001
    """
    return _REGISTRY.get(identifier)


def serialize(optimizer):
    """Return an optimizer as ``{"class_name": …, "config": …}``, which `get` takes.

    What it remembers of the weights is not in it.
    """
    return _REGISTRY.serialize(optimizer)
