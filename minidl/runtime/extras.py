"""Packages of minidl's extras: imported where they are used, or an error that names the extra."""

import importlib.util


def need(what, extra, *packages):
    """Refuse to go on without packages that an extra of minidl installs.

    Parameters
    ----------
    what : str
        What needs them.
    extra : str
    packages : str
        By the names that they are imported by.

    Raises
    ------
    RuntimeError
        If one is missing: one line, which names those that are and the extra.

    >>> need("drawing", "plots", "numpy", "no_such_package")
    Traceback (most recent call last):
    RuntimeError: drawing needs no_such_package: pip install 'minidl[plots]'
    """
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        raise RuntimeError(f"{what} needs {' and '.join(missing)}: pip install 'minidl[{extra}]'")
