"""Models with layers fused are the same models."""

from unittest import mock

import numpy as np
import pytest

import minidl
from minidl import layers, ops
from minidl.layers.layer import observe
from minidl.ops import fused


def images(n=12, channels=1, dtype="float32"):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 12, 12, channels)).astype(dtype), rng.integers(0, 3, n)


def trained(build, fusion, monkeypatch):
    """Return weights and predictions after three epochs of `build()`, in float64."""
    monkeypatch.setattr(minidl.config, "fusion", fusion)
    minidl.set_random_seed(0)
    model = build()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = images(dtype="float64")
    history = model.fit(x, y, batch_size=5, epochs=3, verbose=0).history
    return [*model.get_weights(), model.predict(x), np.array(history["loss"])]


def sequential():
    how = {"dtype": "float64"}
    return minidl.Sequential(
        [
            layers.Input((12, 12, 1), dtype="float64"),
            layers.Conv2D(4, 3, activation="relu", **how),
            layers.MaxPooling2D(2, **how),
            layers.Conv2D(4, 2, use_bias=False, **how),
            layers.BatchNormalization(**how),
            layers.Activation("relu", **how),
            layers.Flatten(**how),
            layers.Dense(8, activation="relu", **how),
            layers.Dense(5, **how),
            layers.BatchNormalization(**how),
            layers.Dense(3, activation="softmax", **how),
        ]
    )


def functional():
    """A pooling whose convolution is used twice, one that is used alone, and a shared layer."""
    how = {"dtype": "float64"}
    image = layers.Input((12, 12, 1), dtype="float64")
    both = layers.Conv2D(3, 3, padding="same", activation="relu", **how)(image)
    a = layers.MaxPooling2D(2, **how)(both)
    alone = layers.Conv2D(3, 3, padding="same", activation="relu", **how)(both)
    b = layers.MaxPooling2D(2, **how)(alone)
    joined = layers.Flatten(**how)(layers.Add(**how)([a, b]))
    shared = layers.Dense(108, activation="relu", **how)
    out = layers.Dense(3, activation="softmax", **how)(shared(shared(joined)))
    return minidl.Model(image, out)


@pytest.mark.parametrize("build", [sequential, functional])
def test_training_and_predictions_are_the_same(build, monkeypatch):
    for a, b in zip(
        trained(build, True, monkeypatch), trained(build, False, monkeypatch), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def calls(model, x, **options):
    """Count the calls of the two fused operations while the model computes."""
    with (
        mock.patch.object(fused, "conv2d_relu_pool", wraps=fused.conv2d_relu_pool) as pooled,
        mock.patch.object(fused, "dense", wraps=fused.dense) as dense,
    ):
        model(x, **options)
    return pooled.call_count, dense.call_count


def test_what_is_fused(monkeypatch):
    x, _ = images(dtype="float64")
    model = sequential()
    assert calls(model, x, training=True) == (1, 3)
    # Where no gradient is wanted, batch normalization is folded into the layer before it.
    unfolded = mock.patch.object(ops, "batch_norm", side_effect=AssertionError("not folded"))
    with minidl.no_grad(), unfolded:
        assert calls(model, x) == (1, 3)
    assert calls(functional(), x) == (1, 3)
    monkeypatch.setattr(minidl.config, "fusion", False)
    assert calls(model, x) == (0, 0)


def test_who_observes_layers_sees_each_of_them():
    model, seen = sequential(), []
    with observe(lambda layer, output: seen.append(layer)):
        model(images(dtype="float64")[0])
    assert seen == model.layers


@pytest.mark.parametrize(
    "pair",
    [
        [layers.Conv2D(2, 3), layers.MaxPooling2D(2)],
        [layers.Conv2D(2, 3, activation="relu", use_bias=False), layers.MaxPooling2D(2)],
        [layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(3)],
        [layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(2, strides=1)],
        [layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(2, padding="same")],
        [layers.Conv2D(2, 3, activation="relu"), layers.AveragePooling2D(2)],
        [layers.Conv2D(2, 3, activation="elu"), layers.BatchNormalization()],
    ],
)
def test_what_is_not(pair):
    x, _ = images()
    model = minidl.Sequential([layers.Input((12, 12, 1)), *pair])
    assert calls(model, x) == (0, 0)
    with minidl.no_grad():
        assert np.array_equal(model(x).data, pair[1](pair[0](x)).data)


def test_an_output_in_the_middle_is_kept():
    x, _ = images()
    image = layers.Input((12, 12, 1))
    middle = layers.Conv2D(2, 3, activation="relu")(image)
    model = minidl.Model(image, [middle, layers.MaxPooling2D(2)(middle)])
    whole, pooled = model(x)
    assert whole.shape == (12, 10, 10, 2)
    assert np.array_equal(pooled.data, ops.max_pool2d(whole.data, 2))


def test_frozen_layers_keep_their_weights():
    x, y = images()
    model = minidl.Sequential(
        [
            layers.Input((12, 12, 1)),
            layers.Conv2D(4, 3, activation="relu", trainable=False),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = model.get_weights()
    model.fit(x, y, verbose=0)
    after = model.get_weights()
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])


def test_errors_name_the_layer():
    model = minidl.Sequential([layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(2)])
    model(np.ones((1, 8, 8, 1)))
    dense = minidl.Sequential([layers.Flatten(), layers.Dense(3)])
    dense(np.ones((1, 4)))
    dense.layers[1].kernel.data = np.ones((5, 3), "float32")
    with pytest.raises(ValueError, match=r"layer 'dense.*the input has 4 features"):
        dense(np.ones((1, 4)))


def test_other_routes_are_fused_as_well():
    x, _ = images(channels=20)
    model = minidl.Sequential(
        [layers.Input((12, 12, 20)), layers.Conv2D(17, 3, activation="relu"), layers.MaxPooling2D()]
    )
    expected = model.layers[1](model.layers[0](x)).data
    assert np.array_equal(model(x).data, expected)
