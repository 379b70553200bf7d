"""Arguments of layers: Keras's defaults, and where they begin to be wrong."""

import inspect
import re

import numpy as np
import pytest

from minidl import layers, ops
from minidl.layers import Layer
from minidl.layers.layer import size_of
from minidl.layers.normalization import Normalization

GLOROT = {"class_name": "GlorotUniform", "config": {"seed": None}}
ZEROS = {"class_name": "Zeros", "config": {}}
ALL = {"trainable": True, "dtype": "float32"}
BIAS = {"use_bias": True, "bias_initializer": ZEROS, "activation": "linear"}
WINDOWS = {"kernel_size": (3, 3), "strides": (1, 1), "padding": "valid", "dilation_rate": (1, 1)}
SHIFT = {"epsilon": 1e-3, "center": True, "scale": True}
BEYOND = {"fill_mode": "reflect", "interpolation": "bilinear", "fill_value": 0.0, "seed": None}
POOL = {"pool_size": (2, 2), "strides": (2, 2), "padding": "valid"}
#: Arguments that there must be, and Keras's defaults of the others.
DEFAULTS = {
    "Activation": (["tanh"], {"activation": "tanh"}),
    "Add": ([], {}),
    "AveragePooling2D": ([], POOL),
    "BatchNormalization": ([], {"axis": -1, "momentum": 0.99, **SHIFT}),
    "Concatenate": ([], {"axis": -1}),
    "Conv2D": ([4, 3], {"filters": 4, **WINDOWS, **BIAS, "groups": 1,
                        "kernel_initializer": GLOROT}),
    "Conv2DTranspose": ([4, 3], {"filters": 4, **WINDOWS, **BIAS, "output_padding": None,
                                 "kernel_initializer": GLOROT}),
    "Cropping2D": ([], {"cropping": ((0, 0), (0, 0))}),
    "Dense": ([4], {"units": 4, **BIAS, "kernel_initializer": GLOROT}),
    "DepthwiseConv2D": ([3], {**WINDOWS, **BIAS, "depth_multiplier": 1}),
    "Dropout": ([0.5], {"rate": 0.5}),
    "Embedding": ([9, 4], {"input_dim": 9, "output_dim": 4}),
    "Flatten": ([], {}),
    "GlobalAveragePooling2D": ([], {"keepdims": False}),
    "GlobalMaxPooling2D": ([], {"keepdims": False}),
    "GroupNormalization": ([], {"groups": 32, **SHIFT}),
    "LayerNormalization": ([], {"axis": (-1,), **SHIFT}),
    "LeakyReLU": ([], {"negative_slope": 0.3}),
    "MaxPooling2D": ([], POOL),
    "RandomBrightness": ([0.2], {"factor": (-0.2, 0.2), "value_range": (0, 255), "seed": None}),
    "RandomContrast": ([0.2], {"factor": (0.2, 0.2), "value_range": (0, 255), "seed": None}),
    "RandomCrop": ([4, 3], {"height": 4, "width": 3, "seed": None}),
    "RandomFlip": ([], {"mode": "horizontal_and_vertical", "seed": None}),
    "RandomHue": ([0.2], {"factor": (0, 0.2), "value_range": (0, 255), "seed": None}),
    "RandomRotation": ([0.2], {"factor": (-0.2, 0.2), **BEYOND}),
    "RandomSaturation": ([0.2], {"factor": (0, 0.2), "value_range": (0, 255), "seed": None}),
    "RandomShear": ([], {"x_factor": (0, 0), "y_factor": (0, 0), **BEYOND}),
    "RandomTranslation": ([0.2, 0.1], {"height_factor": (-0.2, 0.2), "width_factor": (-0.1, 0.1),
                                       **BEYOND}),
    "RandomZoom": ([0.2], {"height_factor": (-0.2, 0.2), "width_factor": None, **BEYOND}),
    "ReLU": ([], {"max_value": None, "negative_slope": 0.0, "threshold": 0.0}),
    "Rescaling": ([2], {"scale": 2.0, "offset": 0.0}),
    "Reshape": ([(2, 3)], {"target_shape": (2, 3)}),
    "SeparableConv2D": ([4, 3], {"filters": 4, **WINDOWS, **BIAS, "depth_multiplier": 1,
                                 "depthwise_initializer": GLOROT,
                                 "pointwise_initializer": GLOROT}),
    "Softmax": ([], {}),
    "SpatialDropout2D": ([0.5], {"rate": 0.5}),
    "UpSampling2D": ([], {"size": (2, 2), "interpolation": "nearest"}),
    "ZeroPadding2D": ([], {"padding": ((1, 1), (1, 1))}),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults_are_keras(name):
    needed, defaults = DEFAULTS[name]
    layer = getattr(layers, name)(*needed)
    config = layer.get_config()
    assert {key: config[key] for key in (ALL | defaults)} == ALL | defaults
    assert {v for k, v in config.items() if k.endswith("_regularizer")} <= {None}
    again = type(layer).from_config(config | {"trainable": False, "dtype": "float64"})
    assert again.get_config() == config | {"trainable": False, "dtype": "float64"}
    assert (layer.built, layer.input_shape, layer.losses) == (False, None, [])
    given = type(layer)(*needed, name="here", input_shape=(4, 2))
    assert (given.name, given.input_shape) == ("here", (None, 4, 2))
    for call in (layer.call, layer.__call__, Layer.call):
        assert inspect.signature(call).parameters["training"].default is False


def test_every_layer_has_defaults():
    assert {*DEFAULTS, "Input", "Layer"} == set(layers.__all__)


X3, X4 = np.ones((2, 3, 4)), np.ones((2, 4, 4, 6))


@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (lambda: layers.BatchNormalization(-2), X3),
        (lambda: layers.BatchNormalization(2, 0, 1e-300), X3),
        (lambda: layers.BatchNormalization(-8, 1), np.ones((1,) * 9)),
        (lambda: layers.Concatenate(-2), [X3, X3]),
        (lambda: layers.Concatenate(2), [X3, X3]),
        (lambda: layers.Conv2D(1, 1), X4),
        (lambda: layers.Conv2D(6, 4, groups=6), X4),
        (lambda: layers.Conv2DTranspose(1, 1, 2, output_padding=0), X4),
        (lambda: layers.Conv2DTranspose(1, 1, (2, 3), output_padding=(1, 2)), X4),
        (lambda: layers.Conv2DTranspose(1, 3, 1, "same", output_padding=0), X4[:, :1, :1]),
        (lambda: layers.Cropping2D(((3, 0), (1, 2))), X4),
        (lambda: layers.DepthwiseConv2D(1, depth_multiplier=1), X4),
        (lambda: layers.Dropout(0), X3),
        (lambda: layers.Dropout(0.999), X3),
        (lambda: layers.Embedding(1, 1), X3 * 0),
        (lambda: layers.Embedding(4, 1), X3 * 3),
        (lambda: layers.GroupNormalization(-1), X4),
        (lambda: layers.GroupNormalization(1), X4),
        (lambda: layers.GroupNormalization(6), X4),
        (lambda: layers.LayerNormalization((-1, 1)), X3),
        (lambda: layers.LayerNormalization(-8), np.ones((1,) * 9)),
        (lambda: layers.LeakyReLU(0), X3),
        (lambda: layers.MaxPooling2D(4, 1), X4),
        (lambda: layers.ReLU(0, 0, 0), X3),
        (lambda: layers.Reshape((-1, 1)), X3),
        (lambda: layers.Rescaling(0, -1), X3),
        (lambda: layers.ZeroPadding2D(0), X4),
    ],
)
def test_the_last_that_is_right(layer, x):
    layer = layer()
    y = layer(x)
    shape = [each.shape for each in x] if isinstance(x, list) else x.shape
    assert y.shape == layer.compute_output_shape(shape)


