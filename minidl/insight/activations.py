"""What every layer of a model makes of its input."""

import numpy as np

from minidl.autograd import Tensor, no_grad
from minidl.layers.layer import observe
from minidl.runtime import checks


def activations(model, x):
    """Return the output of every layer for a batch.

    Parameters
    ----------
    model : Model
    x : array (N, ...)
        As the model takes it.

    Returns
    -------
    dict of str to array
        By layer name, in the order of computation; of a layer that is shared, or that stands
        in several models, the last call's. Layers of models inside are there by their own names.

    >>> import minidl
    >>> model = minidl.Sequential([minidl.Input((4,)), minidl.layers.Dense(3, name="d")])
    >>> activations(model, np.ones((2, 4), "float32"))["d"].shape
    (2, 3)
    """
    with no_grad():
        _, outputs = watched(model, x)
    return {layer.name: each.data for layer, each in outputs.items() if isinstance(each, Tensor)}


def watched(model, x, **options):
    """Call the model; return its output, and a dict from every layer to its last output."""
    outputs = {}

    def observer(layer, output):
        outputs[layer] = output

    with observe(observer):
        result = model(x, **options)
    return result, outputs


def batch(model, x, caller):
    """Return images (N, H, W, C) as an array of the model's type; refuse other shapes."""
    x = np.asarray(x, model.dtype)
    if model.takes_several or x.ndim != 4 or not len(x):
        raise ValueError(
            f"{caller}: needs a model of one input, and images of shape (N, H, W, C), "
            f"got shape {x.shape}"
        )
    return x


def layer_named(layers, name, caller):
    """Return the layer called `name`; name the nearest if there is none."""
    known = {layer.name: layer for layer in layers}
    if name not in known:
        raise checks.unknown_name(f"layer for {caller}", name, known)
    return known[name]
