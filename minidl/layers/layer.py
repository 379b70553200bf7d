"""What all layers share: weights made on first use, shape rules, configuration."""

import collections
import contextlib
import math

import numpy as np

from minidl import initializers, regularizers
from minidl.autograd import Tensor
from minidl.layers.symbol import Symbol, shape_of, symbols_in
from minidl.layers.weights import fitted
from minidl.ops.windows import needs_images
from minidl.runtime.registry import snake_case


class Layer:
    """A function of images or features, with weights.

    Subclasses define ``call(self, x, training=False)`` in terms of `minidl.ops`; those with
    weights make them in ``build(self, input_shape)`` with `add_weight`. Weights are made on
    the first call, or when a model is told its input's shape.

    Parameters
    ----------
    name : str, optional
        Unique in a model; by default the class's name with a number.
    trainable : bool
        Whether training changes the weights.
    dtype : "float32" or "float64"
        Of the weights.
    input_shape : tuple, optional
        Of one example, without the batch axis: on a Sequential model's first layer.
    """

    #: Constructor arguments that a model file keeps; attributes of the same name.
    fields = ()
    #: Whether the layer is called on a list of inputs; shapes are then a list too.
    takes_several = False
    #: A `numpy.random.Generator` of its own, if it has one; checkpoints keep its state.
    random_generator = None

    def __init__(self, *, name=None, trainable=True, dtype="float32", input_shape=None):
        if name is not None and (not isinstance(name, str) or not name or "/" in name):
            raise ValueError(f"{type(self).__name__}: name needs text without '/', got {name!r}")
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(
                f"{type(self).__name__}: dtype needs 'float32' or 'float64', got {dtype!r}"
            )
        self._weights = {}
        self._regularizers = {}
        self._sublayers = {}
        self._trainable = bool(trainable)
        self._symbols = None
        self.name = name or _automatic_name(type(self).__name__)
        self.dtype = np.dtype(dtype).name
        self.built = False
        self.input_shape = None
        if input_shape is not None:
            self.input_shape = (None, *shape_of(input_shape, type(self).__name__))

    def build(self, input_shape):
        """Make the weights for inputs of this shape; the batch axis is None."""

    def call(self, x, training=False):
        """Return the output for the input `x`."""
        raise NotImplementedError(f"{type(self).__name__} needs a method call(x, training=False)")

    def compute_output_shape(self, input_shape):
        """Return the output's shape, with None for the batch axis; raise if it cannot be."""
        return input_shape

    def flops(self, input_shape):
        """Return the arithmetic operations for one example: 2 a multiply-add."""
        return size_of(self.compute_output_shape(input_shape))

    def stored(self, input_shape):
        """Return the bytes that one example leaves behind for the backward pass."""
        return size_of(self.compute_output_shape(input_shape)) * np.dtype(self.dtype).itemsize

    def __call__(self, x, training=False):
        """Build if need be, and compute; on a Symbol, return the Symbol of the output.

        Errors name the layer.
        """
        if symbols := symbols_in(x):
            return self._symbolic(symbols)
        with self.named_errors():
            x = self.as_input(x)
            if not self.built:
                self.build_for(self._shape_of(x))
            output = self.call(x, training=training)
        for observer in _observers:
            observer(self, output)
        return output

    def build_for(self, input_shape):
        """Make the weights, if that has not been done, and note the input's shape."""
        if self.built:
            return
        with self.named_errors():
            self.compute_output_shape(input_shape)
            self.build(input_shape)
        self.input_shape = input_shape if self.takes_several else tuple(input_shape)
        self.built = True

    def add_weight(self, name, shape, initializer, trainable=True, regularizer=None):
        """Make a weight: a Tensor, kept as the attribute `name` and in `weights`.

        A `regularizer` adds its penalty to `losses` while the weight is trainable.
        """
        data = initializers.get(initializer)(shape, self.dtype)
        weight = Tensor(data, name=name)
        weight.requires_grad = trainable and self._trainable
        self._weights[name] = (weight, trainable)
        if regularizer is not None:
            self._regularizers[name] = regularizer
        object.__setattr__(self, name, weight)
        return weight

    def named_weights(self):
        """Yield (path, Tensor): the layer's own, trainable ones first, then its layers'."""
        own = sorted(self._weights.values(), key=lambda entry: not entry[1])
        yield from ((weight.name, weight) for weight, _ in own)
        for name, layer in self._sublayers.items():
            yield from ((f"{name}/{path}", weight) for path, weight in layer.named_weights())

    def sublayers(self):
        """Return {attribute: layer} of the layers inside; of a list ``{attribute}.{place}``."""
        return dict(self._sublayers)

    @property
    def weights(self):
        """All weights, in Keras's order."""
        return [weight for _, weight in self.named_weights()]

    @property
    def trainable_weights(self):
        """The weights that training changes: none of a frozen layer, whatever is inside it."""
        return [weight for weight in self.weights if weight.requires_grad and self._trainable]

    @property
    def non_trainable_weights(self):
        """The other weights: frozen ones, and statistics such as a moving mean."""
        trainable = set(self.trainable_weights)
        return [weight for weight in self.weights if weight not in trainable]

    @property
    def input(self):
        """The Symbol, or list of them, that the layer was first called on: for `Model`."""
        return self._first_call()[0]

    @property
    def output(self):
        """The Symbol, or list of them, that the layer's first call on symbols returned."""
        return self._first_call()[1]

    def _first_call(self):
        if self._symbols is None:
            raise RuntimeError(
                f"layer {self.name!r} has no input and output yet: it is in no model that knows "
                "its input's shape, and was not called on symbols"
            )
        return self._symbols

    @property
    def losses(self):
        """The penalties of regularizers on trainable weights, Tensors, which `fit` adds up."""
        own = [
            regularizer(self._weights[name][0])
            for name, regularizer in self._regularizers.items()
            if self._weights[name][0].requires_grad
        ]
        return own + [loss for layer in self._sublayers.values() for loss in layer.losses]

    @property
    def trainable(self):
        """Whether training changes the weights; setting it holds for layers inside too.

        `fit` heeds it when it begins, whether `compile` came before or after.
        """
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = bool(value)
        for weight, trainable in self._weights.values():
            weight.requires_grad = trainable and self._trainable
        for layer in self._sublayers.values():
            layer.trainable = value

    def all_layers(self):
        """Yield the layer and all layers inside it."""
        yield self
        for layer in self._sublayers.values():
            yield from layer.all_layers()

    def get_weights(self):
        """Return copies of all weights as arrays, in Keras's order and shapes."""
        return [weight.data.copy() for weight in self.weights]

    def set_weights(self, weights):
        """Replace all weights, or on an error none: arrays as `get_weights` returns them.

        Raises
        ------
        ValueError, TypeError
            If there are too many or too few, or one does not fit: it names the weight.
        """
        mine = list(self.named_weights())
        arrays = list(weights)
        if arrays and not mine and not self.built:
            raise ValueError(
                f"{self.name}: set_weights got {len(arrays)} arrays, but the layer has not been "
                "built yet: call it first, or say its input_shape"
            )
        for array, (_, weight) in zip(fitted(self.name, mine, arrays), mine, strict=True):
            weight.data = array

    def count_params(self):
        """Return how many numbers the weights hold."""
        return sum(weight.size for weight in self.weights)

    def get_config(self):
        """Return the constructor's arguments, in types that JSON knows."""
        config = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}
        return config | {field: _described(field, getattr(self, field)) for field in self.fields}

    @classmethod
    def from_config(cls, config):
        """Make a layer from what `get_config` returned."""
        return cls(**config)

    def __setattr__(self, name, value):
        """Keep track of layers that become attributes, one by one or in a list."""
        parts = enumerate(value) if isinstance(value, list | tuple) else ()
        for key, part in ((name, value), *((f"{name}.{i}", v) for i, v in parts)):
            if isinstance(part, Layer):
                self._sublayers[key] = part
        object.__setattr__(self, name, value)

    def __repr__(self):
        return f"<{type(self).__name__} {self.name!r}>"

    def _symbolic(self, symbols):
        """Return the Symbol of the output, or a list of them, for the Symbols of the input."""
        if symbols[1:] and not self.takes_several:
            raise ValueError(f"layer {self.name!r} takes one input, got {len(symbols)}")
        shapes = [symbol.shape for symbol in symbols]
        shape = shapes if self.takes_several else shapes[0]
        self.build_for(shape)
        with self.named_errors():
            output = self.compute_output_shape(shape)
        if isinstance(output, list):
            made = [
                Symbol(each, self.dtype, self, symbols, index) for index, each in enumerate(output)
            ]
        else:
            made = Symbol(output, self.dtype, self, symbols)
        if self._symbols is None:
            self._symbols = symbols if self.takes_several else symbols[0], made
        return made

    def as_input(self, x):
        """Return x as a Tensor of the layer's dtype, or as a list of them."""
        if not self.takes_several:
            return _as_tensor(x, self.dtype)
        if not isinstance(x, list | tuple):
            raise TypeError(f"{type(self).__name__} takes a list of inputs, got {type(x).__name__}")
        return [_as_tensor(each, self.dtype) for each in x]

    def _shape_of(self, x):
        """Return the shape of an input, with None for the batch axis, or a list of them."""
        if self.takes_several:
            return [(None, *each.shape[1:]) for each in x]
        return (None, *x.shape[1:])

    def named_errors(self):
        """Put this layer's name before the message of an error inside a ``with`` block, once."""
        return _NamedErrors(self)


