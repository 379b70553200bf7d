"""Argument checks, and messages that say what was wrong, what came, and what is needed."""

import difflib
import math
import numbers
import operator
import unicodedata

import numpy as np


def unknown_name(kind, name, known):
    """Return the error for a name that is not known, with the nearest known one.

    >>> raise unknown_name("optimizer", "adm", ["adam", "sgd"])
    Traceback (most recent call last):
    ...
    ValueError: unknown optimizer 'adm': did you mean 'adam'? (known: adam, sgd)
    """
    known = sorted(known)
    near = difflib.get_close_matches(str(name).lower(), [k.lower() for k in known], n=1, cutoff=0.5)
    guess = next((k for k in known if near and k.lower() == near[0]), None)
    hint = f": did you mean {guess!r}?" if guess else ""
    return ValueError(f"unknown {kind} {name!r}{hint} (known: {', '.join(known)})")


def integer(value, what, minimum=1):
    """Return `value` as an int of at least `minimum`; floats and booleans are refused."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{what} needs a whole number, got {value!r}")
    if number < minimum:
        raise ValueError(f"{what} needs a whole number of at least {minimum}, got {value!r}")
    return number


def dtype(value, what):
    """Return `value` as a NumPy dtype of real numbers or booleans.

    >>> dtype("float32", "dtype")
    dtype('float32')
    """
    found = np.dtype(value)
    if found.kind not in "fiub":
        raise TypeError(f"{what} needs a type of real numbers or booleans, got {found}")
    return found


def pair(value, what, minimum=1):
    """Return a whole number, or two of them, as a pair (height, width).

    >>> pair(3, "strides"), pair((2, 1), "strides")
    ((3, 3), (2, 1))
    """
    items = tuple(value) if isinstance(value, list | tuple) else (value, value)
    if len(items) != 2:
        raise ValueError(f"{what} needs one whole number or two, got {value!r}")
    return integer(items[0], what, minimum), integer(items[1], what, minimum)


def axis(value, ndim, what):
    """Return the number of one of `ndim` axes, counted from the front.

    >>> axis(-1, 3, "axis")
    2
    """
    number = integer(value, what, -ndim)
    if number >= ndim:
        raise ValueError(f"{what} needs a whole number from {-ndim} to {ndim - 1}, got {value!r}")
    return number % ndim


def real(value, what, low=-math.inf, high=math.inf, *, exclusive=False):
    """Return `value` as a float in [low, high], or in (low, high) if `exclusive`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{what} needs a number, got {value!r}")
    number = float(value)
    inside = low < number < high if exclusive else low <= number <= high
    if not inside:
        brackets = "()" if exclusive else "[]"
        span = f"{brackets[0]}{low:g}, {high:g}{brackets[1]}"
        raise ValueError(f"{what} needs a number in {span}, got {value!r}")
    return number


def span(value, what, low, high, centre=0.0):
    """Return a range (least, most) within [low, high]; one number a is centre − a to centre + a.

    >>> span(0.2, "factor", -1, 1), span((0.5, 0.1), "factor", -1, 1)
    ((-0.2, 0.2), (0.1, 0.5))
    """
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise ValueError(f"{what} needs a number, or two of them, got {value!r}")
        least, most = sorted(real(v, what, low, high) for v in value)
        return least, most
    number = real(value, what, -max(abs(low), abs(high)), max(abs(low), abs(high)))
    least, most = centre - abs(number), centre + abs(number)
    return float(max(least, low)), float(min(most, high))


def padding(value, what):
    """Return "valid", "same" or ((top, bottom), (left, right))."""
    if isinstance(value, str) and value.lower() in ("valid", "same"):
        return value.lower()
    try:
        (top, bottom), (left, right) = value
    except (TypeError, ValueError):
        raise ValueError(
            f"{what} needs 'valid', 'same' or ((top, bottom), (left, right)), got {value!r}"
        ) from None
    return (
        (integer(top, what, 0), integer(bottom, what, 0)),
        (integer(left, what, 0), integer(right, what, 0)),
    )


def shape_text(shape):
    """Return a shape as text, with N for the batch axis.

    >>> shape_text((None, 10)), shape_text((32,))
    ('(N, 10)', '(N,)')
    """
    return "(" + ", ".join(["N", *map(str, shape[1:])]) + ("," if len(shape) == 1 else "") + ")"


def class_numbers(y, what, classes=None):
    """Return class numbers (N,) as int64; below `classes`, if that is given.

    >>> class_numbers([0, 3], "y", 3)
    Traceback (most recent call last):
    ...
    ValueError: y needs class numbers from 0 to 2, got 3 at index 1
    """
    y = np.asarray(y)
    if y.ndim != 1 or (y.dtype.kind not in "iu" and y.size):
        raise ValueError(f"{what} needs whole numbers of shape (N,), got {y.dtype} {y.shape}")
    y = y.astype(np.int64)
    bad = np.flatnonzero((y < 0) | (y >= (np.inf if classes is None else classes)))
    if bad.size:
        span = "of at least 0" if classes is None else f"from 0 to {classes - 1}"
        raise ValueError(f"{what} needs class numbers {span}, got {y[bad[0]]} at index {bad[0]}")
    return y


def probabilities(p, what):
    """Return probabilities (N, classes) as float64: each row is at least 0 and sums to 1.

    >>> probabilities([[2.0, 0.0]], "p")
    Traceback (most recent call last):
    ...
    ValueError: p needs rows of probabilities that sum to 1 (softmax), got [2. 0.] in row 0
    """
    p = np.asarray(p)
    if p.ndim != 2 or p.dtype.kind not in "fiu" or p.shape[1] < 2:
        raise ValueError(
            f"{what} needs probabilities of shape (N, classes), at least two classes, "
            f"got {p.dtype} {p.shape}"
        )
    p = p.astype(np.float64)
    good = (p >= 0).all(axis=1) & (np.abs(p.sum(axis=1) - 1) < 1e-3)  # float16 is rounded so
    if not good.all():
        row = int(good.argmin())
        raise ValueError(
            f"{what} needs rows of probabilities that sum to 1 (softmax), got {p[row]} in row {row}"
        )
    return p


def line(value, what, longest=200):
    """Return `value` if it is text that stands in one line, without blanks around it.

    >>> line("black cat", "a name")
    'black cat'
    """
    # No control characters, halves of characters, unassigned ones, or separators of lines.
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= longest
        or value != value.strip()
        or any(unicodedata.category(c) in ("Cc", "Cs", "Cn", "Zl", "Zp") for c in value)
    ):
        raise ValueError(
            f"{what} needs 1 to {longest} characters in one line, no blanks around them, "
            f"got {value!r:.60}"
        )
    return value