def call(kind, *args, shape=(2, 4, 4, 6), **options):
    several = isinstance(shape, list)
    x = [np.ones(s) for s in shape] if several else np.ones(shape)
    return lambda: getattr(layers, kind)(*args, **options)(x)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (call("Add", shape=[(2, 3)]), "Add needs at least 2 inputs, got 1"),
        (call("Add", shape=[]), "Add needs at least 2 inputs, got 0"),
        (call("Add", shape=[(2, 3), (2, 3), (2, 4)]), "Add needs inputs of one shape, got (N, 3),"),
        (call("Add", shape=[(2, 3), (1, 3)]), "Add needs inputs of one length, got 2, 1"),
        (call("BatchNormalization", 0), "axis 0 is the batch, or is not there"),
        (call("BatchNormalization", 4), "axis 4 is the batch, or is not there"),
        (call("BatchNormalization", -4), "axis -4 is the batch, or is not there"),
        (call("BatchNormalization", -9), "axis needs a whole number of at least -8, got -9"),
        (call("BatchNormalization", momentum=-0.01), "momentum needs a number in [0, 1]"),
        (call("BatchNormalization", momentum=1.01), "momentum needs a number in [0, 1]"),
        (call("BatchNormalization", epsilon=0), "epsilon needs a number in (0, inf), got 0"),
        (call("BatchNormalization", epsilon=np.inf), "epsilon needs a number in (0, inf), got inf"),
        (call("BatchNormalization", shape=(0, 3)), "there are no numbers in shape (0, 3)"),
        (call("Concatenate", 0), "Concatenate: axis 0 is the batch"),
        (call("Concatenate", -(10**6) - 1), "axis needs a whole number of at least -1000000"),
        (call("Concatenate", -(10**6), shape=[(2, 3), (2, 3)]), "but for axis -1000000, got"),
        (call("Concatenate", -2, shape=[(2, 3), (2, 3)]), "but for axis -2, got (N, 3), (N, 3)"),
        (call("Concatenate", 2, shape=[(2, 3), (2, 3)]), "but for axis 2, got (N, 3), (N, 3)"),
        (call("Concatenate", 4, shape=[(2, 3), (2, 3)]), "but for axis 4, got (N, 3), (N, 3)"),
        (call("Concatenate", shape=[(2, 3, 4), (2, 2, 4)]), "but for axis -1, got (N, 3, 4), (N,"),
        (call("Concatenate", 1, shape=[(2, 3), (2, 3, 4)]), "but for axis 1, got"),
        (call("Concatenate", shape=[(2, 3), (2, 3, 3)]), "but for axis -1, got"),
        (call("Concatenate", shape=[(2, 3)]), "Concatenate needs at least 2 inputs, got 1"),
        (call("Concatenate", shape=[(2, 3), (3, 3)]), "needs inputs of one length, got 2, 3"),
        (call("Conv2D", 4, 3, groups=0), "Conv2D: groups needs a whole number of at least 1"),
        (call("Conv2D", 4, 3, groups=4), "6 channels of the input cannot be cut into 4 equal"),
        (call("Conv2D", 4, 3, groups=3), "4 filters cannot be cut into 3 equal groups"),
        (call("Conv2D", 4, 5), "Conv2D: the 5 × 5 window does not fit"),
        (call("Conv2D", 4, 1, shape=(2, 0, 4, 6)), "images of shape (0, 4, 6) have no numbers"),
        (call("Conv2D", 4, 1, shape=(2, 4, 4, 0)), "images of shape (4, 4, 0) have no numbers"),
        (call("Conv2D", 4, 1, shape=(4, 4, 6)), "add the channel axis"),
        (call("Conv2DTranspose", 1, 1, 2, output_padding=2), "numbers below the strides (2, 2)"),
        (call("Conv2DTranspose", 1, 1, (3, 2), output_padding=2), "numbers below the strides"),
        (call("Conv2DTranspose", 1, 1, 2, output_padding=(0, 3)), "numbers below the strides"),
        (call("Conv2DTranspose", 1, 1, 2, output_padding=-1), "output_padding needs a whole numb"),
        (call("Conv2DTranspose", 1, 2, 1, "same", output_padding=0, shape=(2, 1, 3, 2)),
         "nothing comes out of an input of (None, 1, 3, 2)"),
        (call("Cropping2D", ((4, 0), (0, 0))), "nothing is left of 4 × 4 images"),
        (call("Cropping2D", ((0, 0), (2, 2))), "nothing is left of 4 × 4 images"),
        (call("Cropping2D", -1), "Cropping2D: cropping needs a whole number of at least 0"),
        (call("Dense", 0), "Dense: units needs a whole number of at least 1, got 0"),
        (call("Dense", 4, shape=(3,)), "Dense needs an input (N, …, features), got shape (None,)"),
        (call("DepthwiseConv2D", 3, depth_multiplier=0), "DepthwiseConv2D: depth_multiplier needs"),
        (call("Dropout", -0.01), "Dropout: rate needs a number in [0, 1], got -0.01"),
        (call("Dropout", 1), "Dropout: rate needs a number in [0, 1)"),
        (call("Dropout", 1.01), "Dropout: rate needs a number in [0, 1], got 1.01"),
        (call("Embedding", 0, 1), "Embedding: input_dim needs a whole number of at least 1"),
        (call("Embedding", 1, 0), "Embedding: output_dim needs a whole number of at least 1"),
        (call("Embedding", 1, 1), "inputs need to be whole numbers in 0 … 0"),
        (call("GroupNormalization", 0), "GroupNormalization: groups needs a positive number, or"),
        (call("GroupNormalization", -2), "groups needs a whole number of at least -1, got -2"),
        (call("GroupNormalization", 4), "6 channels cannot be cut into 4 equal groups"),
        (call("GroupNormalization", 12), "6 channels cannot be cut into 12 equal groups"),
        (call("GroupNormalization", 1, shape=(0, 4, 2)), "there are no numbers in shape"),
        (call("LayerNormalization", shape=(0, 3)), "there are no numbers in shape (0, 3)"),
        (call("LayerNormalization", -9), "axis needs a whole number of at least -8, got -9"),
        (call("LeakyReLU", -0.01), "LeakyReLU: negative_slope needs a number in [0, inf]"),
        (call("MaxPooling2D", 5), "MaxPooling2D: the 5 × 5 window does not fit"),
        (call("MaxPooling2D", 0), "MaxPooling2D: pool_size needs a whole number of at least 1"),
        (call("MaxPooling2D", 2, 0), "MaxPooling2D: strides needs a whole number of at least 1"),
        (call("MaxPooling2D", padding="some"), "MaxPooling2D: padding needs 'valid', 'same'"),
        (call("ReLU", -0.01), "ReLU: max_value needs a number in [0, inf], got -0.01"),
        (call("ReLU", None, -0.01), "ReLU: negative_slope needs a number in [0, inf]"),
        (call("ReLU", None, 0, -0.01), "ReLU: threshold needs a number in [0, inf]"),
        (call("Reshape", (0, -1)), "needs positive numbers and at most one -1, got (0, -1)"),
        (call("Reshape", (-1, -1)), "needs positive numbers and at most one -1, got (-1, -1)"),
        (call("Reshape", (-2,)), "target_shape needs a whole number of at least -1, got -2"),
        (call("Reshape", (95,)), "96 numbers, shape (4, 4, 6), do not fill (95,)"),
        (call("Reshape", (5, -1)), "96 numbers, shape (4, 4, 6), do not fill (5, -1)"),
        (call("Reshape", (97, -1)), "96 numbers, shape (4, 4, 6), do not fill (97, -1)"),
        (call("SeparableConv2D", 4, 3, depth_multiplier=0), "SeparableConv2D: depth_multiplier"),
        (call("SpatialDropout2D", 0.5, shape=(2, 3, 4)), "SpatialDropout2D: the input needs"),
        (call("UpSampling2D", 0), "UpSampling2D: size needs a whole number of at least 1, got 0"),
        (call("UpSampling2D", 2, "neerest"), "'neerest': did you mean 'nearest'?"),
        (call("ZeroPadding2D", -1), "ZeroPadding2D: padding needs a whole number of at least 0"),
        (call("ZeroPadding2D", ((1, 1), (1, -1))), "ZeroPadding2D: padding needs a whole number"),
        (call("ZeroPadding2D", ((1, 1), 1)), "ZeroPadding2D: padding needs"),
        (call("Dense", 4, shape=()), "needs a batch (N, …), got the single number 1.0"),
        (call("Dense", 4, name=""), "Dense: name needs text without '/', got ''"),
        (call("Dense", 4, name=3), "Dense: name needs text without '/', got 3"),
        (call("Dense", 4, name="a/b"), "Dense: name needs text without '/', got 'a/b'"),
        (call("Dense", 4, dtype="float16"), "dtype needs 'float32' or 'float64', got 'float16'"),
        (call("Dense", 4, input_shape=(0,)), "Dense: the input's shape needs a whole number of"),
    ],
)  # fmt: skip
def test_the_first_that_is_wrong(call, message):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        call()


