"""Packages that only interchange needs: imported on use, or an error that names the extra."""

import importlib


def needed(package, what):
    """Return a module of an optional package.

    Parameters
    ----------
    package : str
        Of the module; its first part is the name of minidl's extra.
    what : str
        What it is needed for.

    Raises
    ------
    RuntimeError
        If it is not installed: one line, which names the extra.
    """
    try:
        return importlib.import_module(package)
    except ImportError:
        extra = package.partition(".")[0]
        raise RuntimeError(
            f"{what} needs the package {extra}: pip install 'minidl[{extra}]'"
        ) from None
