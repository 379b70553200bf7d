"""How each exercise is judged: one module each, ``eNN_name``, found by its name."""

import functools
import importlib
import pkgutil
import re


@functools.cache
def names():
    """Return ``{number: name of its module}``, in order.

    >>> names()[2]
    'e02_convolution'
    """
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return {int(name[1:3]): name for name in sorted(found) if re.match(r"e\d\d_", name)}


def exercise(number):
    """Return an `Exercise`; ValueError if there is none of this number.

    >>> exercise(2).title
    '02_convolution'
    """
    if number not in names():
        raise ValueError(f"there is no exercise {number}; there are {', '.join(map(str, names()))}")
    return importlib.import_module(f"{__name__}.{names()[number]}").EXERCISE
