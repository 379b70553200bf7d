"""What callbacks share that watch whether a number gets better."""

import numpy as np

from minidl.callbacks.callback import Callback
from minidl.runtime import checks

MODES = ("auto", "min", "max")
#: Metrics of which more is better end with one of these.
_RISING = ("accuracy", "acc", "auc", "precision", "recall", "score", "io_u", "similarity")


class Monitor(Callback):
    """Watches one of the logs.

    Parameters
    ----------
    monitor : str
        Its name, such as "val_loss" or "accuracy".
    mode : "auto", "min" or "max"
        Whether less or more is better; "auto" knows accuracies, AUC, F1 and the like as what
        grows, and takes everything else as what falls.
    min_delta : float
        By how much it has to be better to count.
    """

    def __init__(self, monitor="val_loss", mode="auto", min_delta=0.0):
        kind = type(self).__name__
        if not isinstance(monitor, str):
            raise TypeError(f"{kind}: monitor needs the name of a loss or metric, got {monitor!r}")
        if mode not in MODES:
            raise checks.unknown_name(f"{kind}: mode", mode, MODES)
        self.monitor = monitor
        self.min_delta = abs(checks.real(min_delta, f"{kind}: min_delta"))
        rising = monitor.endswith(_RISING) if mode == "auto" else mode == "max"
        self._sign = 1 if rising else -1

    def value_in(self, logs):
        """Return the number; refuse a name that is not among the logs."""
        if self.monitor not in logs:
            what = f"{type(self).__name__}: monitor"
            error = checks.unknown_name(what, self.monitor, sorted(logs))
            hint = "; give fit validation_data" if self.monitor.startswith("val_") else ""
            raise ValueError(f"{error}{hint}")
        value = np.asarray(logs[self.monitor])
        if value.size != 1:
            raise ValueError(
                f"{type(self).__name__}: {self.monitor!r} is an array of {value.size} numbers; one "
                "is needed"
            )
        return value.item()

    def is_better(self, value, best):
        """Whether `value` is better than `best`, by more than `min_delta`; None is worst."""
        return best is None or self._sign * (value - best) > self.min_delta
