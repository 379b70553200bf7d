"""Twenty steps of the article's CNN, small and in float64, land where Keras lands."""

import pathlib

import numpy as np
import pytest

import minidl
from minidl import layers, optimizers

GOLDEN = np.load(pathlib.Path(__file__).parents[1] / "reference" / "keras.npz")
OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(0.01),
}


@pytest.fixture
def model():
    model = minidl.Sequential(
        [
            layers.Conv2D(4, (3, 3), activation="relu", input_shape=(12, 12, 1), dtype="float64"),
            layers.MaxPooling2D((2, 2), dtype="float64"),
            layers.Flatten(dtype="float64"),
            layers.Dense(8, activation="relu", dtype="float64"),
            layers.Dense(4, activation="softmax", dtype="float64"),
        ]
    )
    model.set_weights([GOLDEN[f"cnn/start/{i}"] for i in range(6)])
    return model


def test_the_same_weights_predict_the_same(model):
    np.testing.assert_allclose(
        model.predict(GOLDEN["cnn/x"]), GOLDEN["cnn/predictions"], rtol=1e-10
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_twenty_steps(model, name):
    model.compile(OPTIMIZERS[name](), "sparse_categorical_crossentropy")
    x, y = GOLDEN["cnn/x"], GOLDEN["cnn/y"]
    found = [
        model.train_on_batch(x[i % 40 : i % 40 + 8], y[i % 40 : i % 40 + 8])
        for i in range(0, 160, 8)
    ]
    np.testing.assert_allclose(found, GOLDEN[f"cnn/{name}/losses"], rtol=1e-5)
    for i, weight in enumerate(model.get_weights()):
        expected = GOLDEN[f"cnn/{name}/{i}"]
        assert np.abs(weight - expected).max() <= 1e-5 * np.abs(expected).max()
