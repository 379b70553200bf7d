"""How far `fit` has come: where it goes on, and what it needs to go on there."""

from minidl.runtime import random


class Progress:
    """A place in the training: an epoch, and how many of its batches are done.

    Parameters
    ----------
    data, validation : iterables of batches
        Those with an attribute ``epoch``, the number of the epoch that iterating gives next, are
        set to it when training goes on from a checkpoint.
    aims : Aims
        What is reported of the epoch so far.
    epoch, epochs : int
        The first one, and their number.
    """

    def __init__(self, data, validation, aims, epoch, epochs):
        self.data, self.validation, self.aims = data, validation, aims
        self.epoch, self.epochs = epoch, epochs
        self.batch = 0
        #: Whether training has come to its end, by the number of epochs or by a callback.
        self.finished = False
        self._start = None  # the moment at which the epoch's order was drawn
        self._now = None  # the random numbers of the batch to go on with

    def batches(self):
        """Yield (number, batch) of what is left of the epoch, and count them."""
        if self.batch:
            batches = self._left()
        else:
            self._start = {"random": _random(), "epochs": self._epochs()}
            self.aims.reset()
            batches = enumerate(self.data)
        for number, batch in batches:
            self.batch = number + 1
            yield number, batch

    def next_epoch(self):
        """Go on to the next epoch."""
        self.epoch, self.batch = self.epoch + 1, 0
        self._start = None

    def get_state(self):
        """Return what a checkpoint keeps of it."""
        return {
            "epoch": self.epoch,
            "batch": self.batch,
            "steps": len(self.data),
            "start": self._start,
            "epochs": self._epochs(),
            "results": self.aims.get_state() if self.batch else None,
        }

    def set_state(self, state):
        """Go on from what `get_state` returned."""
        if state["steps"] != len(self.data):
            raise ValueError(
                f"an epoch had {state['steps']} batches, but now there are {len(self.data)}"
            )
        self.epoch, self.batch, self._start = state["epoch"], state["batch"], state["start"]
        self._now = _random()
        self._set_epochs(state["epochs"])
        if self.batch:
            self.aims.set_state(state["results"])

    def _left(self):
        """Return an iterator of the batches that are left, in the order drawn at the start."""
        random.use(random.from_state(self._start["random"]))
        self._set_epochs(self._start["epochs"])
        batches = enumerate(self.data)
        for _ in range(self.batch):
            next(batches)
        random.use(random.from_state(self._now))
        return batches

    def _epochs(self):
        return [getattr(data, "epoch", None) for data in (self.data, self.validation)]

    def _set_epochs(self, epochs):
        for data, epoch in zip((self.data, self.validation), epochs, strict=True):
            if epoch is not None:
                data.epoch = epoch


def _random():
    return random.state_of(random.generator())
