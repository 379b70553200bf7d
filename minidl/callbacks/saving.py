"""Files that training leaves behind while it goes on: models, and checkpoints to go on from."""

import datetime
import pathlib
import time

from minidl import checkpoints
from minidl.callbacks.callback import Callback
from minidl.callbacks.monitor import Monitor
from minidl.runtime import checks, files


class ModelCheckpoint(Monitor):
    """Saves the model after each epoch, or whenever it is better than before.

    `BackupAndRestore` saves what training needs to go on.

    Parameters
    ----------
    filepath : str or path
        Ends with ``.safetensors``. It may have fields in braces, as text has for ``format``, for
        the epoch, counted from 1, and the logs: "{epoch:02d}-{val_loss:.2f}.safetensors".
    monitor, mode
        See `Monitor`.
    verbose : 0 or 1
        Whether to say it.
    save_best_only : bool
    save_freq : "epoch" or int
        An int is a number of batches.
    initial_value_threshold : float, optional
        What has to be surpassed by the first model to be saved.
    """

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        *,
        save_best_only=False,
        mode="auto",
        save_freq="epoch",
        initial_value_threshold=None,
    ):
        super().__init__(monitor, mode)
        self.filepath = str(filepath)
        if not self.filepath.endswith(".safetensors"):
            raise ValueError(
                f"ModelCheckpoint: filepath needs to end with .safetensors, got {self.filepath!r}"
            )
        self.verbose = verbose
        self.save_best_only = bool(save_best_only)
        self.save_freq = _frequency(save_freq, "ModelCheckpoint")
        self.best = initial_value_threshold
        if initial_value_threshold is not None:
            what = "ModelCheckpoint: initial_value_threshold"
            self.best = checks.real(initial_value_threshold, what)
        self._batches = 0

    def on_epoch_begin(self, epoch):
        """Note the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs):
        """Count batches."""
        self._batches += 1
        if self.save_freq != "epoch" and self._batches % self.save_freq == 0:
            self._save(logs)

    def on_epoch_end(self, epoch, logs):
        """Save, unless batches are counted."""
        if self.save_freq == "epoch":
            self._save(logs)

    def get_state(self):
        """Return the best number so far."""
        return {"best": self.best, "batches": self._batches}

    def set_state(self, state):
        """Save only what is better than that."""
        self.best, self._batches = state["best"], state["batches"]

    def _save(self, logs):
        if self.save_best_only:
            value = self.value_in(logs)
            if not self.is_better(value, self.best):
                return
            self.best = value
        try:
            path = self.filepath.format(epoch=self._epoch + 1, **logs)
        except (LookupError, ValueError, TypeError) as error:
            raise ValueError(
                f"ModelCheckpoint: filepath {self.filepath!r} does not fit: {error!r}; there are "
                f"epoch, {', '.join(logs)}"
            ) from None
        self.model.save(path)
        if self.verbose:
            print(f"Epoch {self._epoch + 1}: saved {path}", flush=True)


class BackupAndRestore(Callback):
    """Lets training that was broken off, by ``kill -9`` too, go on as if nothing had happened.

    While it goes on, ``checkpoint.safetensors`` in `backup_dir` is replaced now and then. Called
    with the same data and settings, `fit` puts all of it back and goes on in the middle of the
    epoch; in the end, weights and history are those of training in one go, bit for bit. The data
    must come in the order in which it came: arrays do, and `minidl.data`'s data sets; other
    iterables if they depend on nothing but minidl's random numbers.

    Parameters
    ----------
    backup_dir : str or path
        Made if need be.
    save_freq : "epoch", int, or datetime.timedelta
        After each epoch; after so many batches, and each epoch; or after a batch or an epoch if
        so much time has passed.
    delete_checkpoint : bool
        Whether the file is removed when training ends as it should.
    """

    comes_last = True  # a checkpoint holds what the others have made of the moment

    def __init__(self, backup_dir, save_freq="epoch", delete_checkpoint=True):
        self.path = pathlib.Path(backup_dir, "checkpoint.safetensors")
        self.save_freq = save_freq
        if not isinstance(save_freq, datetime.timedelta):
            self.save_freq = _frequency(save_freq, "BackupAndRestore")
        self.delete_checkpoint = bool(delete_checkpoint)

    def on_train_begin(self):
        """Go on from the checkpoint, if there is one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        files.sweep(self.path)
        self._saved = time.monotonic()
        if not self.path.exists():
            return
        state = checkpoints.restore(self.path, self._parts())
        try:
            self.model.progress.set_state(state["progress"])
            for key, callback in self._others():
                if key in state["callbacks"]:
                    callback.set_state(state["callbacks"][key])
        except (ValueError, TypeError, LookupError) as error:
            raise ValueError(f"{self.path}: a checkpoint that does not fit: {error}") from None

    def on_train_batch_end(self, batch, logs):
        """Save, if it is time to, or if training ends here."""
        if self.model.stop_training or self._is_due():
            self._save()

    def on_epoch_end(self, epoch, logs):
        """Save, if it is time to."""
        by_time = isinstance(self.save_freq, datetime.timedelta)
        if not by_time or self.model.stop_training or self._is_due():
            self._save()

    def on_train_end(self):
        """Remove the file, if training has come to its end."""
        if self.delete_checkpoint and self.model.progress.finished:
            self.path.unlink(missing_ok=True)

    def _is_due(self):
        if self.save_freq == "epoch":
            return False
        if isinstance(self.save_freq, int):
            return self.model.progress.batch % self.save_freq == 0
        return time.monotonic() - self._saved >= self.save_freq.total_seconds()

    def _save(self):
        state = {
            "progress": self.model.progress.get_state(),
            "callbacks": {key: callback.get_state() for key, callback in self._others()},
        }
        checkpoints.save(self.path, self._parts(), state)
        self._saved = time.monotonic()

    def _parts(self):
        return {"model": (self.model, self.model.optimizer)}

    def _others(self):
        """Yield the other callbacks, each with a name of its own: of its class, and a number."""
        numbers = {}
        for callback in self.params["callbacks"]:
            if callback is not self:
                kind = type(callback).__name__
                numbers[kind] = numbers.get(kind, -1) + 1
                yield f"{kind} {numbers[kind]}", callback


def _frequency(value, kind):
    if value == "epoch":
        return value
    try:
        return checks.integer(value, f"{kind}: save_freq")
    except (TypeError, ValueError):
        raise ValueError(
            f"{kind}: save_freq needs 'epoch' or a number of batches, got {value!r}"
        ) from None
