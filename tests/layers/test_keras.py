"""Every layer, given Keras's weights, returns what Keras returns."""

import json
import pathlib

import numpy as np
import pytest

from minidl import layers

GOLDEN = np.load(pathlib.Path(__file__).parents[1] / "reference" / "keras_layers.npz")
KEYS = sorted({key.split("/")[0] for key in GOLDEN if key[0].isdigit()})
CASES = {key: json.loads(str(GOLDEN[f"{key}/case"])) for key in KEYS}
# Keras on TensorFlow computes these in float32, or with float32 constants.
IN_FLOAT32 = (
    "AveragePooling2D",
    "BatchNormalization",
    "LeakyReLU",
    "MaxPooling2D",
    "ReLU",
    "UpSampling2D",
)


def label(key):
    name, arguments = CASES[key]
    return f"{name}-{'-'.join(arguments)}" if arguments else name


def weights_of(prefix):
    return [GOLDEN[k] for k in sorted(GOLDEN) if k.startswith(f"{prefix}/w")]


def make(key):
    name, arguments = CASES[key]
    arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}
    layer = getattr(layers, name)(**arguments, dtype="float64")
    layer.build_for((None, *GOLDEN[f"{key}/x"].shape[1:]))
    layer.set_weights(weights_of(key))
    return layer


def close(found, expected, name):
    tolerance = 2e-6 if name in IN_FLOAT32 else 1e-10
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("key", KEYS, ids=label)
def test_output(key):
    close(make(key)(GOLDEN[f"{key}/x"]).data, GOLDEN[f"{key}/y"], CASES[key][0])


@pytest.mark.parametrize("key", [k for k in KEYS if f"{k}/trained/y" in GOLDEN], ids=label)
def test_output_and_statistics_in_training(key):
    layer = make(key)
    close(layer(GOLDEN[f"{key}/x"], training=True).data, GOLDEN[f"{key}/trained/y"], CASES[key][0])
    for found, expected in zip(layer.get_weights(), weights_of(f"{key}/trained"), strict=True):
        close(found, expected, CASES[key][0])


def test_embedding():
    layer = layers.Embedding(9, 4, dtype="float64")
    layer.build_for((None, 5))
    layer.set_weights([GOLDEN["embedding/w0"]])
    np.testing.assert_array_equal(layer(GOLDEN["embedding/x"]).data, GOLDEN["embedding/y"])


def test_every_layer_is_here():
    tested = {name for name, _ in CASES.values()} | {"Embedding"}
    others = {"Add", "Concatenate", "Input", "Layer"}  # in tests/models/test_graph.py
    random = {name for name in layers.__all__ if name.startswith("Random")}  # test_augmentation.py
    assert tested | others | random == set(layers.__all__)