class _NamedErrors:
    """What `Layer.named_errors` returns; a class, as it is entered at every call of a layer."""

    __slots__ = ("layer",)

    def __init__(self, layer):
        self.layer = layer

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _traceback):
        if not isinstance(error, ValueError | TypeError) or hasattr(error, "named_layer"):
            return
        kind = TypeError if isinstance(error, TypeError) else ValueError
        named = kind(f"layer {self.layer.name!r}: {error}")
        named.named_layer = True
        raise named from error


@contextlib.contextmanager
def observe(observer):
    """Inside, call ``observer(layer, output)`` after every call of a layer."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def is_observed():
    """Whether somebody observes the layers' outputs at the moment."""
    return bool(_observers)


def check_images(name, input_shape):
    """Refuse what is not the shape of images."""
    if len(input_shape) != 4:
        shape = tuple("N" if n is None else n for n in input_shape)
        raise ValueError(f"{name}: the input {needs_images(shape)}")
    if 0 in input_shape[1:]:
        raise ValueError(f"{name}: images of shape {tuple(input_shape[1:])} have no numbers")


def size_of(shape):
    """Return how many numbers one example of this shape holds."""
    return math.prod(shape[1:])


def _described(field, value):
    """Return an argument as JSON knows it: initializers and regularizers by their names."""
    for kind, module in (("_initializer", initializers), ("_regularizer", regularizers)):
        if field.endswith(kind):
            return module.serialize(module.get(value))
    return value


def _as_tensor(x, dtype):
    if not isinstance(x, Tensor):
        x = Tensor(x)
    if not x.ndim:
        raise ValueError(f"needs a batch (N, …), got the single number {x.data}")
    return x if x.dtype == dtype else x.astype(dtype)


def _automatic_name(class_name):
    """Return Keras's name for a layer: max_pooling2d, then max_pooling2d_1, and so on."""
    base = snake_case(class_name)
    number = _names[base]
    _names[base] += 1
    return f"{base}_{number}" if number else base


_names = collections.Counter()
_observers = []
