import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl import layers

IMAGES = np.random.default_rng(0).normal(size=(2, 9, 8, 3)).astype(np.float32)


def every_layer():
    return [
        (layers.Conv2D(4, 3, activation="relu"), IMAGES),
        (layers.Conv2D(4, (2, 3), strides=(2, 1), padding="same", use_bias=False), IMAGES),
        (layers.Conv2D(2, 3, dilation_rate=2), IMAGES),
        (layers.MaxPooling2D(), IMAGES),
        (layers.MaxPooling2D(3, strides=2, padding="same"), IMAGES),
        (layers.Flatten(), IMAGES),
        (layers.Dense(5, activation="softmax"), IMAGES.reshape(2, -1)),
        (layers.Dense(5), IMAGES),
        (layers.Dropout(0.5), IMAGES),
        (layers.Activation("tanh"), IMAGES),
    ]


def identity(case):
    return type(case[0]).__name__ if isinstance(case, tuple) else None


@pytest.mark.parametrize("case", every_layer(), ids=identity)
def test_the_shape_rule_agrees_with_the_output(case):
    layer, x = case
    shape = layer.compute_output_shape((None, *x.shape[1:]))
    assert layer(x).shape == (len(x), *shape[1:])


@pytest.mark.parametrize("case", every_layer(), ids=identity)
def test_a_layer_made_again_from_its_configuration_does_the_same(case):
    layer, x = case
    expected = layer(x).data
    again = type(layer).from_config(layer.get_config())
    again.build_for((None, *x.shape[1:]))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(x).data, expected)


@pytest.mark.parametrize("case", every_layer(), ids=identity)
def test_gradients_through_the_layer(case):
    layer, x = case
    x = x.astype(np.float64)
    config = layer.get_config() | {"dtype": "float64"}
    if config.get("activation") == "relu":
        config["activation"] = "sigmoid"  # differences need to stay away from kinks
    layer = type(layer).from_config(config)
    layer.build_for((None, *x.shape[1:]))
    mine = layer.weights

    def f(x, *weights):
        for weight, replacement in zip(mine, weights, strict=True):
            object.__setattr__(layer, weight.name, replacement)
        return layer(x)

    minidl.check_grads(f, x, *(w.data + 0.1 for w in mine), order=2)


def test_dense_is_a_product_and_a_sum():
    layer = layers.Dense(2)
    layer.build_for((None, 3))
    layer.set_weights([np.array([[1, 2], [3, 4], [5, 6]]), np.array([10, 20])])
    np.testing.assert_array_equal(layer(np.float32([[1, 0, 1]])).data, [[16, 28]])


def test_flatten_keeps_the_order_of_numpy():
    np.testing.assert_array_equal(layers.Flatten()(IMAGES).data, IMAGES.reshape(2, -1))


@given(st.floats(0, 0.95), st.integers(0, 100))
def test_dropout_drops_its_share_while_training_and_keeps_the_mean(rate, seed):
    minidl.set_random_seed(seed)
    x = np.ones((100, 100), np.float32)
    layer = layers.Dropout(rate)
    y = layer(x, training=True).data
    kept = y != 0
    # Five standard deviations of the share of 10,000 coins.
    assert abs(kept.mean() - (1 - rate)) <= 5 * (rate * (1 - rate) / x.size) ** 0.5
    np.testing.assert_allclose(y[kept], 1 / (1 - rate), rtol=1e-6)
    np.testing.assert_array_equal(layer(x, training=False).data, x)


def test_trainable_freezes_and_thaws():
    layer = layers.Dense(2)
    layer.build_for((None, 3))
    layer.trainable = False
    assert layer.trainable_weights == []
    assert len(layer.weights) == 2
    layer.trainable = True
    assert len(layer.trainable_weights) == 2
    assert layers.Dense(2, trainable=False)(np.ones((1, 3))).requires_grad is False


def test_names_count_up_and_can_be_given():
    first, second = layers.MaxPooling2D(), layers.MaxPooling2D()
    assert first.name.startswith("max_pooling2d")
    assert first.name != second.name
    assert layers.Dense(1, name="head").name == "head"


