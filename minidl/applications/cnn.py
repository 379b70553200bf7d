"""Networks for classifying images: the article's, and a small residual one."""

from minidl import layers
from minidl.models import Model, Sequential


def article_cnn(input_shape=(28, 28, 1), classes=10):
    """Return the article's CNN, not compiled yet.

    Convolution 3 × 3 to 32 channels, ReLU, max-pooling 2 × 2, a dense layer of 128 units,
    ReLU, and a dense layer of one unit per class, softmax.

    Parameters
    ----------
    input_shape : (H, W, C)
        At least 4 × 4.
    classes : int

    >>> article_cnn().count_params()
    693962
    """
    return Sequential(
        [
            layers.Conv2D(32, (3, 3), activation="relu", input_shape=input_shape),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def residual_cnn(input_shape=(28, 28, 1), classes=10, filters=(16, 32)):
    """Return a small residual network, not compiled yet: an example of the functional form.

    Each block adds its input to what two convolutions make of it, so that gradients have a
    short way back (He et al., 2016). Between blocks, the image is halved and the channels
    change, on the side path by a 1 × 1 convolution.

    Parameters
    ----------
    input_shape : (H, W, C)
    classes : int
    filters : tuple of int
        Channels of each block.

    >>> residual_cnn().count_params()
    20122
    """
    image = layers.Input(input_shape)
    x = _normalized(layers.Conv2D(filters[0], 3, padding="same", use_bias=False)(image))
    for channels in filters:
        side = layers.Conv2D(channels, 1, strides=2, use_bias=False)(x)
        x = layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False)(x)
        x = _normalized(x)
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(layers.Add()([x, side]))
    x = layers.GlobalAveragePooling2D()(x)
    return Model(image, layers.Dense(classes, activation="softmax")(x))


def _normalized(x):
    return layers.ReLU()(layers.BatchNormalization()(x))
