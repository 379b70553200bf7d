"""A small model, and images that it learns."""

import numpy as np
import pytest

import minidl
from minidl import layers


@pytest.fixture
def examples():
    """Images (24, 4, 4, 1) of three classes: which column is bright."""
    rng = np.random.default_rng(0)
    x, y = rng.random((24, 4, 4, 1)).astype(np.float32) / 2, np.arange(24) % 3
    for image, label in zip(x, y, strict=True):
        image[:, label] += 1
    return x, y


@pytest.fixture
def model():
    model = minidl.Sequential(
        [layers.Input((4, 4, 1)), layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture
def play():
    """Call a callback's moments with the given numbers, epoch by epoch, as `fit` would.

    Returns the learning rates of the epochs that were begun.
    """

    def play(model, callback, name, values):
        callback.model = model
        model.stop_training = False
        rates = []
        callback.on_train_begin()
        for epoch, value in enumerate(values):
            callback.on_epoch_begin(epoch)
            rates.append(model.optimizer.learning_rate)
            callback.on_epoch_end(epoch, {name: value})
            if model.stop_training:
                break
        callback.on_train_end()
        return rates

    return play
