"""What layers pass on before there are numbers: the functional form.

A layer called on a `Symbol` computes nothing. It makes its weights, works out the shape of
its output, and returns a new Symbol that remembers the layer and what it was called on. So
symbols form a graph, of which `Model(inputs, outputs)` makes a model.
"""

from minidl.runtime import checks


class Symbol:
    """The output that a layer will have.

    Attributes
    ----------
    shape : tuple
        With None for the batch axis.
    layer : Layer or None
        What makes it; None for an `Input`.
    inputs : tuple of Symbol
        What the layer was called on.
    index : int or None
        Which of the layer's outputs, if it has several.
    """

    __slots__ = ("dtype", "index", "inputs", "layer", "name", "shape")

    def __init__(self, shape, dtype="float32", layer=None, inputs=(), index=None, name=None):
        self.shape = tuple(shape)
        self.dtype = dtype
        self.layer = layer
        self.inputs = tuple(inputs)
        self.index = index
        self.name = name

    def __repr__(self):
        source = self.layer.name if self.layer is not None else "input"
        return f"<Symbol {checks.shape_text(self.shape)} of {source!r}>"

    def __bool__(self):
        raise TypeError("a Symbol has no value yet: it stands for what a layer will return")

    def __array__(self, dtype=None, copy=None):
        raise TypeError(
            "a Symbol has no numbers yet; combine symbols with layers, such as layers.Add"
        )


def Input(shape, *, name=None, dtype="float32"):  # noqa: N802 (Keras's name)
    """Return the Symbol that stands for a model's input.

    Parameters
    ----------
    shape : int or tuple
        Of one example, without the batch axis: (H, W, C) for images.

    It begins the functional form, and may be a Sequential model's first item.

    >>> Input((28, 28, 1)).shape
    (None, 28, 28, 1)
    """
    return Symbol((None, *shape_of(shape, "Input")), dtype, name=name)


def symbols_in(x):
    """Return the Symbols that x is, or is a list of; none if it holds numbers."""
    items = x if isinstance(x, list | tuple) else [x]
    found = [item for item in items if isinstance(item, Symbol)]
    if found and len(found) != len(items):
        raise TypeError("a layer is called on symbols or on numbers, not on a mixture")
    return found


def shape_of(shape, name):
    """Return a shape without the batch axis as a tuple of whole numbers."""
    shape = tuple(shape) if isinstance(shape, list | tuple) else (shape,)
    return tuple(checks.integer(n, f"{name}: the input's shape") for n in shape)