def test_get_weights_are_copies():
    layer = layers.Dense(2)
    layer.build_for((None, 3))
    layer.get_weights()[0][:] = 7
    assert not (layer.kernel.data == 7).any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Conv2D(0, 3), "Conv2D: filters needs a whole number of at least 1, got 0"),
        (lambda: layers.Conv2D(4, 0), "Conv2D: kernel_size"),
        (lambda: layers.Conv2D(4, (3, 3, 3)), "Conv2D: kernel_size needs one whole number or two"),
        (lambda: layers.Conv2D(4, 3, strides=0), "Conv2D: strides"),
        (
            lambda: layers.Conv2D(4, 3, padding="sane"),
            r"Conv2D: padding needs 'valid', 'same' or .*got 'sane'",
        ),
        (lambda: layers.Conv2D(4, 3, activation="rely"), "did you mean 'relu'"),
        (lambda: layers.MaxPooling2D(-2), "MaxPooling2D: pool_size"),
        (lambda: layers.Dense(-1), "Dense: units"),
        (lambda: layers.Dropout(1.5), r"Dropout: rate needs a number in \[0, 1\]"),
        (lambda: layers.Dropout(1), r"\[0, 1\)"),
        (lambda: layers.Dense(2, dtype="float16"), "dtype needs 'float32' or 'float64'"),
        (lambda: layers.Dense(2, name="a/b"), "name needs text without '/'"),
        (lambda: layers.Input((28, -1)), "Input: the input's shape"),
    ],
)
def test_bad_sizes_and_names_are_refused_in_the_constructor(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("make", [lambda: layers.Dense(2.0), lambda: layers.Conv2D("4", 3)])
def test_sizes_that_are_no_whole_numbers_are_refused(make):
    with pytest.raises(TypeError, match="needs a whole number, got"):
        make()


def test_errors_name_the_layer_what_came_and_what_is_needed():
    layer = layers.Conv2D(4, 3, name="first")
    with pytest.raises(
        ValueError, match=r"layer 'first': .*\(N, H, W, C\), got shape \('N', 28, 28\)"
    ):
        layer(np.ones((2, 28, 28)))
    with pytest.raises(ValueError, match=r"layer 'first'.*3 × 3 window does not fit in the 2 × 2"):
        layer(np.ones((1, 2, 2, 1)))
    layer(np.ones((1, 5, 5, 1)))
    with pytest.raises(ValueError, match="layer 'first': conv2d: x has 3 channels"):
        layer(np.ones((1, 5, 5, 3)))
    dense = layers.Dense(2, name="second")
    dense(np.ones((1, 4)))
    with pytest.raises(ValueError, match="layer 'second': the input has 5 features"):
        dense(np.ones((1, 5)))


def test_set_weights_refuses_wrong_counts_and_shapes_and_changes_nothing():
    layer = layers.Dense(2, name="d")
    layer.build_for((None, 3))
    before = layer.get_weights()
    kernel, bias = np.zeros((3, 2)), np.zeros(2)
    wrong = [
        ([kernel], r"d: set_weights needs 2 arrays, got 1: 'bias' \(2,\) gets none"),
        ([bias], r"needs 2 arrays, got 1: 'kernel' needs shape \(3, 2\), got \(2,\)"),
        ([kernel, bias, bias], r"needs 2 arrays, got 3: no weight is left for one of shape \(2,\)"),
        ([kernel, np.zeros(1)], r"d: set_weights 'bias' needs shape \(2,\), got \(1,\)"),
        ([kernel, np.zeros(3)], r"'bias' needs shape \(2,\), got \(3,\)"),
        ([[[1], [1, 2]], bias], "item 0 is not an array"),
    ]
    for arrays, message in wrong:
        with pytest.raises(ValueError, match=message):
            layer.set_weights(arrays)
    with pytest.raises(TypeError, match="array 1 needs real numbers, got complex128"):
        layer.set_weights([kernel, bias * 1j])
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_errors_of_a_model_name_the_layer_whose_weight_does_not_fit():
    inner = minidl.Sequential([layers.Dense(2, name="first"), layers.Dense(1, name="second")])
    inner.name = "inner"
    model = minidl.Sequential([layers.Input((3,)), inner])
    arrays = model.get_weights()
    arrays[2] = arrays[2].T
    with pytest.raises(
        ValueError, match=r"'inner/second/kernel' needs shape \(2, 1\), got \(1, 2\)"
    ):
        model.set_weights(arrays)


@pytest.mark.parametrize("top", range(4))
@pytest.mark.parametrize("left", range(4))
def test_cropping_cuts_what_it_says(top, left):
    cropped = layers.Cropping2D(((top, 1), (left, 2)))(IMAGES).data
    np.testing.assert_array_equal(cropped, IMAGES[:, top:-1, left:-2])
