"""What happens beside training: callbacks, by Keras's names."""

import sys

import numpy as np


class Callback:
    """Called by `fit` at set moments; `model` and `params` are set before the first.

    `params` holds "epochs", "steps" (batches an epoch) and "verbose". `logs` are the means so
    far in the epoch, by name. Set ``self.model.stop_training = True`` to end after this batch; an
    epoch that is cut short is not recorded.
    """

    model = None
    params = None

    def on_train_begin(self):
        """Before the first epoch."""

    def on_train_end(self):
        """After the last epoch."""

    def on_epoch_begin(self, epoch):
        """Before the epoch, counted from 0."""

    def on_epoch_end(self, epoch, logs):
        """After the epoch, with validation's results among the logs."""

    def on_train_batch_begin(self, batch):
        """Before the batch, counted from 0."""

    def on_train_batch_end(self, batch, logs):
        """After the batch's update."""


class History(Callback):
    """What `fit` returns: `history`, a list of numbers per name, and `epoch`.

    Keras's dict: "loss", the metrics' names, and each with "val_" before it.
    """

    def __init__(self):
        self.history = {}
        self.epoch = []

    def on_epoch_end(self, epoch, logs):
        """Keep the epoch's logs."""
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)


class ProgbarLogger(Callback):
    """A progress bar per epoch with loss, metrics and time left; in a pipe, a line per epoch."""

    def on_train_begin(self):
        """Find out whether somebody is watching."""
        self._live = None
        if self.params["verbose"] == 1 and sys.stdout.isatty():
            self._live = _bar()
            self._live.start()

    def on_epoch_begin(self, epoch):
        """Start a bar."""
        self._title = f"Epoch {epoch + 1}/{self.params['epochs']}"
        if self._live:
            self._task = self._live.add_task(self._title, total=self.params["steps"], logs="")

    def on_train_batch_end(self, batch, logs):
        """Move the bar on."""
        if self._live:
            self._live.update(self._task, completed=batch + 1, logs=as_text(logs))

    def on_epoch_end(self, epoch, logs):
        """Show the epoch's results."""
        if self._live:
            self._live.update(self._task, logs=as_text(logs))
        elif self.params["verbose"]:
            print(f"{self._title} · {as_text(logs)}", flush=True)

    def on_train_end(self):
        """Leave the bars as they are."""
        if self._live:
            self._live.stop()
            self._live = None


class CallbackList:
    """Calls several callbacks as one."""

    def __init__(self, callbacks, model, params):
        self.callbacks = callbacks
        for callback in callbacks:
            callback.model = model
            callback.params = params

    def call(self, moment, *arguments):
        """Call the method `moment` of every callback, in order."""
        for callback in self.callbacks:
            getattr(callback, moment)(*arguments)


def as_text(logs):
    """Return results by name in one line; some metrics have an array of results.

    >>> as_text({"loss": 0.25, "f1_score": np.array([1.0, 0.5])})
    'loss 0.2500  f1_score [1.0000 0.5000]'
    """
    form = {"float_kind": "{:.4f}".format}
    return "  ".join(
        f"{name} {np.array2string(np.asarray(value, float), formatter=form, max_line_width=1000)}"
        for name, value in logs.items()
    )


def _bar():
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

    def whole():
        return Column(no_wrap=True)

    # On a narrow terminal the bar gets shorter and the logs wrap; counts and times stay whole.
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(table_column=whole()),
        TimeElapsedColumn(table_column=whole()),
        TextColumn("left"),
        TimeRemainingColumn(table_column=whole()),
        TextColumn("{task.fields[logs]}", table_column=Column()),
        refresh_per_second=8,
    )
