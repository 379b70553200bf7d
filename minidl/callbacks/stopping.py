"""When training ends before its last epoch."""

from minidl.callbacks.callback import Callback
from minidl.callbacks.monitor import Monitor
from minidl.runtime import checks


class EarlyStopping(Monitor):
    """Ends the training when a number has not got better for `patience` epochs.

    Parameters
    ----------
    monitor, min_delta, mode
        See `Monitor`.
    patience : int
        The epoch is the last after which so many have passed without improvement; with 0 it is
        the first one that is not better.
    verbose : 0 or 1
        Whether to say why it ended.
    baseline : float, optional
        What has to be surpassed for an epoch to count as an improvement.
    restore_best_weights : bool
        Whether the weights of the best epoch are put back at the end.
    start_from_epoch : int
        Epochs before it, counted from 0, are not looked at.

    Attributes
    ----------
    best : float or None
        The best number, and `best_epoch`, its epoch, counted from 0.
    stopped_epoch : int or None
        The last epoch, if it was not the one that `fit` was asked for.
    """

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
    ):
        super().__init__(monitor, mode, min_delta)
        self.patience = checks.integer(patience, "EarlyStopping: patience", 0)
        self.verbose = verbose
        if baseline is not None:
            baseline = checks.real(baseline, "EarlyStopping: baseline")
        self.baseline = baseline
        self.restore_best_weights = bool(restore_best_weights)
        self.start_from_epoch = checks.integer(
            start_from_epoch, "EarlyStopping: start_from_epoch", 0
        )

    def on_train_begin(self):
        """Begin to count."""
        self.best = self.best_epoch = self.stopped_epoch = None
        self._wait = 0
        self._best_weights = None

    def on_epoch_end(self, epoch, logs):
        """Look at the epoch."""
        if epoch < self.start_from_epoch:
            return
        value = self.value_in(logs)
        self._wait += 1
        if self.is_better(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self._best_weights = self.model.get_weights()
            if self.baseline is None or self.is_better(value, self.baseline):
                self._wait = 0
            return
        if self._wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self):
        """Put the best weights back, and say so."""
        if self.verbose and self.stopped_epoch is not None:
            print(
                f"Epoch {self.stopped_epoch + 1}: {self.monitor} has not got better since epoch "
                f"{self.best_epoch + 1} ({self.best:.4f})",
                flush=True,
            )
        if self._best_weights is not None:
            self.model.set_weights(self._best_weights)

    def get_state(self):
        """Return what has been counted, and the best weights."""
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "stopped_epoch": self.stopped_epoch,
            "wait": self._wait,
            "best_weights": self._best_weights,
        }

    def set_state(self, state):
        """Go on counting; if it had ended the training, that is so again."""
        self.best, self.best_epoch = state["best"], state["best_epoch"]
        self.stopped_epoch = state["stopped_epoch"]
        self._wait, self._best_weights = state["wait"], state["best_weights"]
        if self.stopped_epoch is not None:
            self.model.stop_training = True


class TerminateOnNaN(Callback):
    """Ends the training when the loss is NaN or infinite, and keeps what `fit` would return.

    Without it, that is an error. Both name the step, and the first layer whose output is not
    finite.

    Attributes
    ----------
    message : str or None
        What happened.
    """

    def on_train_begin(self):
        """Know of nothing."""
        self.message = None

    def on_not_finite(self, message):
        """Say what happened, and end the training."""
        self.message = message
        print(message, flush=True)
        self.model.stop_training = True
