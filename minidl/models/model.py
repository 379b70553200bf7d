"""Model: what can be trained, used, summed up and saved."""

import numpy as np

from minidl.autograd import no_grad
from minidl.layers.layer import Layer
from minidl.layers.symbol import symbols_in
from minidl.models.summary import summary
from minidl.models.training import Trainer
from minidl.runtime import checks


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

    def __new__(cls, inputs=None, outputs=None, **_options):
        """Make a `Functional` model if inputs and outputs are given."""
        if cls is Model and (inputs is not None or outputs is not None):
            from minidl.models.graph import Functional

            cls = Functional
        return super().__new__(cls)

    def __call__(self, x, training=False, **options):
        """Return the output for a batch, a Tensor; on a Symbol, that of the output."""
        if symbols := symbols_in(x):
            if self.input_shape is not None and (self.takes_several or len(symbols) == 1):
                self._check_input_shape(symbols if self.takes_several else symbols[0], "call")
            return self._symbolic(symbols)
        x = self.as_input(x)
        if self.input_shape is not None:
            self._check_input_shape(x, "call")
        output = self.call(x, training=training, **options)
        if self.input_shape is None:
            self.input_shape = self._shape_of(x)
        self.built = True
        return output

    def build_for(self, input_shape):
        """Make the weights: by a call with one example of zeros."""
        if not self.built:
            self._call_on_zeros(input_shape)

    def compute_output_shape(self, input_shape):
        """Return the output's shape: that of a call with one example of zeros."""
        output = self._call_on_zeros(input_shape)
        if isinstance(output, list | tuple):
            return [(None, *each.shape[1:]) for each in output]
        return (None, *output.shape[1:])

    def _call_on_zeros(self, input_shape):
        shapes = input_shape if self.takes_several else [input_shape]
        zeros = [np.zeros((1, *shape[1:]), self.dtype) for shape in shapes]
        with no_grad():
            return self(zeros if self.takes_several else zeros[0])

    @property
    def layers(self):
        """The layers, each once, in the order in which they became attributes."""
        return list(dict.fromkeys(self._sublayers.values()))

    def get_layer(self, name=None, index=None):
        """Return one of `layers`, by its name or by its place, negative from the end.

        >>> import minidl
        >>> minidl.applications.article_cnn().get_layer(index=-1).units
        10
        """
        if (name is None) == (index is None):
            raise ValueError(f"{self.name}: get_layer needs a name or an index, one of the two")
        found = self.layers
        if name is not None:
            named = {layer.name: layer for layer in found}
            if name not in named:
                raise checks.unknown_name(f"layer of {self.name!r}", name, named)
            return named[name]
        count = len(found)
        index = checks.integer(index, f"{self.name}: get_layer: index", -count)
        if index >= count:
            raise ValueError(f"{self.name}: get_layer: there are {count} layers, got index {index}")
        return found[index]

    def summary(self, batch_size=64):
        """Print layers, shapes, parameters, arithmetic, and the memory of a training step."""
        summary(self, batch_size)

    def save(self, path, **extra):
        """Write weights and architecture to a ``.safetensors`` file; see `minidl.saving`.

        Keyword arguments are kept in the file: anything that JSON knows, such as class names.
        """
        from minidl import saving

        saving.save_model(self, path, extra)

    def save_weights(self, path):
        """Write the weights to a ``.weights.h5`` file for Keras; see `minidl.interchange`."""
        from minidl.interchange import keras

        keras.save_weights(self, path)

    def load_weights(self, path):
        """Fill the model with weights from Keras's ``.weights.h5`` or ``.keras`` file."""
        from minidl.interchange import keras

        keras.load_weights(self, path)

    def export(self, path, format="onnx"):
        """Write the model to a file as ONNX; see `minidl.interchange.to_onnx`."""
        from minidl.interchange import onnx

        if format != "onnx":
            raise checks.unknown_name("export: format", format, ["onnx"])
        onnx.export(self, path)

    def _final_layers(self):
        """Return the layer that each output comes from, where that is known."""
        return

    def _check_input_shape(self, x, caller):
        """Refuse examples that have another shape than those the model was made for."""
        if not self.takes_several:
            self._check_shape(x.shape, self.input_shape, caller)
            return
        if len(x) != len(self.input_shape):
            raise ValueError(
                f"{self.name}: {caller} needs {len(self.input_shape)} inputs, got {len(x)}"
            )
        for i, (each, expected) in enumerate(zip(x, self.input_shape, strict=True)):
            self._check_shape(each.shape, expected, f"{caller}, input {i},")

    def _check_shape(self, shape, expected, caller):
        if len(shape) == len(expected) and tuple(shape[1:]) == tuple(expected[1:]):
            return
        hint = ""
        if len(expected) == 4 and tuple(shape) == (shape[0], *expected[1:3]):
            hint = "; for grey images add the channel axis with x[..., np.newaxis]"
            hint += ", and scale pixels to 0 … 1 with x / 255"
        raise ValueError(
            f"{self.name}: {caller} needs x of shape {checks.shape_text(expected)}, "
            f"got {tuple(shape)}{hint}"
        )
