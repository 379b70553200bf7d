"""Model, to be subclassed, and Sequential, a row of layers."""

import numpy as np

from minidl import activations
from minidl.layers import Input
from minidl.layers.core import ActivatedLayer
from minidl.layers.layer import Layer, as_input
from minidl.models.summary import summary
from minidl.models.training import Trainer


class Model(Trainer, Layer):
    """A network that can be trained: subclass it with ``call(self, x, training=False)``.

    >>> import minidl
    >>> class Net(minidl.Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden = minidl.layers.Dense(8, activation="relu")
    ...         self.out = minidl.layers.Dense(3)
    ...
    ...     def call(self, x, training=False):
    ...         return self.out(self.hidden(x))
    >>> Net()(np.ones((2, 5))).shape
    (2, 3)
    """

    def __call__(self, x, training=False, **options):
        """Return the output for a batch, a Tensor."""
        x = as_input(x, self.dtype)
        if self.input_shape is not None:
            self._check_input_shape(x.shape, "call")
        output = self.call(x, training=training, **options)
        if self.input_shape is None:
            self.input_shape = (None, *x.shape[1:])
        self.built = True
        return output

    def build_for(self, input_shape):
        """Make the weights: by a call with one example of zeros."""
        if not self.built:
            self(np.zeros((1, *input_shape[1:]), self.dtype))

    def summary(self, batch_size=64):
        """Print layers, shapes, parameters, arithmetic, and the memory of a training step."""
        summary(self, batch_size)

    def save(self, path, **extra):
        """Write weights and architecture to a ``.safetensors`` file; see `minidl.saving`.

        Keyword arguments are kept in the file: anything that JSON knows, such as class names.
        """
        from minidl import saving

        saving.save_model(self, path, extra)

    def _ends_with_logits(self):
        """Whether the loss shall be computed from what goes into a final softmax."""
        return False

    def _check_input_shape(self, shape, caller):
        expected = self.input_shape
        if len(shape) == len(expected) and tuple(shape[1:]) == tuple(expected[1:]):
            return
        needed = "(" + ", ".join(["N", *map(str, expected[1:])]) + ")"
        hint = ""
        if len(expected) == 4 and tuple(shape) == (shape[0], *expected[1:3]):
            hint = "; for grey images add the channel axis with x[..., np.newaxis]"
            hint += ", and scale pixels to 0 … 1 with x / 255"
        raise ValueError(
            f"{self.name}: {caller} needs x of shape {needed}, got {tuple(shape)}{hint}"
        )


class Sequential(Model):
    """Layers one after the other.

    Parameters
    ----------
    layers : sequence of Layer
        If the first is an `Input`, or has an `input_shape`, weights are made at once;
        otherwise on the first call.

    >>> import minidl
    >>> model = Sequential([minidl.layers.Input((4,)), minidl.layers.Dense(2)])
    >>> model.count_params()
    10
    """

    def __init__(self, layers=(), *, name=None, dtype=None):
        layers = list(layers)
        for layer in layers:
            _check_layer(layer)
        super().__init__(name=name, dtype=dtype or (layers[0].dtype if layers else "float32"))
        self._layers = []
        for layer in layers:
            self.add(layer)

    @property
    def layers(self):
        """The layers, without `Input`."""
        return list(self._layers)

    def add(self, layer):
        """Put a layer at the end."""
        _check_layer(layer)
        if isinstance(layer, Input):
            if self._layers:
                raise ValueError(f"{self.name}: Input must be the first layer")
            self.input_shape = layer.input_shape
            return
        if layer.name in self._sublayers:
            raise ValueError(
                f"{self.name}: there is a layer named {layer.name!r} already; names are unique "
                "in a model"
            )
        if not self._layers and self.input_shape is None:
            self.input_shape = layer.input_shape
        self._layers.append(layer)
        self._sublayers[layer.name] = layer
        if self.input_shape is not None:
            self.built = False
            self.build_for(self.input_shape)

    def build_for(self, input_shape):
        """Make the weights, by the layers' shape rules: nothing is computed."""
        if self.built:
            return
        shape = tuple(input_shape)
        for layer in self._layers:
            layer.build_for(shape)
            shape = layer.compute_output_shape(shape)
        self.input_shape = tuple(input_shape)
        self.built = bool(self._layers)

    def compute_output_shape(self, input_shape):
        """Return the last layer's output shape."""
        for layer in self._layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def call(self, x, training=False, logits=False):
        """Return the output; with `logits`, what goes into the last activation function."""
        if not self._layers:
            raise ValueError(f"{self.name}: the model has no layers")
        self.build_for((None, *x.shape[1:]))
        for layer in self._layers[:-1]:
            x = layer(x, training=training)
        last = self._layers[-1]
        return last.before_activation(x) if logits else last(x, training=training)

    def get_config(self):
        """Return name, input's shape and the layers' configurations."""
        return {
            "name": self.name,
            "dtype": self.dtype,
            "input_shape": self.input_shape,
            "layers": [
                {"class": type(layer).__name__, "config": layer.get_config()}
                for layer in self._layers
            ],
        }

    def _ends_with_logits(self):
        last = self._layers[-1] if self._layers else None
        return (
            isinstance(last, ActivatedLayer)
            and self.loss.activation is not None
            and last.activation is activations.get(self.loss.activation)
            and not self.loss.from_logits
        )


def _check_layer(layer):
    if not isinstance(layer, Layer):
        what = f"the class {layer.__name__}" if isinstance(layer, type) else repr(layer)
        raise TypeError(f"Sequential: needs layers, got {what}")