@pytest.mark.parametrize("kind", [layers.LayerNormalization, layers.BatchNormalization])
def test_axes_that_are_there_are_those_without_the_batch(kind):
    for ndim in (2, 3, 4):
        for axis in range(-8, 9):
            right = axis in (*range(1, ndim), *range(1 - ndim, 0))
            if right:
                assert kind(axis).build_for((None, *range(2, ndim + 1))) is None
            else:
                with pytest.raises(ValueError, match=f"axis .*{axis}.* the batch, or is not there"):
                    kind(axis).build_for((None, *range(2, ndim + 1)))


@pytest.mark.parametrize("wrong", [-1, -2, 4, 5, 0.5, -0.5, 3.5, np.nan, np.inf])
def test_numbers_without_a_vector_are_refused(wrong):
    embedding = layers.Embedding(4, 2)
    with pytest.raises(ValueError, match="inputs need to be whole numbers in 0 … 3"):
        embedding(np.array([[0, 3, wrong]]))
    found = embedding(np.array([[0.0, 3.0]]))
    np.testing.assert_array_equal(found.data[0], embedding.embeddings.data[[0, 3]])


def test_spatial_dropout_drops_whole_channels_and_scales_the_rest():
    x = np.random.default_rng(0).uniform(1, 2, (20, 3, 4, 50)).astype("float32")
    layer = layers.SpatialDropout2D(0.25)
    assert layer(x).data is x
    ratio = layer(x, training=True).data / x
    assert ((ratio == ratio[:, :1, :1]) | (np.abs(ratio - ratio[:, :1, :1]) < 1e-6)).all()
    kept = ratio[:, 0, 0] > 0
    np.testing.assert_allclose(ratio[:, 0, 0][kept], 4 / 3, rtol=1e-6)
    # Five standard deviations of the share of 1,000 coins.
    assert abs(kept.mean() - 0.75) < 5 * (0.25 * 0.75 / 1000) ** 0.5
    assert len(np.unique(kept, axis=0)) > 10  # each image by itself


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.ReLU(), [0, 0, 0, 1, 3]),
        (layers.ReLU(2), [0, 0, 0, 1, 2]),
        (layers.ReLU(None, 0.5), [-1.5, -0.5, 0, 1, 3]),
        (layers.ReLU(2, 0.5), [-1.5, -0.5, 0, 1, 2]),
        (layers.ReLU(None, 0.5, 1), [-2, -1, -0.5, 1, 3]),
        (layers.ReLU(None, 0, 2), [0, 0, 0, 0, 3]),
        (layers.ReLU(0), [0, 0, 0, 0, 0]),
        (layers.LeakyReLU(0.5), [-1.5, -0.5, 0, 1, 3]),
    ],
)
def test_kinks(layer, expected):
    assert layer(np.array([[-3.0, -1.0, 0.0, 1.0, 3.0]])).data.tolist() == [expected]


