"""The functional form: layers that branch, join and are shared."""

import numpy as np
import pytest

import minidl
from minidl import Input, Model, layers
from minidl.layers.symbol import Symbol
from minidl.models.summary import layer_rows, step_costs

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 8, 8, 3)).astype(np.float32)


def residual():
    image = Input((8, 8, 3))
    x = layers.Conv2D(3, 3, padding="same", activation="relu")(image)
    x = layers.Add()([x, image])
    x = layers.Flatten()(x)
    return Model(image, layers.Dense(4, activation="softmax")(x))


def test_a_chain_is_the_sequential_model():
    stack = [layers.Conv2D(3, 3, activation="relu"), layers.Flatten(), layers.Dense(4)]
    x = image = Input((8, 8, 3))
    for layer in stack:
        x = layer(x)
    sequential = minidl.Sequential(stack)
    np.testing.assert_array_equal(Model(image, x)(X).data, sequential(X).data)


def test_a_branch_and_a_join():
    model = residual()
    convolution, _, _, dense = model.layers
    by_hand = dense((convolution(X) + X).reshape(6, -1))
    np.testing.assert_array_equal(model(X).data, by_hand.data)


def test_a_shared_layer_has_one_set_of_weights_and_both_gradients():
    a, b = Input((5,)), Input((5,))
    shared, join = layers.Dense(3), layers.Concatenate()
    model = Model([a, b], join([shared(a), shared(b)]))
    assert len(model.weights) == 2
    x, y = RNG.normal(size=(2, 4, 5)).astype(np.float32)
    model([x, y]).sum().backward()
    np.testing.assert_allclose(
        shared.kernel.grad.data, np.tile((x + y).sum(axis=0)[:, None], (1, 3)), rtol=1e-5
    )


def test_several_outputs():
    x = Input((5,))
    hidden = layers.Dense(4, activation="tanh")(x)
    model = Model(x, [layers.Dense(2)(hidden), layers.Dense(3)(hidden)])
    first, second = model(np.ones((7, 5)))
    assert (first.shape, second.shape) == ((7, 2), (7, 3))
    assert model.compute_output_shape((None, 5)) == [(None, 2), (None, 3)]


def test_models_are_layers_of_models():
    inner = minidl.Sequential([layers.Input((4,)), layers.Dense(3, activation="relu")])
    x = Input((4,))
    outer = Model(x, layers.Dense(2)(inner(x)))
    data = np.ones((2, 4), np.float32)
    np.testing.assert_array_equal(outer(data).data, outer.layers[1](inner(data)).data)
    assert next(name for name, _ in outer.named_weights()).count("/") == 2


def test_a_model_is_called_on_symbols_of_its_own_shape_only():
    inner = minidl.Sequential([layers.Input((4, 4, 1)), layers.ReLU()])
    with pytest.raises(ValueError, match=r"needs x of shape \(N, 4, 4, 1\), got \(None, 4, 4, 2\)"):
        inner(Input((4, 4, 2)))
    a, b = Input((3,)), Input((3,))
    joined = Model([a, b], layers.Add()([a, b]))
    with pytest.raises(ValueError, match=r"input 1, needs x of shape \(N, 3\), got \(None, 4\)"):
        joined([Input((3,)), Input((4,))])


def test_layers_and_weights_are_in_keras_order():
    """The farthest from the outputs come first, whatever was called first."""
    x = Input((4,))
    near = layers.Dense(2, name="near")(x)
    far = layers.Dense(2, name="second")(layers.Dense(3, name="first")(x))
    model = Model(x, layers.Add(name="sum")([near, far]))
    assert [layer.name for layer in model.layers] == ["first", "near", "second", "sum"]
    assert [w.shape for w in model.weights] == [(4, 3), (3,), (4, 2), (2,), (3, 2), (2,)]


def test_a_model_cut_at_an_inner_symbol():
    model = residual()
    features = Model(model.inputs, model.outputs[0].inputs[0])
    assert features([X]).shape == (6, 192)


def test_a_functional_model_trains_from_logits_and_is_used():
    model = residual()
    labels = np.arange(6) % 4
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X, labels, epochs=60, verbose=0)
    assert history.history["accuracy"][-1] == 1
    model.layers[-1].set_weights([np.zeros((192, 4)), [300.0, 0, 0, 0]])
    assert model.evaluate(X[1:2], labels[1:2], verbose=0)[0] == pytest.approx(300, rel=1e-6)


