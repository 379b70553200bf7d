"""Layers that join several inputs: called on a list."""

from minidl import ops
from minidl.layers.layer import Layer, size_of
from minidl.runtime import checks


class Merge(Layer):
    """A layer that joins a list of at least two inputs."""

    takes_several = True

    def check_count(self, shapes):
        """Refuse fewer than two inputs."""
        if len(shapes) < 2:
            raise ValueError(f"{type(self).__name__} needs at least 2 inputs, got {len(shapes)}")

    def as_input(self, x):
        """Refuse batches of different lengths: one example would be repeated for all."""
        x = super().as_input(x)
        if len({len(each) for each in x}) > 1:
            lengths = ", ".join(str(len(each)) for each in x)
            raise ValueError(f"{type(self).__name__} needs inputs of one length, got {lengths}")
        return x


class Add(Merge):
    """The sum of inputs of one shape, element by element.

    >>> import numpy as np
    >>> Add()([np.ones((1, 2)), np.ones((1, 2))]).data
    array([[2., 2.]], dtype=float32)
    """

    def call(self, x, training=False):
        """Return the sum."""
        total = x[0]
        for each in x[1:]:
            total = ops.add(total, each)
        return total

    def compute_output_shape(self, input_shape):
        """Return the shape that all inputs have."""
        self.check_count(input_shape)
        if any(tuple(shape[1:]) != tuple(input_shape[0][1:]) for shape in input_shape):
            shapes = ", ".join(map(checks.shape_text, input_shape))
            raise ValueError(f"Add needs inputs of one shape, got {shapes}")
        return input_shape[0]

    def flops(self, input_shape):
        """Return 1 an addition."""
        return (len(input_shape) - 1) * size_of(input_shape[0])

    def stored(self, input_shape):
        """Return the bytes of all partial sums."""
        return (len(input_shape) - 1) * super().stored(input_shape)


class Concatenate(Merge):
    """Inputs one after the other along an axis, by default the channels.

    Parameters
    ----------
    axis : int
        Not the batch axis, 0.

    >>> import numpy as np
    >>> Concatenate()([np.ones((2, 4, 4, 3)), np.ones((2, 4, 4, 5))]).shape
    (2, 4, 4, 8)
    """

    fields = ("axis",)

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = checks.integer(axis, "Concatenate: axis", minimum=-(10**6))
        if self.axis == 0:
            raise ValueError("Concatenate: axis 0 is the batch; name another one")

    def call(self, x, training=False):
        """Return the joined inputs."""
        return ops.concatenate(x, axis=self.axis)

    def compute_output_shape(self, input_shape):
        """Return the shape with the lengths along the axis added up."""
        self.check_count(input_shape)
        first = list(input_shape[0])
        axis = self.axis + len(first) if self.axis < 0 else self.axis
        lengths = [shape[axis] for shape in input_shape if 0 < axis < len(shape) == len(first)]
        others = {(*shape[1:axis], *shape[axis + 1 :]) for shape in input_shape}
        if len(lengths) != len(input_shape) or len(others) != 1:
            shapes = ", ".join(map(checks.shape_text, input_shape))
            raise ValueError(
                f"Concatenate needs inputs of one shape but for axis {self.axis}, got {shapes}"
            )
        return (*first[:axis], sum(lengths), *first[axis + 1 :])

    def flops(self, input_shape):
        """Return 0: nothing is computed."""
        return 0
