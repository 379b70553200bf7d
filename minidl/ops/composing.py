"""Operations made of other operations: their errors name them, not their parts."""

import functools

from minidl.runtime.errors import EXPLAINED, explain


def composed(function):
    """Make the errors of a composition read as those of a primitive do.

    >>> @composed
    ... def first(x):
    ...     return x[0]
    >>> first([])
    Traceback (most recent call last):
    ...
    ValueError: first: list index out of range (given [])
    """

    @functools.wraps(function)
    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except EXPLAINED as error:
            raise explain(function.__name__, error, args) from error

    return call
