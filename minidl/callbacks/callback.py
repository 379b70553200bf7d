"""Callbacks: what happens at set moments of the training."""

from minidl.runtime import checks

MOMENTS = (
    "on_train_begin",
    "on_train_end",
    "on_epoch_begin",
    "on_epoch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
)


class Callback:
    """Called by `fit` at set moments; `model` and `params` are set before the first.

    `params` holds "epochs", "steps" (batches an epoch) and "verbose". `logs` are the means so
    far in the epoch, by name. Set ``self.model.stop_training = True`` to end after this batch; an
    epoch that is cut short is not recorded.
    """

    model = None
    params = None
    #: Whether it is called after those for which this is false, whatever the order in `fit`.
    comes_last = False

    def on_train_begin(self):
        """Before the first epoch."""

    def on_train_end(self):
        """After the last epoch, and after an error too."""

    def on_epoch_begin(self, epoch):
        """Before the epoch, counted from 0."""

    def on_epoch_end(self, epoch, logs):
        """After the epoch, with validation's results among the logs."""

    def on_train_batch_begin(self, batch):
        """Before the batch, counted from 0."""

    def on_train_batch_end(self, batch, logs):
        """After the batch's update."""

    def on_not_finite(self, message):
        """When the loss is NaN or infinite: an error, unless ``model.stop_training`` is set."""

    def get_state(self):
        """Return what a checkpoint keeps of it: a dict of what JSON knows, and of arrays."""
        return {}

    def set_state(self, state):
        """Go on from what `get_state` returned."""


class LambdaCallback(Callback):
    """A callback of functions.

    Parameters
    ----------
    on_epoch_begin, on_epoch_end, on_train_begin, on_train_end, on_train_batch_begin, \
    on_train_batch_end : callable, optional
        Called with the arguments of `Callback`'s method of that name.

    >>> import minidl
    >>> model = minidl.Sequential([minidl.Input((1,)), minidl.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> say = LambdaCallback(on_epoch_begin=lambda epoch: print("epoch", epoch))
    >>> _ = model.fit([[1.0]], [[2.0]], epochs=2, verbose=0, callbacks=[say])
    epoch 0
    epoch 1
    """

    def __init__(self, **functions):
        for moment, function in functions.items():
            if moment not in MOMENTS:
                raise checks.unknown_name("LambdaCallback: moment", moment, MOMENTS)
            if function is None:
                continue
            if not callable(function):
                raise TypeError(f"LambdaCallback: {moment} needs a function, got {function!r}")
            setattr(self, moment, function)


class CallbackList:
    """Calls several callbacks as one."""

    def __init__(self, callbacks, model, params):
        for callback in callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(f"fit: callbacks needs Callback objects, got {callback!r}")
        self.callbacks = sorted(callbacks, key=lambda callback: callback.comes_last)
        for callback in self.callbacks:
            callback.model = model
            callback.params = params

    def call(self, moment, *arguments):
        """Call the method `moment` of every callback, in order."""
        for callback in self.callbacks:
            getattr(callback, moment)(*arguments)