class Plain(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inside = [layers.Dense(1), None, layers.Dense(2)]

    def build(self, input_shape):
        self.add_weight("still", (2,), "ones", trainable=False)
        self.add_weight("moving", (3,), "ones", regularizer=lambda w: (w * w).sum())
        for layer in (self.inside[0], self.inside[2]):
            layer.build_for(input_shape)

    def call(self, x, training=False):
        return self.inside[2](self.inside[0](x))


def test_weights_come_in_order_and_layers_in_lists_are_found():
    layer = Plain()
    assert (layer.count_params(), layer.weights) == (0, [])
    layer.build_for((None, 1))
    names = ["moving", "still"]
    names += [f"inside.{i}/{name}" for i in (0, 2) for name in ("kernel", "bias")]
    assert [path for path, _ in layer.named_weights()] == names
    assert layer.count_params() == 3 + 2 + 2 + 4
    assert [weight.name for weight in layer.trainable_weights][:2] == ["moving", "kernel"]
    assert [loss.item() for loss in layer.losses] == [3]
    layer.trainable = False
    assert (layer.trainable_weights, layer.losses) == ([], [])
    layer.trainable = True
    assert len(layer.trainable_weights) == 5
    frozen = Plain(trainable=False)
    frozen.build_for((None, 1))
    assert (frozen.losses, frozen.moving.requires_grad) == ([], False)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.Dense(2), (2, 300)),
        (layers.Conv2D(2, 1, groups=1), (1, 2, 2, 300)),
        (layers.Conv2D(300, 1, groups=300), (1, 1, 1, 300)),
        (layers.Conv2DTranspose(300, 2, 2), (1, 2, 2, 300)),
        (layers.DepthwiseConv2D(2), (1, 2, 2, 300)),
        (layers.SeparableConv2D(2, 2), (1, 2, 2, 300)),
        (layers.Conv2D(1, 300), (1, 300, 301, 1)),
        (layers.MaxPooling2D(300), (1, 300, 301, 1)),
        (layers.Flatten(), (300, 1, 300)),
        (layers.Reshape((300, -1)), (2, 300, 2)),
        (layers.Cropping2D(1), (1, 300, 300, 1)),
        (layers.BatchNormalization(), (2, 300)),
        (layers.GroupNormalization(300), (2, 300)),
        (layers.LayerNormalization(), (2, 300)),
        (layers.Embedding(300, 300), (2, 3)),
    ],
)
def test_sizes_beyond_256(layer, shape):
    """Python keeps one object for each small number only."""
    for _ in range(2):
        given = tuple(int(str(n)) for n in shape)
        assert layer(np.ones(shape, "float32")).shape == layer.compute_output_shape(given)