def test_layers_named_twice_are_refused():
    x = Input((4,))
    with pytest.raises(ValueError, match="two layers are named 'a'"):
        Model(x, layers.Dense(2, name="a")(layers.Dense(2, name="a")(x)))


def test_saved_and_loaded(tmp_path):
    a, b = Input((8, 8, 3)), Input((8, 8, 3))
    shared = minidl.Sequential([layers.Input((8, 8, 3)), layers.Conv2D(2, 3), layers.Flatten()])
    joined = layers.Concatenate()([shared(a), shared(b)])
    model = Model([a, b], [layers.Dense(2)(joined), joined])
    model.save(tmp_path / "m.safetensors")
    again = minidl.load_model(tmp_path / "m.safetensors")
    for x, y in zip(model([X, X + 1]), again([X, X + 1]), strict=True):
        np.testing.assert_array_equal(x.data, y.data)
    assert again.get_config() == model.get_config()


def test_summary_counts_calls_and_costs(capsys):
    model = residual()
    rows = layer_rows(model)
    assert [row[1] for row in rows] == ["Conv2D", "Add", "Flatten", "Dense"]
    convolution, add, dense = 2 * 27 * 8 * 8 * 3, 8 * 8 * 3, 2 * 192 * 4
    assert step_costs(model, 2)["flops"] == 2 * (2 * convolution + 2 * add + 3 * dense)
    model.summary()
    assert "(N, 8, 8, 3)" in capsys.readouterr().out


def test_symbols_have_no_numbers():
    symbol = layers.Dense(2)(Input((4,)))
    assert isinstance(symbol, Symbol)
    assert "(N, 2)" in repr(symbol)
    with pytest.raises(TypeError, match="combine symbols with layers"):
        np.asarray(symbol)
    with pytest.raises(TypeError, match="no value yet"):
        bool(symbol)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda x: Model(x, layers.Dense(2)(Input((4,)))), "which is not among the inputs"),
        (lambda x: layers.Add()([x, Input((5,))]), r"one shape, got \(N, 4\), \(N, 5\)"),
        (lambda x: layers.Add()([x]), "Add needs at least 2 inputs, got 1"),
        (lambda x: layers.Concatenate()([x, Input((4, 4))]), "one shape but for axis -1"),
        (lambda x: layers.Dense(2)([x, x]), "takes one input, got 2"),
        (lambda x: layers.Conv2D(2, 3)(x), r"needs 4 axes \(N, H, W, C\)"),
        (lambda x: layers.Concatenate(0), "axis 0 is the batch"),
    ],
)
def test_what_does_not_fit_is_refused_when_the_graph_is_made(make, message):
    with pytest.raises(ValueError, match=message):
        make(Input((4,)))


def test_what_is_no_symbol_is_refused():
    with pytest.raises(TypeError, match="inputs and outputs need to be symbols"):
        Model(np.ones(3), Input((4,)))
    with pytest.raises(TypeError, match="not on a mixture"):
        layers.Add()([Input((4,)), np.ones((1, 4))])
    with pytest.raises(TypeError, match="Add takes a list of inputs, got ndarray"):
        layers.Add()(np.ones((1, 4)))


def test_a_graph_of_thousands_of_layers_needs_no_recursion():
    x = image = Input((2,))
    for _ in range(3000):
        x = layers.Activation("relu")(x)
    assert Model(image, x)(np.ones((1, 2))).shape == (1, 2)


@pytest.mark.parametrize("axis", [1, 2, 3, -1, -2, -3])
def test_images_are_joined_along_any_axis_but_the_batch(axis):
    images = np.arange(48.0).reshape(2, 2, 3, 4)
    join = layers.Concatenate(axis)
    found = Model((x := Input((2, 3, 4))), join([x, x]))(images)
    np.testing.assert_array_equal(found, np.concatenate([images, images], axis))
    assert join.compute_output_shape([(None, 2, 3, 4)] * 2)[1:] == found.shape[1:]


def test_inputs_of_the_wrong_number_or_shape_are_named():
    a, b = Input((4,)), Input((5,))
    model = Model([a, b], layers.Concatenate()([a, b]))
    with pytest.raises(ValueError, match="needs 2 inputs, got 1"):
        model([np.ones((2, 4))])
    with pytest.raises(ValueError, match=r"input 1, needs x of shape \(N, 5\), got \(2, 4\)"):
        model([np.ones((2, 4)), np.ones((2, 4))])
