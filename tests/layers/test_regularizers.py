"""Every layer with weights: its initializers and regularizers, by Keras's names."""

import json

import numpy as np
import pytest

import minidl
from minidl import layers, regularizers

IMAGES = np.random.default_rng(0).normal(size=(2, 6, 5, 4)).astype(np.float32)
NUMBERS = np.array([[0, 3, 2]])
KERNEL, NORM = {"kernel": "kernel", "bias": "bias"}, {"gamma": "gamma", "beta": "beta"}
#: Class, arguments, an input, and for each weight how its initializer and regularizer are called.
CASES = [
    (layers.Dense, {"units": 3}, IMAGES, KERNEL),
    (layers.Conv2D, {"filters": 6, "kernel_size": 3, "groups": 2}, IMAGES, KERNEL),
    (layers.Conv2DTranspose, {"filters": 3, "kernel_size": (3, 2)}, IMAGES, KERNEL),
    (
        layers.DepthwiseConv2D,
        {"kernel_size": 3, "depth_multiplier": 2},
        IMAGES,
        {"kernel": "depthwise", "bias": "bias"},
    ),
    (
        layers.SeparableConv2D,
        {"filters": 3, "kernel_size": 3},
        IMAGES,
        {"depthwise_kernel": "depthwise", "pointwise_kernel": "pointwise", "bias": "bias"},
    ),
    (layers.BatchNormalization, {}, IMAGES, NORM),
    (layers.LayerNormalization, {"axis": (1, -1)}, IMAGES, NORM),
    (layers.GroupNormalization, {"groups": 2}, IMAGES, NORM),
    (layers.Embedding, {"input_dim": 4, "output_dim": 3}, NUMBERS, {"embeddings": "embeddings"}),
]
every_layer = pytest.mark.parametrize(
    ("kind", "arguments", "x", "names"), CASES, ids=lambda v: getattr(v, "__name__", "")
)


@every_layer
def test_each_weight_is_drawn_and_penalised_as_asked(kind, arguments, x, names):
    drawn = {f"{name}_initializer": {"class_name": "RandomNormal", "config": {"stddev": 1.0}}
             for name in names.values()}  # fmt: skip
    penalty = regularizers.L1L2(0.25, 0.5)
    for weight, name in names.items():
        layer = kind(**arguments, **drawn, **{f"{name}_regularizer": penalty})
        layer(x)
        numbers = getattr(layer, weight).data.astype(float)
        assert numbers.std() > 0
        expected = 0.25 * np.abs(numbers).sum() + 0.5 * (numbers**2).sum()
        (loss,) = layer.losses
        assert loss.item() == pytest.approx(expected, rel=1e-5)
        layer.trainable = False
        assert layer.losses == []


@every_layer
def test_they_come_back_from_the_configuration(kind, arguments, x, names):
    given = {f"{name}_initializer": "he_normal" for name in names.values()}
    given |= {f"{name}_regularizer": regularizers.L2(0.3) for name in names.values()}
    layer = kind(**arguments, **given, name="same")
    config = json.loads(json.dumps(layer.get_config()))
    tuples = {k: tuple(v) if isinstance(v, list) else v for k, v in config.items()}
    again = kind.from_config(tuples)
    assert again.get_config() == layer.get_config()
    for each in (layer, again):
        minidl.set_random_seed(1)
        each(x)
    for a, b in zip(layer.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert [loss.item() for loss in again.losses] == [loss.item() for loss in layer.losses]
    assert len(again.losses) == len(names)


@every_layer
def test_unknown_names_are_refused(kind, arguments, x, names):
    for name in names.values():
        with pytest.raises(ValueError, match="unknown regularizer 'l3': did you mean"):
            kind(**arguments, **{f"{name}_regularizer": "l3"})
        with pytest.raises(ValueError, match="unknown initializer 'zeroes': did you mean 'zeros'"):
            kind(**arguments, **{f"{name}_initializer": "zeroes"})
    with pytest.raises(TypeError, match="pizza_regularizer"):
        kind(**arguments, pizza_regularizer="l2")


@every_layer
def test_they_come_back_from_a_file(kind, arguments, x, names, tmp_path):
    given = {f"{name}_regularizer": "l1" for name in names.values()}
    model = minidl.Sequential([layers.Input(x.shape[1:]), kind(**arguments, **given)])
    model.save(tmp_path / "m.safetensors")
    again = minidl.load_model(tmp_path / "m.safetensors")
    assert again.get_config() == model.get_config()
    assert [loss.item() for loss in again.losses] == [loss.item() for loss in model.losses]
    assert len(again.losses) == len(names)


def test_initializers_of_the_moving_statistics():
    layer = layers.BatchNormalization(
        moving_mean_initializer="ones", moving_variance_initializer=minidl.initializers.Constant(4)
    )
    y = layer(IMAGES).data
    np.testing.assert_allclose(y, (IMAGES - 1) / np.sqrt(4 + 1e-3), rtol=1e-5)
    again = layers.BatchNormalization.from_config(layer.get_config())
    np.testing.assert_array_equal(again(IMAGES).data, y)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (layers.DepthwiseConv2D, {"kernel_size": 3}),
        (layers.SeparableConv2D, {"filters": 3, "kernel_size": 3}),
    ],
)
@pytest.mark.parametrize("other", ["kernel_regularizer", "kernel_initializer", "groups"])
def test_arguments_of_other_convolutions_are_refused(kind, arguments, other):
    with pytest.raises(TypeError, match=other):
        kind(**arguments, **{other: None})
