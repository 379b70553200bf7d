"""What a lesson's variables hold, in a few lines."""

import inspect
import reprlib

import numpy as np

from minidl.autograd import Tensor
from minidl.runtime import checks

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 200
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = _SHORT.maxset = 8


def names(namespace):
    """Return the names of the variables that hold values, in the order in which they came.

    >>> names({"__name__": "__main__", "np": np, "x": 1})
    ['x']
    """
    return [
        name
        for name, value in namespace.items()
        if not (name.startswith("_") or inspect.ismodule(value))
    ]


def describe(namespace, name):
    """Say what a variable holds: of an array shape, type, least, mean and greatest value.

    >>> print(describe({"x": np.arange(4.0)}, "x"))
    x: array, shape (4,), float64, min 0, mean 1.5, max 3
    [0. 1. 2. 3.]
    >>> print(describe({"k": 3}, "k"))
    k: int
    3

    Raises
    ------
    ValueError
        If there is no such variable: the message has the nearest name.
    """
    if name not in namespace:
        raise checks.unknown_name("variable", name, names(namespace))
    value = namespace[name]
    if isinstance(value, np.ndarray | Tensor):
        kind = "tensor" if isinstance(value, Tensor) else "array"
        return _array(f"{name}: {kind}", np.asarray(value))
    if inspect.isroutine(value) or inspect.isclass(value):
        return _callable(name, value)
    size = f", {len(value)} items" if isinstance(value, list | tuple | dict | set) else ""
    return f"{name}: {type(value).__name__}{size}\n{_SHORT.repr(value)}"


def _array(heading, array):
    facts = [heading, f"shape {array.shape}", str(array.dtype)]
    if array.size and array.dtype.kind in "biuf":
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            facts.append("not all finite")
        else:
            measures = {"min": array.min(), "mean": array.mean(dtype=float), "max": array.max()}
            facts += [f"{what} {float(value):.6g}" for what, value in measures.items()]
    with np.printoptions(precision=4, suppress=True, threshold=64, edgeitems=3, linewidth=78):
        return f"{', '.join(facts)}\n{array}"


def _callable(name, value):
    try:
        signature = str(inspect.signature(value))
    except (TypeError, ValueError):  # some that are written in C have none
        signature = "(…)"
    text = (inspect.getdoc(value) or "").partition("\n")[0]
    return f"{name}{signature}\n{text}".rstrip()
