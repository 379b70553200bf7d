"""Sample and class weights in fit, evaluate and train_on_batch, and metrics that see them."""

import numpy as np
import pytest

import minidl
from minidl import layers, losses, metrics

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 5)).astype(np.float32), np.arange(12) % 3


@pytest.fixture
def model():
    model = minidl.Sequential([layers.Dense(3, "softmax", input_shape=(5,))])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_a_weight_of_2_is_an_example_twice_and_0_is_none(model):
    weights = np.array([2.0] * 6 + [0.0] * 6)
    weighted = model.evaluate(X, Y, sample_weight=weights, verbose=0)
    assert weighted[0] == pytest.approx(model.evaluate(X[:6], Y[:6], verbose=0)[0], rel=1e-6)


def test_class_weights_are_sample_weights(model):
    start = model.get_weights()
    model.fit(X, Y, batch_size=4, class_weight={0: 2.0, 2: 0.5}, shuffle=False, verbose=0)
    by_class = model.get_weights()
    model.set_weights(start)
    weights = np.array([2.0, 1.0, 0.5])[Y]
    model.fit(X, Y, batch_size=4, sample_weight=weights, shuffle=False, verbose=0)
    for ours, theirs in zip(by_class, model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    model.set_weights(start)
    batches = [(X[i : i + 4], Y[i : i + 4], weights[i : i + 4]) for i in (0, 4, 8)]
    model.fit(batches, verbose=0)
    for ours, theirs in zip(by_class, model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    model.set_weights(start)
    for x, y, w in batches:
        model.train_on_batch(x, y, w)
    for ours, theirs in zip(by_class, model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_one_hot_targets_have_class_weights_too(model):
    model.compile("sgd", "categorical_crossentropy")
    a = model.train_on_batch(X, np.eye(3)[Y], class_weight={1: 0.0})
    model.compile("sgd", losses.CategoricalCrossentropy())
    weights = (Y != 1).astype(float)
    assert a > 0
    assert model.evaluate(X, np.eye(3)[Y], sample_weight=weights, verbose=0) < a


def test_weights_follow_their_examples_when_shuffled(model):
    seen = []

    class Spy(losses.MeanSquaredError):
        def __call__(self, y_true, y_pred, sample_weight=None):
            seen.append(np.stack([y_true[:, 0], sample_weight]))
            return super().__call__(y_true, y_pred, sample_weight)

    model.compile("sgd", Spy())
    y = np.repeat(np.arange(12.0)[:, np.newaxis], 3, axis=1)
    model.fit(X, y, sample_weight=np.arange(12) * 0.5, batch_size=5, epochs=2, verbose=0)
    targets, weights = np.concatenate(seen, axis=1)
    np.testing.assert_array_equal(weights, targets / 2)
    assert (targets[:12] != np.arange(12)).any()


def test_only_weighted_metrics_see_weights(model):
    model.compile(
        "sgd",
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=["accuracy", metrics.SparseCategoricalAccuracy(name="share")],
    )
    right = model.predict(X).argmax(axis=1) == Y
    weights = right + 0.5
    found = model.evaluate(X, Y, sample_weight=weights, verbose=0, return_dict=True)
    assert found["accuracy"] == pytest.approx(right.mean())
    expected = (right * weights).sum() / weights.sum()
    assert found["weighted_accuracy"] == pytest.approx(expected)
    assert found["share"] == pytest.approx(expected)


def test_metrics_with_an_array_of_results_are_shown(model, capsys):
    model.compile("sgd", "categorical_crossentropy", metrics=[metrics.F1Score()])
    history = model.fit(X, np.eye(3)[Y], verbose=2)
    assert history.history["f1_score"][0].shape == (3,)
    assert "f1_score [0." in capsys.readouterr().out


def test_a_sigmoid_and_binary_crossentropy_are_computed_from_logits():
    model = minidl.Sequential([layers.Dense(1, "sigmoid", input_shape=(1,))])
    model.compile("sgd", "bce", metrics=["accuracy"])
    model.set_weights([[[200.0]], [0.0]])
    # From a probability, e^-200 would be held at 1e-7: a loss of 16.
    loss, accuracy = model.evaluate([[1.0], [-1.0]], [0, 0], verbose=0)
    assert loss == pytest.approx(100)
    assert accuracy == 0.5


def test_label_smoothing_is_kept_when_the_loss_is_computed_from_logits(model):
    model.compile("sgd", losses.CategoricalCrossentropy(label_smoothing=0.3))
    found = model.evaluate(X, np.eye(3)[Y], verbose=0)
    expected = losses.CategoricalCrossentropy(label_smoothing=0.3)(np.eye(3)[Y], model(X))
    assert found == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sample_weight": np.ones(5)}, "x holds 12 examples, but sample_weight holds 5"),
        ({"sample_weight": np.ones((12, 2))}, r"sample_weight of shape \(12, 2\) does not fit"),
        ({"sample_weight": np.full(12, np.nan)}, "sample_weight needs finite numbers"),
        ({"sample_weight": np.ones(12), "class_weight": {0: 1}}, "cannot both be given"),
        ({"class_weight": {-1: 1.0}}, "a class needs a whole number of at least 0, got -1"),
        ({"class_weight": {0: -1.0}}, "the weight of class 0 needs a number"),
        ({"validation_data": (X,)}, r"needs to be \(x, y\) or \(x, y, sample_weight\)"),
    ],
)
def test_weights_that_do_not_fit_are_refused(model, given, message):
    with pytest.raises(ValueError, match=message):
        model.fit(X, Y, verbose=0, **given)


def test_weights_beside_an_iterable_of_batches_are_refused(model):
    for given in ({"sample_weight": np.ones(12)}, {"class_weight": {0: 1.0}}):
        with pytest.raises(ValueError, match="iterable of batches"):
            model.fit([(X, Y)], verbose=0, **given)
    with pytest.raises(ValueError, match=r"a batch needs to be \(x, y\)"):
        model.fit([(X, Y, X, Y)], verbose=0)
    with pytest.raises(TypeError, match="class_weight needs a dict"):
        model.fit(X, Y, class_weight=[1, 2, 3], verbose=0)
