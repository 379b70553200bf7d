"""The article's network for classifying images."""

from minidl import layers
from minidl.models import Sequential


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
