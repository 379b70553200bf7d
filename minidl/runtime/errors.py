"""Errors of operations: what was wrong, in which operation, and what it was given."""

import reprlib

#: What NumPy and Python raise at arguments that make no sense.
EXPLAINED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


def explain(name, error, args):
    """Return a ValueError or TypeError with the operation's name and what it was given.

    >>> import numpy as np
    >>> explain("add", ValueError("shapes differ"), [np.ones(2), "x"])
    ValueError("add: shapes differ (given float64 (2,), 'x')")
    """
    if str(error).startswith(f"{name}:"):
        return error
    while error.__cause__ not in (None, error):  # an operation within the operation
        error = error.__cause__
    given = ", ".join(
        f"{a.dtype} {a.shape}" if hasattr(a, "dtype") and hasattr(a, "shape") else reprlib.repr(a)
        for a in args
    )
    kind = TypeError if isinstance(error, TypeError | AttributeError) else ValueError
    return kind(f"{name}: {error} (given {given})")
