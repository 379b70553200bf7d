"""Sequential: a row of layers."""

from minidl.layers.layer import Layer
from minidl.layers.symbol import Symbol
from minidl.models import fusion
from minidl.models.model import Model


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
        if isinstance(layer, Symbol):
            if self._layers or layer.layer is not None:
                raise ValueError(
                    f"{self.name}: of symbols, only Input goes first, and nowhere else"
                )
            self.input_shape = layer.shape
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
        """Return the output; if `logits` is true, what goes into the last activation function."""
        if not self._layers:
            raise ValueError(f"{self.name}: the model has no layers")
        self.build_for((None, *x.shape[1:]))
        if not logits:
            return fusion.call(self._layers, x, training)
        x = fusion.call(self._layers[:-1], x, training)
        return fusion.call_before_activation(self._layers[-1], x)

    def trace(self):
        """Yield (layer, input shape, output shape, whether gradients by the input are wanted)."""
        shape, wanted = self.input_shape, False
        for layer in self._layers:
            output = layer.compute_output_shape(shape)
            yield layer, shape, output, wanted
            shape, wanted = output, wanted or bool(layer.trainable_weights)

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

    def _final_layers(self):
        return self._layers[-1:]


def _check_layer(layer):
    if not isinstance(layer, Layer | Symbol):
        what = f"the class {layer.__name__}" if isinstance(layer, type) else repr(layer)
        raise TypeError(f"Sequential: needs layers, got {what}")
