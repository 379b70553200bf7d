"""Catalogues."""


def check():
    """Check."""
    return 0
