"""Fine-tuning: a network that knows one set of images learns another one from few labels.

Tested by ``tests/test_finetuning.py``; explained in ``docs/finetuning.md``.
"""

import itertools
from collections.abc import Mapping

import numpy as np

from minidl import layers
from minidl.callbacks import Callback
from minidl.models import Model, Sequential
from minidl.runtime import checks


def replace_head(model, classes, kept=None, name="head"):
    """Return a classifier of other classes that shares all of a model's layers but the last.

    Parameters
    ----------
    model : Sequential or functional Model
        Ends with `Dense`, perhaps followed by `Activation` or `Softmax`. It keeps its own head.
    classes : int
        At least 2: how many the new head tells apart, by softmax.
    kept : mapping from int to int, optional
        For new classes that the old head knew: the number of each there. Their weights are
        copied, the others' drawn.
    name : str
        Of the new layer.

    Raises
    ------
    TypeError
        If the model's layers are not known, as those of a subclass.
    ValueError
        If it does not end with `Dense`, or `kept` names a class that is not there.

    >>> import minidl
    >>> letters = replace_head(minidl.applications.article_cnn(), 26)
    >>> letters.compute_output_shape((None, 28, 28, 1))
    (None, 26)
    """
    classes = checks.integer(classes, "replace_head: classes", 2)
    old, features = _head(model)
    head = layers.Dense(classes, activation="softmax", name=name, dtype=model.dtype)
    if isinstance(model, Sequential):
        body = itertools.takewhile(lambda layer: layer is not old, model.layers)
        start = layers.Input(model.input_shape[1:], dtype=model.dtype)
        new = Sequential([start, *body, head], name=model.name)
    else:
        new = Model(model.input, head(features), name=model.name)
    _copy_classes(old, head, kept or {})
    return new


def layers_with_weights(model):
    """Return the layers that have weights, from the input to the output; a model inside is one.

    >>> import minidl
    >>> len(layers_with_weights(minidl.applications.article_cnn()))
    3
    """
    return [layer for layer in model.layers if layer.weights]


def freeze(model, count):
    """Keep the first `count` layers with weights as they are, and let the others learn.

    Their batch normalization, if there is any, uses its moving statistics, and keeps them.

    Raises
    ------
    ValueError
        If none would be left to learn.
    """
    count = checks.integer(count, "freeze: count", 0)
    found = layers_with_weights(model)
    if count >= len(found):
        raise ValueError(
            f"freeze: {model.name} has {len(found)} layers with weights, so at most "
            f"{max(0, len(found) - 1)} can be frozen, got {count}"
        )
    for i, layer in enumerate(found):
        layer.trainable = i >= count


def discriminative_learning_rates(model, optimizer, factor=2.6):
    """Let each layer learn `factor` times as slowly as the next one towards the output.

    With η for the last layer, the one that is k layers with weights before it learns at
    η / factorᵏ. Howard and Ruder, 2018, "Universal language model fine-tuning for text
    classification", section 3.2, with their 2.6.

    Parameters
    ----------
    model : Model
    optimizer : Optimizer
        Given before or after `compile`; see `Optimizer.multiply_learning_rate`.
    factor : float of at least 1

    Returns
    -------
    dict
        The multiplier of each layer, by name, from the input on.
    """
    factor = checks.real(factor, "discriminative_learning_rates: factor", 1, 1e6)
    found = layers_with_weights(model)
    multipliers = {}
    for depth, layer in zip(reversed(range(len(found))), found, strict=True):
        multipliers[layer.name] = factor**-depth
        optimizer.multiply_learning_rate(layer.weights, multipliers[layer.name])
    return multipliers


class GradualUnfreezing(Callback):
    """Trains the last layer first, and unfreezes one more towards the input every few epochs.

    Features that are of use are not spoilt by the large gradients of a head that is still
    random (Howard and Ruder, 2018, section 3.3). A layer that is unfrozen starts as at the first
    step: the optimizer remembers nothing of it. Layers that training did not get to stay frozen.

    Parameters
    ----------
    epochs : int
        After how many one more layer learns.

    >>> import minidl, numpy as np
    >>> model = minidl.applications.article_cnn((8, 8, 1), 3)
    >>> model.compile("adam", "sparse_categorical_crossentropy")
    >>> x, y = np.ones((4, 8, 8, 1), np.float32), np.arange(4) % 3
    >>> _ = model.fit(x, y, epochs=2, verbose=0, callbacks=[GradualUnfreezing()])
    >>> [layer.trainable for layer in layers_with_weights(model)]
    [False, True, True]
    """

    def __init__(self, epochs=1):
        self.epochs = checks.integer(epochs, "GradualUnfreezing: epochs")

    def on_epoch_begin(self, epoch):
        """Unfreeze as many layers as the epoch's number says."""
        count = len(layers_with_weights(self.model))
        freeze(self.model, max(0, count - 1 - epoch // self.epochs))
        self.model.optimizer.build(self.model.trainable_weights)


def _head(model):
    """Return the last `Dense` layer of a model, and the Symbol that it is called on."""
    symbol = getattr(model, "output", None) if hasattr(model, "outputs") else None
    if symbol is None or isinstance(symbol, list):
        raise TypeError(
            f"replace_head: needs a Sequential or functional model with one output, got {model!r}"
        )
    while isinstance(symbol.layer, layers.Activation | layers.Softmax):
        symbol = symbol.inputs[0]
    if not isinstance(symbol.layer, layers.Dense):
        what = "its input" if symbol.layer is None else repr(symbol.layer)
        raise ValueError(
            f"replace_head: the head of {model.name!r} needs to be a Dense layer, but the model "
            f"ends with {what}"
        )
    return symbol.layer, symbol.inputs[0]


def _copy_classes(old, head, kept):
    """Give classes that the old head knew the weights that they had there."""
    if not isinstance(kept, Mapping):
        raise TypeError(f"replace_head: kept needs a mapping of class numbers, got {kept!r}")
    pairs = np.array(sorted(kept.items()), np.int64).reshape(-1, 2)
    for column, count, what in ((0, head.units, "new"), (1, old.units, "old")):
        wrong = pairs[(pairs[:, column] < 0) | (pairs[:, column] >= count), column]
        if wrong.size:
            raise ValueError(
                f"replace_head: kept names class {wrong[0]} of the {what} head, which has {count}"
            )
    new, before = pairs.T
    head.kernel.data[:, new] = old.kernel.data[:, before]
    if old.use_bias:
        head.bias.data[new] = old.bias.data[before]
