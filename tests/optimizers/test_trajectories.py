"""Twenty steps of the article's CNN, small and in float64, land where Keras lands."""

import json
import pathlib

import numpy as np
import pytest

import minidl
from minidl import layers, losses, optimizers

REFERENCE = pathlib.Path(__file__).parents[1] / "reference"
GOLDEN = np.load(REFERENCE / "keras.npz")
TRAINING = np.load(REFERENCE / "keras_training.npz")
CASES = json.loads((REFERENCE / "cases.json").read_text())
X, Y = GOLDEN["cnn/x"], GOLDEN["cnn/y"]
OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(0.01),
}


def cnn(kernel=None, bias=None):
    penalties = {"kernel_regularizer": kernel, "bias_regularizer": bias}
    double = {"dtype": "float64"}
    model = minidl.Sequential(
        [
            layers.Input((12, 12, 1), **double),
            layers.Conv2D(4, (3, 3), activation="relu", **penalties, **double),
            layers.MaxPooling2D((2, 2), **double),
            layers.Flatten(**double),
            layers.Dense(8, activation="relu", **double),
            layers.Dense(4, activation="softmax", **penalties, **double),
        ]
    )
    model.set_weights([GOLDEN[f"cnn/start/{i}"] for i in range(6)])
    return model


def check_weights(model, golden, key):
    for i, weight in enumerate(model.get_weights()):
        expected = golden[f"{key}/{i}"]
        assert np.abs(weight - expected).max() <= 1e-5 * np.abs(expected).max()


def test_the_same_weights_predict_the_same():
    np.testing.assert_allclose(cnn().predict(X), GOLDEN["cnn/predictions"], rtol=1e-10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_twenty_steps(name):
    model = cnn()
    model.compile(OPTIMIZERS[name](), "sparse_categorical_crossentropy")
    found = [
        model.train_on_batch(X[i % 40 : i % 40 + 8], Y[i % 40 : i % 40 + 8])
        for i in range(0, 160, 8)
    ]
    np.testing.assert_allclose(found, GOLDEN[f"cnn/{name}/losses"], rtol=1e-5)
    check_weights(model, GOLDEN, f"cnn/{name}")


@pytest.mark.parametrize("key", CASES["optimizers"])
def test_four_epochs_of_five_batches(key):
    name, config = CASES["optimizers"][key]
    model = cnn()
    optimizer = optimizers.get({"class_name": name, "config": config})
    model.compile(optimizer, "sparse_categorical_crossentropy")
    history = model.fit(X, Y, batch_size=8, epochs=4, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], TRAINING[f"optimizers/{key}/losses"], rtol=1e-5)
    check_weights(model, TRAINING, f"optimizers/{key}")


@pytest.mark.parametrize("key", CASES["trainings"])
def test_penalties_and_weights_are_keras(key):
    case, golden = CASES["trainings"][key], f"trainings/{key}"
    model = cnn(*case.get("regularizers", ()))
    model.compile(
        optimizers.SGD(0.1),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=["accuracy"],
    )
    weights = TRAINING["trainings/weights"] if "sample_weight" in case else None
    given = {"sample_weight": weights}
    if weights is not None:
        given["validation_data"] = (X[:9], Y[:9], weights[:9])
    if "class_weight" in case:
        given["class_weight"] = {int(k): w for k, w in case["class_weight"].items()}
        given["validation_split"] = 0.25
    history = model.fit(X, Y, batch_size=8, shuffle=False, verbose=0, **given).history
    for name, values in history.items():
        np.testing.assert_allclose(values, TRAINING[f"{golden}/{name}"], rtol=1e-5)
    check_weights(model, TRAINING, golden)
    found = model.evaluate(X, Y, batch_size=7, sample_weight=weights, verbose=0, return_dict=True)
    names = TRAINING[f"{golden}/names"].tolist()
    assert sorted(found) == sorted(names)
    ours = [found[name] for name in names]
    np.testing.assert_allclose(ours, TRAINING[f"{golden}/evaluate"], rtol=1e-5)


def test_a_sigmoid_and_binary_crossentropy_are_keras():
    model = minidl.Sequential(
        [
            layers.Flatten(input_shape=(12, 12, 1), dtype="float64"),
            layers.Dense(1, "sigmoid", dtype="float64"),
        ]
    )
    model.set_weights([np.linspace(-0.2, 0.3, 144)[:, np.newaxis], np.zeros(1)])
    loss = losses.BinaryCrossentropy(label_smoothing=0.1)
    model.compile(optimizers.SGD(0.5), loss, metrics=["accuracy"])
    history = model.fit(X, Y % 2, batch_size=8, epochs=4, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], TRAINING["binary/losses"], rtol=1e-5)
    np.testing.assert_allclose(history["accuracy"], TRAINING["binary/accuracy"], rtol=1e-12)
    check_weights(model, TRAINING, "binary")
