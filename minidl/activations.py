"""Activation functions by Keras's names, for the `activation` argument of layers."""

from minidl import ops
from minidl.runtime import checks


def linear(x):
    """Return x unchanged."""
    return x


def gelu(x, approximate=False):
    """Return x · Φ(x); exact by default, as in Keras's activations (not so in `ops`)."""
    return ops.gelu(x, approximate)


_BY_NAME = {
    "elu": ops.elu,
    "gelu": gelu,
    "leaky_relu": ops.leaky_relu,
    "linear": linear,
    "log_softmax": ops.log_softmax,
    "relu": ops.relu,
    "selu": ops.selu,
    "sigmoid": ops.sigmoid,
    "silu": ops.silu,
    "softmax": ops.softmax,
    "softplus": ops.softplus,
    "swish": ops.silu,
    "tanh": ops.tanh,
}


def get(identifier):
    """Return the activation function that a name, a function, or None (linear) stands for.

    >>> get("relu")(-3.0).item()
    0.0
    """
    if identifier is None:
        return linear
    if callable(identifier):
        return identifier
    if isinstance(identifier, str) and identifier.lower() in _BY_NAME:
        return _BY_NAME[identifier.lower()]
    raise checks.unknown_name("activation", identifier, _BY_NAME)


def serialize(activation):
    """Return the name of an activation function, for a model file.

    Raises
    ------
    ValueError
        If it is a function of your own: a model file holds names, never code.
    """
    for name, function in _BY_NAME.items():
        if function is activation:
            return name
    raise ValueError(
        f"the activation {getattr(activation, '__name__', activation)!r} has no name in "
        f"minidl.activations, so it cannot be saved (known: {', '.join(_BY_NAME)})"
    )
