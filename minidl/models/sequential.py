"""Sequential: a row of layers."""

from minidl.layers.layer import Layer
from minidl.layers.symbol import Input, Symbol
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
        self._row = []
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
            self._extend(self.input_shape)

    def pop(self):
        """Take away the last layer, and return it: to put another head in its place."""
        if not self._layers:
            raise ValueError(f"{self.name}: pop: the model has no layers")
        layer = self._layers.pop()
        del self._sublayers[layer.name]
        self._row = self._row[: len(self._layers) + 1]
        return layer

    @property
    def inputs(self):
        """The symbol of the input, in a list."""
        return [self.input]

    @property
    def outputs(self):
        """The symbol of the output, in a list."""
        return [self.output]

    @property
    def input(self):
        """The symbol of the input; ``Model(model.input, layer.output)`` cuts the model."""
        return self._symbol(0)

    @property
    def output(self):
        """The symbol of the output."""
        return self._symbol(-1)

    def _symbol(self, place):
        if not self._row:
            raise RuntimeError(
                f"{self.name}: the input's shape is not known yet: call the model, or begin it "
                "with Input"
            )
        return self._row[place]

    def build_for(self, input_shape):
        """Make the weights, by the layers' shape rules: nothing is computed."""
        if self.built:
            return
        self._extend(tuple(input_shape))

    def _extend(self, input_shape):
        """Call those layers on symbols that have not been called yet."""
        if not self._row:
            self._row = [Input(input_shape[1:], dtype=self.dtype)]
        for layer in self._layers[len(self._row) - 1 :]:
            self._row.append(layer(self._row[-1]))
        self.input_shape = input_shape
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
