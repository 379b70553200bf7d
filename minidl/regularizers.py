"""Regularizers, by Keras's names: penalties on weights, which training adds to the loss."""

import numpy as np

from minidl import ops
from minidl.runtime import checks
from minidl.runtime.registry import Registry


class Regularizer:
    """Called with a weight, returns its penalty: a Tensor of one number."""

    fields = ()

    def __call__(self, x):
        """Return the penalty for the weight `x`."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(x)")

    def get_config(self):
        """Return the constructor's arguments."""
        return {field: getattr(self, field) for field in self.fields}


class L1L2(Regularizer):
    """l1 · Σ |x| + l2 · Σ x².

    Parameters
    ----------
    l1, l2 : float, at least 0

    >>> L1L2(l1=0.5, l2=2.0)(np.array([3.0, -4.0])).item()
    53.5
    """

    name = "l1_l2"
    fields = ("l1", "l2")

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = checks.real(l1, f"{type(self).__name__}: l1", 0, np.finfo(np.float32).max)
        self.l2 = checks.real(l2, f"{type(self).__name__}: l2", 0, np.finfo(np.float32).max)

    def __call__(self, x):
        """Return the penalty for the weight `x`; parts with a factor of 0 are not computed."""
        parts = []
        if self.l1:
            parts.append(ops.multiply(self.l1, ops.sum(ops.absolute(x))))
        if self.l2:
            parts.append(ops.multiply(self.l2, ops.sum(ops.square(x))))
        if not parts:
            return ops.multiply(0.0, ops.sum(x))
        return parts[0] if len(parts) == 1 else ops.add(*parts)


class L1(L1L2):
    """l1 · Σ |x|: pulls all weights towards 0 alike, and many to 0 (Tibshirani, 1996)."""

    name = "l1"
    fields = ("l1",)

    def __init__(self, l1=0.01):
        super().__init__(l1=l1)


class L2(L1L2):
    """l2 · Σ x²: pulls large weights more (ridge regression; Hoerl and Kennard, 1970).

    With plain gradient descent this is weight decay of 2 · l2; with Adam it is not (Loshchilov
    and Hutter, 2019): see `minidl.optimizers.AdamW`.
    """

    name = "l2"
    fields = ("l2",)

    def __init__(self, l2=0.01):
        super().__init__(l2=l2)


_REGISTRY = Registry("regularizer", Regularizer, [L1, L1L2, L2])


def get(identifier):
    """Return the regularizer that a name, a class or an object stands for; None for None.

    >>> get("l2").l2
    0.01
    """
    return None if identifier is None else _REGISTRY.get(identifier)


def serialize(regularizer):
    """Return a regularizer as ``{"class_name": …, "config": …}``; None for None."""
    return None if regularizer is None else _REGISTRY.serialize(regularizer)