def test_what_normalizations_have_in_common():
    layer = Normalization()
    assert (layer.epsilon, layer.center, layer.scale) == (1e-3, True, True)
    assert (layer.gamma, layer.beta) == (None, None)


def test_a_layer_is_built_once():
    layer = layers.Dense(2)
    layer.build_for((None, 3))
    kernel = layer.kernel
    layer.build_for((None, 4))
    layer(np.ones((1, 3)))
    assert layer.kernel is kernel
    assert (layer.built, layer.input_shape) == (True, (None, 3))


def test_names_count_up_from_the_second():
    class Peculiar(layers.Flatten):
        pass

    assert [Peculiar().name for _ in range(3)] == ["peculiar", "peculiar_1", "peculiar_2"]


def test_lists_and_single_inputs_are_not_mixed_up():
    flat, joined = layers.Flatten(name="flat"), layers.Add(name="joined")
    symbols = [layers.Input((3,)), layers.Input((3,))]
    with pytest.raises(ValueError, match="layer 'flat' takes one input, got 2"):
        flat(symbols)
    assert flat(symbols[:1]).shape == (None, 3)
    with pytest.raises(TypeError, match="layer 'joined': Add takes a list of inputs, got ndarray"):
        joined(np.ones((2, 3)))
    with pytest.raises(TypeError, match="symbols or on numbers, not on a mixture"):
        joined([symbols[0], np.ones((2, 3))])
    assert joined([np.ones((2, 3)), np.ones((2, 3), int)]).dtype == "float32"
    assert repr(symbols[0]) == "<Symbol (N, 3) of 'input'>"
    assert repr(joined(symbols)) == "<Symbol (N, 3) of 'joined'>"
    assert repr(joined) == "<Add 'joined'>"


