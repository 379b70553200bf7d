"""Layers that move images at random while a model trains, by Keras's names and arguments.

When the model is used, images pass unchanged. Random numbers come from minidl's generator, or,
with a `seed`, from one of the layer's own. No gradient passes: the layers belong before those with
weights. Those that change levels and colours are in `minidl.layers.recolouring`;
`minidl.data.augment` does the same outside of models, for boxes and masks too.
"""

import numpy as np

from minidl import image, ops
from minidl.autograd import Tensor, keeps_graph
from minidl.image import geometry
from minidl.image.warping import INTERPOLATIONS, MODES
from minidl.kernels.warp import FILLS
from minidl.layers.layer import Layer, check_images
from minidl.runtime import checks, random


class RandomLayer(Layer):
    """What they have in common.

    Parameters
    ----------
    seed : int, optional
        The same seed gives the same changes, call by call.
    """

    fields = ("seed",)

    def __init__(self, *, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = (
            None if seed is None else checks.integer(seed, f"{type(self).__name__}: seed", 0)
        )
        self.random_generator = None if seed is None else np.random.default_rng(self.seed)

    def change(self, images, rng):
        """Return changed images (N, H, W, C)."""
        raise NotImplementedError(f"{type(self).__name__} needs a method change")

    def call(self, x, training=False):
        """Return the images, changed at random if `training`."""
        check_images(type(self).__name__, x.shape)
        if not training:
            return x
        if x.requires_grad and keeps_graph():
            raise ValueError(
                f"{type(self).__name__} passes no gradient on: put it before the layers with "
                "weights"
            )
        rng = self.random_generator or random.generator()
        return Tensor(self.change(x.data, rng).astype(self.dtype, copy=False))

    def compute_output_shape(self, input_shape):
        """Return the input's shape."""
        check_images(type(self).__name__, input_shape)
        return input_shape

    def flops(self, input_shape):
        """Return 0: nothing when the model is used."""
        return 0

    def stored(self, input_shape):
        """Return 0: nothing is kept for the backward pass."""
        return 0


class RandomFlip(RandomLayer):
    """Mirrors images: each with probability ½.

    Parameters
    ----------
    mode : "horizontal_and_vertical", "horizontal" or "vertical"
        Of the first, each by a coin of its own (Keras tosses one for both).
    seed : int, optional
    """

    fields = ("mode", *RandomLayer.fields)

    def __init__(self, mode="horizontal_and_vertical", **kwargs):
        super().__init__(**kwargs)
        if mode not in MODES:
            raise checks.unknown_name("RandomFlip: mode", mode, MODES)
        self.mode = mode

    def change(self, images, rng):
        """Return images, some of them mirrored."""
        for axis in ("horizontal", "vertical"):
            if axis in self.mode:
                coins = (rng.random(len(images)) < 0.5)[:, np.newaxis, np.newaxis, np.newaxis]
                images = np.where(coins, image.flip(images, axis), images)
        return images


class RandomMove(RandomLayer):
    """What layers that move images have in common.

    Parameters
    ----------
    fill_mode : "reflect", "constant", "nearest" or "wrap"
        What lies beyond the border: see `minidl.image.warping`.
    interpolation : "bilinear" or "nearest"
    fill_value : float
        For "constant".
    seed : int, optional
    """

    fields = ("fill_mode", "interpolation", "fill_value", *RandomLayer.fields)

    def __init__(
        self, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0, **kwargs
    ):
        super().__init__(seed=seed, **kwargs)
        name = type(self).__name__
        for argument, value, known in (
            ("fill_mode", fill_mode, FILLS),
            ("interpolation", interpolation, INTERPOLATIONS),
        ):
            if value not in known:
                raise checks.unknown_name(f"{name}: {argument}", value, known)
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.fill_value = checks.real(fill_value, f"{name}: fill_value", -1e30, 1e30)

    def matrices(self, count, size, rng):
        """Return the moves (N, 2, 3) of `count` images of `size` (H, W)."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method matrices(count, size, rng)"
        )

    def change(self, images, rng):
        """Return images moved."""
        matrices = self.matrices(len(images), images.shape[1:3], rng)
        how = self.interpolation, self.fill_mode, self.fill_value
        return image.affine(images, matrices, None, *how)


class RandomRotation(RandomMove):
    """Turns images about their middle.

    Parameters
    ----------
    factor : float or (float, float)
        In whole turns, counter-clockwise; one number a is the range from −a to a.
    fill_mode, interpolation, seed, fill_value
        See `RandomMove`.

    >>> RandomRotation(0.1).get_config()["factor"]
    (-0.1, 0.1)
    """

    fields = ("factor", *RandomMove.fields)

    def __init__(self, factor, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.factor = checks.span(factor, "RandomRotation: factor", -1, 1)

    def matrices(self, count, size, rng):
        """Return turns."""
        return geometry.rotation(360 * rng.uniform(*self.factor, count), size)


class RandomTranslation(RandomMove):
    """Moves images.

    Parameters
    ----------
    height_factor, width_factor : float or (float, float)
        Shares of the height, downwards, and of the width, to the right; one number a is the range
        from −a to a.
    fill_mode, interpolation, seed, fill_value
        See `RandomMove`.
    """

    fields = ("height_factor", "width_factor", *RandomMove.fields)

    def __init__(self, height_factor, width_factor, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.height_factor = checks.span(height_factor, "RandomTranslation: height_factor", -1, 1)
        self.width_factor = checks.span(width_factor, "RandomTranslation: width_factor", -1, 1)

    def matrices(self, count, size, rng):
        """Return shifts."""
        down = rng.uniform(*self.height_factor, count) * size[0]
        return geometry.translation(rng.uniform(*self.width_factor, count) * size[1], down)


class RandomZoom(RandomMove):
    """Makes images smaller, by positive factors, and larger, by negative ones.

    Parameters
    ----------
    height_factor : float or (float, float)
        What shows is 1 + factor times as high as the image; one number a is the range from −a to
        a; from −1, without −1 itself, to 1.
    width_factor : float or (float, float), optional
        The same for the width; if not given, the factor drawn for the height.
    fill_mode, interpolation, seed, fill_value
        See `RandomMove`.
    """

    fields = ("height_factor", "width_factor", *RandomMove.fields)

    def __init__(self, height_factor, width_factor=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.height_factor = _zoom(height_factor, "RandomZoom: height_factor")
        self.width_factor = None
        if width_factor is not None:
            self.width_factor = _zoom(width_factor, "RandomZoom: width_factor")

    def matrices(self, count, size, rng):
        """Return changes of size."""
        high = wide = 1 + rng.uniform(*self.height_factor, count)
        if self.width_factor is not None:
            wide = 1 + rng.uniform(*self.width_factor, count)
        return geometry.scaling(1 / wide, 1 / high, size)


class RandomShear(RandomMove):
    """Slants images: what shows at (x, y) is the image at (x + x_factor · y, y + y_factor · x).

    As in Keras, about the upper left pixel, and one coin a image turns both factors' signs.

    Parameters
    ----------
    x_factor, y_factor : float or (float, float)
        From 0 to 1; one number a is the range from −a to a.
    interpolation, fill_mode, fill_value, seed
        See `RandomMove`.
    """

    fields = ("x_factor", "y_factor", *RandomMove.fields)

    def __init__(
        self,
        x_factor=0.0,
        y_factor=0.0,
        interpolation="bilinear",
        fill_mode="reflect",
        fill_value=0.0,
        *,
        seed=None,
        **kwargs,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, **kwargs)
        self.x_factor = checks.span(x_factor, "RandomShear: x_factor", -1, 1)
        self.y_factor = checks.span(y_factor, "RandomShear: y_factor", -1, 1)

    def matrices(self, count, size, rng):
        """Return slants."""
        sign = rng.choice([-1.0, 1.0], count)
        x, y = (sign * rng.uniform(*factor, count) for factor in (self.x_factor, self.y_factor))
        # At x · y = 1 nothing would be left of the area.
        y = np.where(np.abs(1 - x * y) < 1e-3, 0, y)
        back = geometry.shearing(x, y, (1, 1))  # the first pixel's middle stays
        return geometry.invert(back)


class RandomCrop(RandomLayer):
    """Cuts out a part of `height` × `width`, for each image at a place of its own.

    When the model is used, the largest middle part of the same shape is resized to that size; so
    are, while training, images that are smaller. That is what Keras's documentation says; its code
    leaves the images as they are. While training, Keras cuts a whole batch at one place.

    Parameters
    ----------
    height, width : int
    seed : int, optional
    """

    fields = ("height", "width", *RandomLayer.fields)

    def __init__(self, height, width, seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.height = checks.integer(height, "RandomCrop: height")
        self.width = checks.integer(width, "RandomCrop: width")

    def call(self, x, training=False):
        """Return the parts: at random if `training`, else the middle."""
        if training and x.shape[1] >= self.height and x.shape[2] >= self.width:
            return super().call(x, training)
        rows, columns = x.shape[1:3]
        height = max(min(rows, columns * self.height // self.width), 1)
        width = max(min(columns, rows * self.width // self.height), 1)
        top, left = (rows - height) // 2, (columns - width) // 2
        middle = x[:, top : top + height, left : left + width]
        if (height, width) == (self.height, self.width):
            return middle
        return ops.resize(middle, (self.height, self.width))

    def change(self, images, rng):
        """Return the parts."""
        count, rows, columns = images.shape[:3]
        top = rng.integers(rows - self.height + 1, size=count)[:, np.newaxis, np.newaxis]
        left = rng.integers(columns - self.width + 1, size=count)[:, np.newaxis, np.newaxis]
        row, column = np.arange(self.height)[:, np.newaxis], np.arange(self.width)
        return images[np.arange(count)[:, np.newaxis, np.newaxis], top + row, left + column]

    def compute_output_shape(self, input_shape):
        """Return (None, height, width, C)."""
        check_images("RandomCrop", input_shape)
        return (input_shape[0], self.height, self.width, input_shape[3])


def _zoom(factor, what):
    """Return the range of a factor by which the part shown grows, which has to stay positive."""
    limits = checks.span(factor, what, -1, 1)
    if limits[0] <= -1:
        raise ValueError(f"{what} needs numbers in (-1, 1], got {factor!r}")
    return limits
