"""A model seen from outside: which layer is called on what, through models inside of models."""

from minidl.models.graph import Functional
from minidl.models.sequential import Sequential


def walk(model, given, visit, path=""):
    """Carry values from a model's inputs to its outputs, and return those of the outputs.

    Parameters
    ----------
    model : Layer
        A `Sequential` or functional model, or a layer.
    given : object, or list of object
        The value of the input; a list for a model of several.
    visit : callable
        ``visit(layer, path, given)`` returns the value of the layer's output. It is called for
        every call of a layer that is no model itself, in an order that can be computed; `path`
        is its name behind those of the models it is in: ``"encoder/conv2d"``.

    A model or layer of a user's own class is a layer here: what it computes inside is not known.
    """
    if type(model) is Sequential:
        for layer in model.layers:
            given = walk(layer, given, visit, path + layer.name + "/")
        return given
    if type(model) is Functional:
        return model.walk(
            given, lambda layer, values, _: walk(layer, values, visit, path + layer.name + "/")
        )
    return visit(model, path.rstrip("/") or model.name, given)
