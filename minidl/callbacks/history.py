"""What remains of the training: losses and metrics, epoch by epoch."""

import csv
import pathlib

import numpy as np

from minidl.callbacks.callback import Callback


class History(Callback):
    """What `fit` returns: `history`, a list of numbers per name, and `epoch`.

    Keras's dict: "loss", the metrics' names, and each with ``val_`` before it.
    """

    def __init__(self):
        self.history = {}
        self.epoch = []

    def on_epoch_end(self, epoch, logs):
        """Keep the epoch's logs."""
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def get_state(self):
        """Return the epochs so far."""
        return {"history": self.history, "epoch": self.epoch}

    def set_state(self, state):
        """Put the epochs before this moment in their place."""
        self.history, self.epoch = state["history"], state["epoch"]


class CSVLogger(Callback):
    """Writes loss and metrics to a file: a row an epoch, at once.

    Parameters
    ----------
    filename : str or path
    separator : str
    append : bool
        Whether rows are added to those that are there. Training that goes on from a checkpoint
        does so too, after the rows of the epochs before it.
    """

    def __init__(self, filename, separator=",", append=False):
        self.filename = pathlib.Path(filename)
        self.separator = separator
        self.append = append

    def on_train_begin(self):
        """Know of no row yet."""
        self._names = None
        self._size = None  # of the file up to the last row

    def on_epoch_end(self, epoch, logs):
        """Write a row; before the first one, the names."""
        if self._size is None:
            self._begin()
        rows = [["epoch", *logs]] if self._names is None else []
        self._names = self._names or list(logs)
        rows.append([epoch, *(_as_cell(logs.get(name)) for name in self._names)])
        with self.filename.open("r+", newline="") as file:
            file.seek(self._size)
            csv.writer(file, delimiter=self.separator, lineterminator="\n").writerows(rows)
            file.truncate()  # what a run that was broken off wrote after its last checkpoint
            self._size = file.tell()

    def get_state(self):
        """Return where the rows so far end."""
        return {"names": self._names, "size": self._size}

    def set_state(self, state):
        """Let the next row follow those before this moment."""
        self._names, self._size = state["names"], state["size"]
        if self._size and not (
            self.filename.exists() and self.filename.stat().st_size >= self._size
        ):
            raise ValueError(
                f"CSVLogger: the rows before this moment are missing in {self.filename}"
            )

    def _begin(self):
        """Find the end of the file, or make it empty."""
        with self.filename.open("a+" if self.append else "w+", newline="") as file:
            self._size = file.tell()
            file.seek(0)
            header = next(csv.reader(file, delimiter=self.separator), None) if self._size else None
        self._names = header[1:] if header else None


def _as_cell(value):
    """Return a number, or the numbers of an array, as in "[1.0 0.5]"."""
    return value if value is None or np.ndim(value) == 0 else str(np.asarray(value))
