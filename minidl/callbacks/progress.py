"""What is seen of the training while it goes on."""

import sys

import numpy as np

from minidl.callbacks.callback import Callback


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
