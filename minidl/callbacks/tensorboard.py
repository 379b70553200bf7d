"""Curves for TensorBoard, which draws those of many runs side by side."""

import pathlib

import numpy as np

from minidl.callbacks.callback import Callback
from minidl.runtime import extras


class TensorBoard(Callback):
    """Writes loss and metrics as TensorBoard reads them: ``tensorboard --logdir logs``.

    Curves of training and validation go to folders of their own, as Keras's do, so that they
    are drawn over each other. Needs ``pip install "minidl[tensorboard]"``.

    Parameters
    ----------
    log_dir : str or path
    update_freq : "epoch" or "batch"
        With "batch", the loss after every batch too.

    Raises
    ------
    RuntimeError
        If the package is not there.
    """

    def __init__(self, log_dir="logs", *, update_freq="epoch"):
        if update_freq not in ("epoch", "batch"):
            raise ValueError(
                f"TensorBoard: update_freq needs 'epoch' or 'batch', got {update_freq!r}"
            )
        extras.need("TensorBoard", "tensorboard", "tensorboardX")
        from tensorboardX import SummaryWriter

        self.log_dir = pathlib.Path(log_dir)
        self.update_freq = update_freq
        self._make_writer = SummaryWriter
        self._writers = {}

    def on_train_batch_end(self, batch, logs):
        """Write the batch's numbers, if that is wanted."""
        if self.update_freq == "batch":
            step = self.model.optimizer.calls
            for name, value in logs.items():
                self._write("train", f"batch_{name}", value, step)

    def on_epoch_end(self, epoch, logs):
        """Write the epoch's numbers."""
        for name, value in logs.items():
            part = "validation" if name.startswith("val_") else "train"
            self._write(part, f"epoch_{name.removeprefix('val_')}", value, epoch)
        for writer in self._writers.values():
            writer.flush()

    def on_train_end(self):
        """Close the files."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def _write(self, part, name, value, step):
        if part not in self._writers:
            self._writers[part] = self._make_writer(str(self.log_dir / part))
        numbers = np.ravel(value)
        for i, number in enumerate(numbers):
            tag = name if len(numbers) == 1 else f"{name}/{i}"
            self._writers[part].add_scalar(tag, float(number), step)
