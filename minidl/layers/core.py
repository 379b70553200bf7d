"""Dense, Activation, Flatten, Dropout."""

import numpy as np

from minidl import activations, initializers, ops, regularizers
from minidl.layers.layer import Layer, check_images, size_of
from minidl.runtime import checks


class ActivatedLayer(Layer):
    """A layer that ends with an activation function.

    Subclasses define `before_activation`. A loss that is computed from logits asks for that
    instead of the output, so that softmax followed by a logarithm loses no digits.
    """

    def __init__(self, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def before_activation(self, x):
        """Return what goes into the activation function."""
        raise NotImplementedError(f"{type(self).__name__} needs a method before_activation(x)")

    def call(self, x, training=False):
        """Return ``activation(before_activation(x))``."""
        return self.activation(self.before_activation(x))

    def stored(self, input_shape):
        """Return the bytes of the output before and after bias and activation."""
        copies = 1 + getattr(self, "use_bias", 0) + (self.activation is not activations.linear)
        return copies * super().stored(input_shape)

    def get_config(self):
        """Return the constructor's arguments, with the function by its name."""
        return super().get_config() | {"activation": activations.serialize(self.activation)}


class Dense(ActivatedLayer):
    """``activation(x @ kernel + bias)``: every unit sees every feature.

    Parameters
    ----------
    units : int
        Features that come out.
    activation : str or callable, optional
    use_bias : bool
    kernel_initializer, bias_initializer : str or Initializer
    kernel_regularizer, bias_regularizer : str or Regularizer, optional
        Penalties that `fit` adds to the loss.

    Shapes
    ------
    (N, …, features) → (N, …, units); kernel (features, units), bias (units,).

    >>> import numpy as np
    >>> Dense(3)(np.ones((2, 5))).shape
    (2, 3)
    """

    fields = (
        "units",
        "use_bias",
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
    )

    def __init__(
        self,
        units,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        **kwargs,
    ):
        super().__init__(activation, **kwargs)
        self.units = checks.integer(units, "Dense: units")
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)

    def build(self, input_shape):
        """Make kernel and bias."""
        shape = (input_shape[-1], self.units)
        self.add_weight(
            "kernel", shape, self.kernel_initializer, regularizer=self.kernel_regularizer
        )
        if self.use_bias:
            shape = (self.units,)
            self.add_weight("bias", shape, self.bias_initializer, regularizer=self.bias_regularizer)

    def before_activation(self, x):
        """Return ``x @ kernel + bias``."""
        self.check_features(x.shape)
        product = ops.matmul(x, self.kernel)
        return ops.add(product, self.bias) if self.use_bias else product

    def compute_output_shape(self, input_shape):
        """Return (None, …, units)."""
        if len(input_shape) < 2:
            raise ValueError(f"Dense needs an input (N, …, features), got shape {input_shape}")
        self.check_features(input_shape)
        return (*input_shape[:-1], self.units)

    def check_features(self, shape):
        """Refuse an input that the kernel was not made for."""
        if self.built and shape and shape[-1] != self.kernel.shape[0]:
            raise ValueError(
                f"the input has {shape[-1]} features, shape {shape}, but the kernel was "
                f"made for {self.kernel.shape[0]}"
            )

    def flops(self, input_shape):
        """Return 2 a multiply-add."""
        return 2 * input_shape[-1] * size_of(self.compute_output_shape(input_shape))


class Activation(ActivatedLayer):
    """An activation function as a layer of its own.

    >>> import numpy as np
    >>> Activation("relu")(np.array([[-1.0, 2.0]])).data
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, activation, **kwargs):
        super().__init__(activation, **kwargs)

    def before_activation(self, x):
        """Return x."""
        return x

    def stored(self, input_shape):
        """Return the bytes of the output."""
        return Layer.stored(self, input_shape)


class Flatten(Layer):
    """(N, …) → (N, features): all numbers of an example in one row.

    >>> import numpy as np
    >>> Flatten()(np.ones((2, 4, 4, 3))).shape
    (2, 48)
    """

    def call(self, x, training=False):
        """Return the rows."""
        return ops.reshape(x, (x.shape[0], size_of(x.shape)))

    def compute_output_shape(self, input_shape):
        """Return (None, features)."""
        return (input_shape[0], size_of(input_shape))

    def flops(self, input_shape):
        """Return 0: nothing is computed."""
        return 0

    def stored(self, input_shape):
        """Return 0: the output is a view of the input."""
        return 0


class Dropout(Layer):
    """Sets a share `rate` of the numbers to 0 while training, anew at each step.

    See `minidl.ops.dropout`. When the model is used, the input passes unchanged.
    """

    fields = ("rate",)

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = checks.real(rate, "Dropout: rate", 0, 1)
        if self.rate == 1:
            raise ValueError("Dropout: rate needs a number in [0, 1): with 1 nothing is left")

    def call(self, x, training=False):
        """Return x, with numbers dropped if `training`."""
        return ops.dropout(x, self.rate) if training else x

    def stored(self, input_shape):
        """Return the bytes of the output and of the mask."""
        return 2 * super().stored(input_shape)


class SpatialDropout2D(Dropout):
    """Drops whole channels of an image at random, since neighbouring pixels are alike.

    Tompson et al., 2015. See `Dropout`.
    """

    def call(self, x, training=False):
        """Return x, with channels dropped if `training`."""
        if not training:
            return x
        kept = ops.dropout(np.ones((x.shape[0], 1, 1, x.shape[3]), x.dtype), self.rate)
        return ops.multiply(x, kept)

    def compute_output_shape(self, input_shape):
        """Return the input's shape."""
        check_images("SpatialDropout2D", input_shape)
        return input_shape

    def stored(self, input_shape):
        """Return the bytes of the output."""
        return Layer.stored(self, input_shape)
