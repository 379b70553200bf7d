"""Rescaling and Embedding: from raw numbers to features."""

import numpy as np

from minidl import initializers, ops, regularizers
from minidl.autograd import Tensor
from minidl.layers.layer import Layer
from minidl.runtime import checks


class Rescaling(Layer):
    """x · scale + offset, for pixels: ``Rescaling(1 / 255)`` brings them to 0 … 1.

    >>> import numpy as np
    >>> Rescaling(1 / 127.5, offset=-1)(np.array([[0, 255]])).data
    array([[-1.,  1.]], dtype=float32)
    """

    fields = ("scale", "offset")

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = checks.real(scale, "Rescaling: scale")
        self.offset = checks.real(offset, "Rescaling: offset")

    def call(self, x, training=False):
        """Return the rescaled numbers."""
        return ops.add(ops.multiply(x, self.scale), self.offset)


class Embedding(Layer):
    """A learned vector for each of `input_dim` numbers.

    Parameters
    ----------
    input_dim : int
        How many numbers there are: inputs are 0 … input_dim − 1.
    output_dim : int
        Length of the vectors.
    embeddings_initializer : str or Initializer
    embeddings_regularizer : str or Regularizer, optional
        A penalty on all the vectors, which `fit` adds to the loss.

    Shapes
    ------
    (N, …) whole numbers → (N, …, output_dim)

    >>> import numpy as np
    >>> Embedding(10, 4)(np.array([[1, 2, 3]])).shape
    (1, 3, 4)
    """

    fields = ("input_dim", "output_dim", "embeddings_initializer", "embeddings_regularizer")

    def __init__(
        self,
        input_dim,
        output_dim,
        embeddings_initializer="glorot_uniform",
        embeddings_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.input_dim = checks.integer(input_dim, "Embedding: input_dim")
        self.output_dim = checks.integer(output_dim, "Embedding: output_dim")
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)

    def build(self, input_shape):
        """Make the vectors."""
        shape = (self.input_dim, self.output_dim)
        self.add_weight(
            "embeddings",
            shape,
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
        )

    def call(self, x, training=False):
        """Return the vectors of the numbers x."""
        numbers = x.data
        right = (numbers >= 0) & (numbers < self.input_dim) & (numbers == np.floor(numbers))
        if not right.all():
            raise ValueError(
                f"Embedding: inputs need to be whole numbers in 0 … {self.input_dim - 1}"
            )
        return ops.getitem(self.embeddings, numbers.astype(np.int64))

    def compute_output_shape(self, input_shape):
        """Return (None, …, output_dim)."""
        return (*input_shape, self.output_dim)

    def flops(self, input_shape):
        """Return 0: nothing is computed."""
        return 0

    def as_input(self, x):
        """Keep whole numbers whole: float32 cannot hold those beyond 16 million."""
        return x if isinstance(x, Tensor) else Tensor(np.asarray(x))
