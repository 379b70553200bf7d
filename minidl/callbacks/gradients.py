"""How large the gradients are, layer by layer, as training goes on."""

import math

import numpy as np

from minidl.callbacks.callback import Callback


class GradientNorms(Callback):
    """Notes the Euclidean norm of every layer's gradients at every step.

    Norms that shrink from the last layer to the first, or grow without bound, are what make deep
    networks hard to train (Bengio, Simard, Frasconi, 1994; Glorot and Bengio, 2010).
    `minidl.plots.gradient_norms` draws them.

    Attributes
    ----------
    norms : dict of list of float
        By layer name, in the order of the layers that have weights: √Σ g² over all the weights
        of the layer, before any clipping, a number a step; NaN for a step at which the layer was
        frozen. A second `fit` goes on with the same lists.

    >>> import minidl
    >>> model = minidl.Sequential([minidl.Input((1,)), minidl.layers.Dense(1, name="only")])
    >>> model.compile("sgd", "mse")
    >>> norms = GradientNorms()
    >>> _ = model.fit([[1.0], [2.0]], [[2.0], [4.0]], batch_size=1, verbose=0, callbacks=[norms])
    >>> len(norms.norms["only"])
    2
    """

    def __init__(self):
        self.norms = {}

    def on_train_begin(self):
        """Begin to look at the gradients."""
        # Layers come after those that they are in: the innermost has the last word.
        self._layer_of = {
            weight: layer.name for layer in self.model.all_layers() for weight in layer.weights
        }
        self._squares = {}
        self.model.optimizer.observers.append(self._see)

    def on_train_batch_end(self, batch, logs):
        """Add a number to every layer's."""
        steps = max(map(len, self.norms.values()), default=0)
        for name in dict.fromkeys(self._layer_of.values()):
            square = self._squares.get(name, math.nan)
            self.norms.setdefault(name, [math.nan] * steps).append(math.sqrt(square))
        self._squares = {}

    def on_train_end(self):
        """Look no longer."""
        if self._see in self.model.optimizer.observers:  # else it did not come to the beginning
            self.model.optimizer.observers.remove(self._see)

    def _see(self, weight, gradient):
        name = self._layer_of[weight]
        square = float(np.sum(np.square(gradient, dtype=np.float64)))
        self._squares[name] = self._squares.get(name, 0.0) + square
