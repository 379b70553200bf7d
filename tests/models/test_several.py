"""Models of several inputs and outputs: fit, evaluate, predict, save."""

import numpy as np
import pytest

import minidl
from minidl import Input, Model, layers

RNG = np.random.default_rng(0)
A = RNG.normal(size=(48, 5)).astype(np.float32)
B = RNG.normal(size=(48, 3)).astype(np.float32)
LABELS = (A[:, 0] > 0).astype(np.int64)
NUMBERS = B.sum(axis=1, keepdims=True)


@pytest.fixture
def model():
    a, b = Input((5,)), Input((3,))
    joined = layers.Dense(16, activation="relu")(layers.Concatenate()([a, b]))
    kind = layers.Dense(2, activation="softmax", name="kind")(joined)
    number = layers.Dense(1, name="number")(joined)
    return Model([a, b], [kind, number])


@pytest.fixture
def compiled(model):
    model.compile(
        minidl.optimizers.Adam(0.02),
        ["sparse_categorical_crossentropy", "mse"],
        loss_weights=[1.0, 0.5],
        metrics=[["accuracy"], []],
    )
    return model


def test_both_outputs_are_learned_and_reported(compiled):
    history = compiled.fit([A, B], [LABELS, NUMBERS], epochs=60, batch_size=16, verbose=0)
    assert set(history.history) == {"loss", "kind_loss", "number_loss", "kind_accuracy"}
    assert history.history["kind_accuracy"][-1] == 1
    assert history.history["number_loss"][-1] < 0.05


def test_the_loss_is_the_weighted_sum(compiled):
    found = compiled.evaluate([A, B], [LABELS, NUMBERS], verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(found["kind_loss"] + found["number_loss"] / 2, rel=1e-6)
    kind, number = compiled.predict([A, B], batch_size=7)
    assert found["kind_loss"] == pytest.approx(-np.log(kind[range(48), LABELS]).mean(), rel=1e-5)
    assert found["number_loss"] == pytest.approx(((number - NUMBERS) ** 2).mean(), rel=1e-5)


def test_each_softmax_loses_no_digits(compiled):
    compiled.layers[2].set_weights([np.zeros((16, 2)), [0.0, 150.0]])
    found = compiled.evaluate([A, B], [LABELS * 0, NUMBERS], verbose=0, return_dict=True)
    assert found["kind_loss"] == pytest.approx(150, rel=1e-6)


def test_one_loss_serves_all_outputs():
    x = Input((5,))
    model = Model(x, [layers.Dense(1)(x), layers.Dense(1)(x)])
    model.compile("sgd", "mse")
    targets = [A[:, :1], A[:, 1:2]]
    found = model.evaluate(A, targets, verbose=0, return_dict=True)
    assert len(found) == 3
    first, second = (value for name, value in found.items() if name != "loss")
    assert found["loss"] == pytest.approx(first + second, rel=1e-6)


def test_validation_is_split_from_every_array(compiled):
    history = compiled.fit([A, B], [LABELS, NUMBERS], validation_split=0.25, verbose=0)
    held = [A[36:], B[36:]], [LABELS[36:], NUMBERS[36:]]
    expected = compiled.evaluate(*held, verbose=0, return_dict=True)
    assert history.history["val_kind_loss"][0] == pytest.approx(expected["kind_loss"], rel=1e-6)


def test_saved_with_all_its_losses(compiled, tmp_path):
    compiled.save(tmp_path / "m.safetensors")
    again = minidl.load_model(tmp_path / "m.safetensors")
    data = [A, B], [LABELS, NUMBERS]
    assert again.evaluate(*data, verbose=0) == compiled.evaluate(*data, verbose=0)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([A], [LABELS, NUMBERS], "needs 2 inputs, got 1"),
        ([A, B[:40]], [LABELS, NUMBERS], "x holds 48 examples, but x holds 40"),
        ([A, B], [LABELS], "there are 1 targets, but 2 outputs"),
        ([A, B], [LABELS + 5, NUMBERS], "label .* is not a whole number in 0 … 1"),
        ([A, B], [LABELS, np.zeros((48, 3))], "targets have shape"),
    ],
)
def test_what_does_not_fit_is_refused(compiled, x, y, message):
    with pytest.raises(ValueError, match=message):
        compiled.fit(x, y, verbose=0)


def test_class_weights_are_for_one_output(compiled):
    with pytest.raises(ValueError, match="class_weight needs a model with one output"):
        compiled.fit([A, B], [LABELS, NUMBERS], class_weight={0: 1.0, 1: 2.0}, verbose=0)


def test_lists_are_asked_for(compiled):
    with pytest.raises(TypeError, match="x needs a list of arrays, got ndarray"):
        compiled.fit(A, [LABELS, NUMBERS])


def test_losses_and_metrics_are_counted(model):
    with pytest.raises(ValueError, match="there are 3 losses, but 2 outputs"):
        model.compile("sgd", ["mse"] * 3)
    with pytest.raises(ValueError, match="there are 1 loss_weights, but 2 outputs"):
        model.compile("sgd", "mse", loss_weights=[1])
    with pytest.raises(ValueError, match="metrics for 3 outputs, but 2 outputs"):
        model.compile("sgd", "mse", metrics=[[], [], []])
