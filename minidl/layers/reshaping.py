"""Layers that move numbers: reshape, pad, crop, enlarge."""

from minidl import ops
from minidl.layers.layer import Layer, check_images, size_of
from minidl.runtime import checks


class Moving(Layer):
    """A layer that computes nothing."""

    def flops(self, input_shape):
        """Return 0."""
        return 0


class Reshape(Moving):
    """The same numbers in another shape.

    Parameters
    ----------
    target_shape : tuple
        Of one example, without the batch axis; one −1 stands for what is left.

    >>> import numpy as np
    >>> Reshape((7, 7, -1))(np.ones((2, 98))).shape
    (2, 7, 7, 2)
    """

    fields = ("target_shape",)

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        what = "Reshape: target_shape"
        self.target_shape = tuple(checks.integer(n, what, minimum=-1) for n in target_shape)
        if self.target_shape.count(-1) > 1 or 0 in self.target_shape:
            raise ValueError(
                f"{what} needs positive numbers and at most one -1, got {target_shape}"
            )

    def call(self, x, training=False):
        """Return x in its new shape."""
        return ops.reshape(x, (x.shape[0], *self.compute_output_shape(x.shape)[1:]))

    def compute_output_shape(self, input_shape):
        """Return ``(None, *target_shape)``, with −1 worked out."""
        size = size_of(input_shape)
        rest = size // abs(size_of((None, *self.target_shape)))
        shape = tuple(rest if n == -1 else n for n in self.target_shape)
        if size_of((None, *shape)) != size:
            raise ValueError(
                f"Reshape: {size} numbers, shape {input_shape[1:]}, do not fill {self.target_shape}"
            )
        return (input_shape[0], *shape)

    def stored(self, input_shape):
        """Return 0: the output is a view of the input."""
        return 0


class ZeroPadding2D(Moving):
    """Zeros around images.

    Parameters
    ----------
    padding : int, (int, int) or ((top, bottom), (left, right))

    >>> import numpy as np
    >>> ZeroPadding2D(1)(np.ones((2, 5, 5, 3))).shape
    (2, 7, 7, 3)
    """

    fields = ("padding",)

    def __init__(self, padding=(1, 1), **kwargs):
        super().__init__(**kwargs)
        self.padding = _borders(padding, "ZeroPadding2D: padding")

    def call(self, x, training=False):
        """Return the padded images."""
        return ops.pad(x, ((0, 0), *self.padding, (0, 0)))

    def compute_output_shape(self, input_shape):
        """Return (None, H + top + bottom, W + left + right, C)."""
        check_images("ZeroPadding2D", input_shape)
        n, height, width, channels = input_shape
        return (n, height + sum(self.padding[0]), width + sum(self.padding[1]), channels)


class Cropping2D(Moving):
    """Images without their borders.

    Parameters
    ----------
    cropping : int, (int, int) or ((top, bottom), (left, right))

    >>> import numpy as np
    >>> Cropping2D(((1, 0), (2, 2)))(np.ones((2, 5, 5, 3))).shape
    (2, 4, 1, 3)
    """

    fields = ("cropping",)

    def __init__(self, cropping=((0, 0), (0, 0)), **kwargs):
        super().__init__(**kwargs)
        self.cropping = _borders(cropping, "Cropping2D: cropping")

    def call(self, x, training=False):
        """Return the inner parts."""
        (top, _), (left, _) = self.cropping
        _, height, width, _ = self.compute_output_shape(x.shape)
        return x[:, top : top + height, left : left + width]

    def compute_output_shape(self, input_shape):
        """Return (None, H − top − bottom, W − left − right, C)."""
        check_images("Cropping2D", input_shape)
        n, height, width, channels = input_shape
        height, width = height - sum(self.cropping[0]), width - sum(self.cropping[1])
        if height < 1 or width < 1:
            raise ValueError(
                f"Cropping2D: nothing is left of {input_shape[1]} × {input_shape[2]} images "
                f"without {self.cropping}"
            )
        return (n, height, width, channels)

    def stored(self, input_shape):
        """Return 0: the output is a view of the input."""
        return 0


class UpSampling2D(Layer):
    """Images enlarged by whole factors: see `minidl.ops.resize`.

    Parameters
    ----------
    size : int or (int, int)
    interpolation : "nearest" or "bilinear"

    >>> import numpy as np
    >>> UpSampling2D(2)(np.ones((2, 5, 5, 3))).shape
    (2, 10, 10, 3)
    """

    fields = ("size", "interpolation")

    def __init__(self, size=(2, 2), interpolation="nearest", **kwargs):
        super().__init__(**kwargs)
        self.size = checks.pair(size, "UpSampling2D: size")
        if interpolation not in ("nearest", "bilinear"):
            known = ["nearest", "bilinear"]
            raise checks.unknown_name("UpSampling2D: interpolation", interpolation, known)
        self.interpolation = interpolation

    def call(self, x, training=False):
        """Return the enlarged images."""
        return ops.resize(x, self.compute_output_shape(x.shape)[1:3], self.interpolation)

    def compute_output_shape(self, input_shape):
        """Return (None, H · size, W · size, C)."""
        check_images("UpSampling2D", input_shape)
        n, height, width, channels = input_shape
        return (n, height * self.size[0], width * self.size[1], channels)


def _borders(value, what):
    """Return widths as ((top, bottom), (left, right))."""
    if isinstance(value, list | tuple) and len(value) == 2:
        if all(isinstance(v, list | tuple) for v in value):
            return checks.padding(value, what)
        vertical, horizontal = value
    else:
        vertical = horizontal = value
    return checks.padding(((vertical, vertical), (horizontal, horizontal)), what)
