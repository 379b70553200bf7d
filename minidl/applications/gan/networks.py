"""The two networks of a GAN, in two forms: dense layers, or convolutions (DCGAN).

The generator makes an image in −1 … 1 of a row of random numbers, the noise. The discriminator
gives an image a score: above 0, it takes it for real. Neither knows anything of the other.
"""

import math

from minidl import layers
from minidl.models import Sequential
from minidl.runtime import checks
from minidl.runtime.registry import snake_case

#: How steeply LeakyReLU rises below 0, as in DCGAN.
SLOPE = 0.2
FORMS = ("dcgan", "dense")


def generator(form="dcgan", image_shape=(28, 28, 1), latent_dim=64, classes=0, width=64):
    """Return a network from noise to images.

    Dense: two layers of 4 and 8 · `width` units, then one unit a pixel. DCGAN (Radford, Metz and
    Chintala, 2016): a dense layer makes a picture of a quarter of the height and width with
    `width` channels, and two transposed convolutions, each of which paints 4 × 4 pixels for every
    one and doubles the size, make the image of it. Hidden layers are batch-normalised, without
    which all noise tends to give one image.

    Parameters
    ----------
    form : "dcgan" or "dense"
    image_shape : (H, W, C)
        For "dcgan", H and W are divisible by 4.
    latent_dim : int
        Length of the noise.
    classes : int
        If not 0, the noise is followed by a one-hot row: the class that is wanted.
    width : int

    Shapes
    ------
    (N, latent_dim + classes) → (N, H, W, C), from −1 to 1.

    >>> generator(classes=10).input_shape
    (None, 74)
    """
    _check(form, image_shape, classes, width)
    inputs = (checks.integer(latent_dim, "generator: latent_dim") + classes,)
    height, width_, channels = image_shape
    if form == "dense":
        return _network(
            "generator",
            inputs,
            [
                *_normalised(layers.Dense(4 * width, use_bias=False)),
                *_normalised(layers.Dense(8 * width, use_bias=False)),
                layers.Dense(math.prod(image_shape), activation="tanh"),
                layers.Reshape(image_shape),
            ],
        )
    small = (height // 4, width_ // 4, width)
    double = {"kernel_size": 4, "strides": 2, "padding": "same"}
    return _network(
        "generator",
        inputs,
        [
            *_normalised(layers.Dense(math.prod(small), use_bias=False)),
            layers.Reshape(small),
            *_normalised(layers.Conv2DTranspose(width // 2, **double, use_bias=False)),
            layers.Conv2DTranspose(channels, **double, activation="tanh"),
        ],
    )


def discriminator(form="dcgan", image_shape=(28, 28, 1), classes=0, width=64):
    """Return a network from images to scores.

    Dense: two layers of 8 and 4 · `width` units. DCGAN: two 4 × 4 convolutions of stride 2 to
    `width` // 2 and `width` channels. Both with LeakyReLU, which passes a gradient for every
    number, since the generator learns through it. There is no batch normalisation: a batch that
    is all real or all fake would be told by its mean, and the gradient penalty, which looks at one
    image at a time, would mean nothing.

    Parameters
    ----------
    form, image_shape, width
        As for `generator`.
    classes : int
        If not 0, there are as many scores more: see `training.GAN.score`.

    Shapes
    ------
    (N, H, W, C) → (N, 1 + classes)

    >>> discriminator(classes=10).compute_output_shape((None, 28, 28, 1))
    (None, 11)
    """
    _check(form, image_shape, classes, width)
    if form == "dense":
        hidden = [
            layers.Flatten(),
            layers.Dense(8 * width),
            layers.LeakyReLU(SLOPE),
            layers.Dense(4 * width),
            layers.LeakyReLU(SLOPE),
        ]
    else:
        halve = {"kernel_size": 4, "strides": 2, "padding": "same"}
        hidden = [
            layers.Conv2D(width // 2, **halve),
            layers.LeakyReLU(SLOPE),
            layers.Conv2D(width, **halve),
            layers.LeakyReLU(SLOPE),
            layers.Flatten(),
        ]
    return _network("discriminator", image_shape, [*hidden, layers.Dense(1 + classes)])


def _network(name, input_shape, row):
    """Return the layers as a model; their names do not depend on what was made before."""
    for i, layer in enumerate(row):
        layer.name = f"{snake_case(type(layer).__name__)}_{i}"
    return Sequential([layers.Input(input_shape), *row], name=name)


def _normalised(layer):
    return layer, layers.BatchNormalization(momentum=0.9), layers.ReLU()


def _check(form, image_shape, classes, width):
    if form not in FORMS:
        raise checks.unknown_name("form", form, FORMS)
    checks.integer(classes, "classes", 0)
    checks.integer(width, "width", 2)
    height, width, _ = (checks.integer(n, "image_shape") for n in image_shape)
    if form == "dcgan" and (height % 4 or width % 4):
        raise ValueError(
            f"dcgan: height and width need to be divisible by 4, got {height} × {width}"
        )