def test_set_weights_says_when_there_are_none_yet():
    layer = layers.Dense(2, name="d")
    with pytest.raises(ValueError, match="got 1 arrays, but the layer has not been built yet"):
        layer.set_weights([np.ones(3)])
    layer.build_for((None, 3))
    with pytest.raises(ValueError, match=r"'kernel' needs shape \(3, 2\), got \(3,\)"):
        layer.set_weights([np.ones(3)])


def test_errors_name_the_innermost_layer_once():
    layer = Plain(name="outer")
    layer(np.ones((1, 1)))
    with pytest.raises(ValueError, match=r"^layer 'dense\w*': the input has 4") as caught:
        layer(np.ones((1, 4)))
    assert str(caught.value).count("layer '") == 1


@pytest.mark.parametrize(
    ("layer", "weights"),
    [
        (layers.BatchNormalization(1), {"gamma": (3,), "beta": (3,), "moving_mean": (3,),
                                        "moving_variance": (3,)}),
        (layers.BatchNormalization(center=False, scale=False),
         {"moving_mean": (4,), "moving_variance": (4,)}),
        (layers.LayerNormalization((2, 1)), {"gamma": (3, 4), "beta": (3, 4)}),
        (layers.LayerNormalization(-2, center=False), {"gamma": (3,)}),
        (layers.GroupNormalization(2, scale=False), {"beta": (4,)}),
        (layers.Dense(5), {"kernel": (4, 5), "bias": (5,)}),
        (layers.Embedding(9, 2), {"embeddings": (9, 2)}),
    ],
)  # fmt: skip
def test_shapes_of_weights(layer, weights):
    layer.build_for((None, 3, 4))
    assert {name: weight.shape for name, weight in layer.named_weights()} == weights
    moving = [n for n in weights if n.startswith("moving")]
    assert [w.name for w in layer.weights if not w.requires_grad] == moving
    for name, weight in layer.named_weights():
        expected = {"gamma": 1, "moving_variance": 1, "beta": 0, "moving_mean": 0, "bias": 0}
        if name in expected:
            assert (weight.data == expected[name]).all()
    assert layer.count_params() == sum(size_of((None, *s)) for s in weights.values())


