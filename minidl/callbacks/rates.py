"""Learning rates that follow the training's course."""

from minidl.callbacks.callback import Callback
from minidl.callbacks.monitor import Monitor
from minidl.runtime import checks


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch.

    Parameters
    ----------
    schedule : callable
        ``schedule(epoch, learning_rate)`` returns the rate for an epoch, counted from 0.
        `minidl.optimizers.schedules` change it step by step instead.
    verbose : 0 or 1
        Whether to say it.
    """

    def __init__(self, schedule, verbose=0):
        if not callable(schedule):
            raise TypeError(f"LearningRateScheduler: schedule needs a function, got {schedule!r}")
        self.schedule, self.verbose = schedule, verbose

    def on_train_begin(self):
        """Know of no epoch."""
        self._epoch = None

    def on_epoch_begin(self, epoch):
        """Set the rate, unless training goes on in the middle of an epoch that has one."""
        if epoch == self._epoch:
            return
        self._epoch = epoch
        rate = self.schedule(epoch, self.model.optimizer.learning_rate)
        self.model.optimizer.learning_rate = rate
        if self.verbose:
            print(f"Epoch {epoch + 1}: the learning rate is {rate:g}", flush=True)

    def on_epoch_end(self, epoch, logs):
        """Add the rate to the logs."""
        logs["learning_rate"] = self.model.optimizer.learning_rate

    def get_state(self):
        """Return the epoch whose rate is set."""
        return {"epoch": self._epoch}

    def set_state(self, state):
        """Note it."""
        self._epoch = state["epoch"]


class ReduceLROnPlateau(Monitor):
    """Lowers the learning rate when a number has not got better for `patience` epochs.

    Parameters
    ----------
    monitor, min_delta, mode
        See `Monitor`.
    factor : float in [0, 1)
        By what the rate is multiplied.
    patience : int
    verbose : 0 or 1
        Whether to say it.
    cooldown : int
        How many epochs after a change are not counted.
    min_lr : float
        The rate does not go below it.
    """

    def __init__(
        self,
        monitor="val_loss",
        factor=0.1,
        patience=10,
        verbose=0,
        mode="auto",
        min_delta=1e-4,
        cooldown=0,
        min_lr=0.0,
    ):
        super().__init__(monitor, mode, min_delta)
        self.factor = checks.real(factor, "ReduceLROnPlateau: factor", 0, 1)
        if self.factor == 1:
            raise ValueError("ReduceLROnPlateau: factor needs a number in [0, 1), got 1")
        self.patience = checks.integer(patience, "ReduceLROnPlateau: patience", 0)
        self.cooldown = checks.integer(cooldown, "ReduceLROnPlateau: cooldown", 0)
        self.min_lr = checks.real(min_lr, "ReduceLROnPlateau: min_lr", 0)
        self.verbose = verbose

    def on_train_begin(self):
        """Begin to count."""
        self._best = None
        self._wait = self._resting = 0

    def on_epoch_end(self, epoch, logs):
        """Look at the epoch, and add its learning rate to the logs."""
        optimizer = self.model.optimizer
        logs["learning_rate"] = optimizer.learning_rate
        value = self.value_in(logs)
        if self._resting:
            self._resting -= 1
            self._wait = 0
        if self.is_better(value, self._best):
            self._best, self._wait = value, 0
            return
        if self._resting:
            return
        self._wait += 1
        if self._wait >= self.patience and optimizer.learning_rate > self.min_lr:
            rate = max(optimizer.learning_rate * self.factor, self.min_lr)
            optimizer.learning_rate = rate
            self._resting, self._wait = self.cooldown, 0
            if self.verbose:
                print(f"Epoch {epoch + 1}: the learning rate becomes {rate:g}", flush=True)

    def get_state(self):
        """Return what has been counted."""
        return {"best": self._best, "wait": self._wait, "resting": self._resting}

    def set_state(self, state):
        """Go on counting."""
        self._best, self._wait, self._resting = state["best"], state["wait"], state["resting"]
