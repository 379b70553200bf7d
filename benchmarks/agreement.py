"""Whether minidl and PyTorch compute the same, before their times are compared.

From the same weights and digits: the first loss and gradients of the article's CNN, then ten
steps of Adam, with both libraries' ε in the same place.
"""

import pathlib
import tempfile

import numpy as np

#: The largest difference, as a share of the largest number it is measured against.
TOLERANCE = 1e-4


class DisagreementError(Exception):
    """Two libraries that compute different numbers; times would not be comparable."""


def agree(ours, theirs):
    """Let two workers train ten steps; returns the largest differences.

    Returns
    -------
    dict
        "gradients", "losses" and "weights", each as a share of the largest number.

    Raises
    ------
    DisagreementError
        If one is above `TOLERANCE`.
    """
    with tempfile.TemporaryDirectory() as folder:
        a, b = (str(pathlib.Path(folder, name)) for name in ("ours.npz", "theirs.npz"))
        ours.ask("article", path=a)
        theirs.ask("article", path=b, weights=a)
        with np.load(a) as x, np.load(b) as y:
            return compare(dict(x), dict(y))


def compare(ours, theirs):
    """Return how far the arrays of two trainings lie apart, or raise `DisagreementError`."""
    found = {
        "gradients": _apart(ours, theirs, "gradient"),
        "losses": _apart(ours, theirs, "losses"),
        "weights": _apart(ours, theirs, "end"),
    }
    bad = {what: apart for what, apart in found.items() if not apart <= TOLERANCE}
    if bad:
        raise DisagreementError(
            "minidl and PyTorch disagree by "
            + ", ".join(f"{apart:.2g} in the {what}" for what, apart in bad.items())
            + f" (at most {TOLERANCE:g} of the largest number is tolerated)"
        )
    return found


def _apart(ours, theirs, prefix):
    names = [name for name in ours if name.startswith(prefix)]
    return max(
        float(np.abs(ours[name] - theirs[name]).max() / np.abs(theirs[name]).max())
        for name in names
    )