def test_moving_means_follow_by_their_share():
    x = np.random.default_rng(0).normal(3, 2, (5, 2, 3))
    for axis, others in ((1, (0, 2)), (-1, (0, 1))):
        layer = layers.BatchNormalization(axis, momentum=0.75, dtype="float64")
        y = layer(x, training=True).data
        mean, variance = x.mean(axis=others, keepdims=True), x.var(axis=others, keepdims=True)
        np.testing.assert_allclose(y, (x - mean) / np.sqrt(variance + 1e-3), rtol=1e-12)
        np.testing.assert_allclose(layer.moving_mean, 0.25 * mean.ravel(), rtol=1e-12)
        np.testing.assert_allclose(
            layer.moving_variance, 0.75 + 0.25 * variance.ravel(), rtol=1e-12
        )
        before = layer.get_weights()
        layer.trainable = False
        for training in (False, True):
            layer(x, training=training)
        for old, new in zip(before, layer.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)


def test_activations_come_after_the_bias():
    for layer in (layers.Dense(3, "tanh"), layers.Conv2D(3, 2, activation="tanh"),
                  layers.Conv2DTranspose(3, 2, activation="tanh")):  # fmt: skip
        x = np.random.default_rng(0).normal(size=(2, 3, 3, 2)).astype("float32")
        layer(x)
        layer.bias.data = np.float32([1, 2, 3])
        before = layer.before_activation(x)
        np.testing.assert_array_equal(layer(x).data, ops.tanh(before).data)
        layer.bias.data = np.float32([0, 0, 0])
        np.testing.assert_allclose(before.data - layer.before_activation(x).data - [1, 2, 3], 0,
                                   atol=1e-6)  # fmt: skip
