"""Layers by name or place, models cut at a layer, and other heads on old networks."""

import numpy as np
import pytest

import minidl
from minidl import layers
from minidl.applications import article_cnn, residual_cnn


def images(shape, count=3):
    return np.random.default_rng(0).random((count, *shape), np.float32)


def functional():
    minidl.set_random_seed(1)
    return residual_cnn((12, 12, 1), filters=(4, 6))


def small_cnn():
    minidl.set_random_seed(1)
    return article_cnn((8, 8, 1), 3)


@pytest.mark.parametrize("make", [small_cnn, functional])
def test_every_layer_by_name_and_place(make):
    model = make()
    for i, layer in enumerate(model.layers):
        assert model.get_layer(layer.name) is layer
        assert model.get_layer(index=i) is layer
        assert model.get_layer(index=i - len(model.layers)) is layer


def test_layers_of_a_subclass():
    class Net(minidl.Model):
        def __init__(self):
            super().__init__()
            self.rows = [layers.Dense(3), layers.Dense(2)]
            self.again = self.rows[0]

    model = Net()
    assert model.layers == model.rows
    assert model.get_layer(index=1) is model.rows[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "a name or an index, one of the two"),
        ({"name": "dense", "index": 0}, "a name or an index, one of the two"),
        ({"index": 5}, "there are 5 layers, got index 5"),
        ({"index": -6}, "at least -5, got -6"),
        ({"name": "hed"}, "unknown layer of .* 'hed': did you mean 'head'"),
    ],
)
def test_no_such_layer(arguments, message):
    model = small_cnn()
    model.pop()
    model.add(layers.Dense(3, name="head"))
    with pytest.raises(ValueError, match=message):
        model.get_layer(**arguments)


@pytest.mark.parametrize("make", [small_cnn, functional])
def test_a_model_cut_at_any_layer_gives_what_the_layer_gave(make):
    model = make()
    x = images(model.input_shape[1:])
    outputs = {}
    with minidl.layers.layer.observe(lambda layer, output: outputs.update({layer: output.data})):
        model(x)
    for layer in model.layers:
        cut = minidl.Model(model.inputs, layer.output)
        np.testing.assert_allclose(cut([x]).data, outputs[layer], rtol=1e-5, atol=1e-6)
        assert cut.output.shape == (None, *outputs[layer].shape[1:])


def test_a_cut_model_shares_the_weights():
    model = small_cnn()
    cut = minidl.Model(model.input, model.layers[-2].output)
    model.layers[0].kernel.data[...] = 0
    model.layers[0].bias.data[...] = 0
    model.layers[3].bias.data[...] = 2
    assert (cut(images((8, 8, 1))).data == 2).all()


def test_a_new_head():
    model = small_cnn()
    x = images((8, 8, 1))
    features = minidl.Model(model.input, model.layers[-2].output)(x).data
    old = model.pop()
    assert old.units == 3
    np.testing.assert_allclose(model(x).data, features, rtol=1e-5)
    assert model.output.shape == (None, 128)
    model.add(layers.Dense(7, activation="softmax"))
    assert model.predict(x, verbose=0).shape == (3, 7)
    assert model.output.layer is model.layers[-1]
    outside = minidl.Model(model.input, layers.Dense(2)(model.layers[-2].output))
    assert outside(x).shape == (3, 2)


def test_a_model_inside_another_is_cut_by_its_own_symbols():
    inner = small_cnn()
    outer = minidl.Sequential([layers.Input((8, 8, 1)), inner, layers.Dense(2)])
    assert outer.input is not inner.input
    x = images((8, 8, 1))
    cut = minidl.Model(inner.input, inner.layers[0].output)
    assert cut(x).shape == (3, 6, 6, 32)
    around = minidl.Model(outer.input, inner(outer.input))
    np.testing.assert_allclose(around(x).data, inner(x).data, rtol=1e-6)
    with pytest.raises(ValueError, match="which is not among the inputs"):
        minidl.Model(outer.input, inner.output)


def test_what_has_no_output_yet():
    with pytest.raises(RuntimeError, match="layer 'lone' has no input and output yet"):
        _ = layers.Dense(2, name="lone").output
    model = minidl.Sequential([layers.Dense(2)])
    with pytest.raises(RuntimeError, match="the input's shape is not known yet"):
        _ = model.input
    model(np.ones((1, 3)))
    assert model.input.shape == (None, 3)
    model.pop()
    with pytest.raises(ValueError, match="the model has no layers"):
        model.pop()
