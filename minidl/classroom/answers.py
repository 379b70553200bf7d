"""Whether two answers agree, and how they differ, in words."""

import numpy as np

SMALL = 1e-7  # beside zero


def agree(expected, came, tolerance=1e-5, dtype=None):
    """Whether `came` is the answer `expected`.

    Shapes must be the same; numbers may differ by `tolerance`, relative to the expected one. An
    array need not have the expected dtype, unless `dtype` names it.

    >>> agree(np.array([1.0, 2.0]), np.array([1, 2])), agree(2.0, np.array([2.0]))
    (True, False)
    """
    return difference(expected, came, tolerance, dtype) is None


def difference(expected, came, tolerance=1e-5, dtype=None):
    """Return how `came` differs from what was expected, in a sentence, or None.

    >>> difference(np.zeros((2, 3)), np.zeros((3, 2)))
    'The shape is (3, 2), and should be (2, 3).'
    """
    if isinstance(expected, list | tuple):
        return _of_sequences(expected, came, tolerance, dtype)
    if expected is None or isinstance(expected, str | bool | np.bool_):
        same = type(came) is type(expected) or isinstance(came, bool | np.bool_)
        return None if same and came == expected else f"It is {came!r}, and should be {expected!r}."
    if came is None:
        return "Nothing is returned."
    wants_array = isinstance(expected, np.ndarray)
    if wants_array and not isinstance(came, np.ndarray):
        return f"It is a {_kind(came)}, and should be an array of shape {expected.shape}."
    if not isinstance(came, np.ndarray | np.generic | int | float):
        return f"It is a {_kind(came)}, and should be a number."
    return _of_numbers(np.asarray(expected), np.asarray(came), tolerance, dtype)


def _of_sequences(expected, came, tolerance, dtype):
    if came is None:
        return "Nothing is returned."
    if not isinstance(came, list | tuple):
        return f"It is a {_kind(came)}, and should be {len(expected)} values."
    if len(came) != len(expected):
        return f"It is {len(came)} values, and should be {len(expected)}."
    for index, (mine, yours) in enumerate(zip(expected, came, strict=True)):
        found = difference(mine, yours, tolerance, dtype)
        if found:
            return f"Value {index + 1}: {found[0].lower()}{found[1:]}"
    return None


def _of_numbers(expected, came, tolerance, dtype):
    if came.shape != expected.shape:
        return f"The shape is {came.shape}, and should be {expected.shape}."
    if dtype is not None and came.dtype != dtype:
        return f"The dtype is {came.dtype}, and should be {dtype}."
    close = np.isclose(came, expected, rtol=tolerance, atol=SMALL, equal_nan=True)
    if close.all():
        return None
    if not came.shape:
        return f"It is {came:g}, and should be {expected:g}."
    where = tuple(int(i) for i in np.argwhere(~close)[0])
    return f"At {list(where)}: it is {came[where]:g}, and should be {expected[where]:g}."


def _kind(value):
    return getattr(value, "class_name", type(value).__name__)
