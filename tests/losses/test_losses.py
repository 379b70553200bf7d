import math
import pathlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

import minidl
from minidl import Tensor, check_grads, losses

GOLDEN = np.load(pathlib.Path(__file__).parents[1] / "reference" / "keras.npz")


@pytest.mark.parametrize("given_as", ["logits", "probabilities"])
def test_crossentropies_are_keras(given_as):
    predictions = GOLDEN[f"losses/{given_as}"]
    from_logits = given_as == "logits"
    sparse = losses.sparse_categorical_crossentropy(
        GOLDEN["losses/labels"], predictions, from_logits
    )
    # From probabilities, Keras normalises once more after it has held them at 1e-7.
    rtol = 1e-10 if from_logits else 1e-7
    np.testing.assert_allclose(sparse, GOLDEN[f"losses/sparse/{given_as}"], rtol=rtol)
    full = losses.categorical_crossentropy(GOLDEN["losses/targets"], predictions, from_logits)
    np.testing.assert_allclose(full, GOLDEN[f"losses/categorical/{given_as}"], rtol=1e-10)


def test_mean_squared_error_is_keras():
    found = losses.mean_squared_error(GOLDEN["losses/targets"], GOLDEN["losses/probabilities"])
    np.testing.assert_allclose(found, GOLDEN["losses/mse"], rtol=1e-12)


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=2, max_size=6), st.data())
def test_from_logits_loses_no_digits(logits, data):
    label = data.draw(st.integers(0, len(logits) - 1))
    row = np.array([logits], np.float32)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)([label], row).item()
    exact = special.logsumexp(row.astype(np.float64)) - float(row[0, label])
    # One rounding of the largest logit is all that float32 may lose.
    assert loss == pytest.approx(exact, rel=1e-6, abs=2e-7 * float(np.abs(row).max()) + 1e-7)


def test_one_hot_targets_and_class_numbers_agree():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(7, 4)), rng.integers(0, 4, 7)
    sparse = losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)
    full = losses.CategoricalCrossentropy(from_logits=True)(np.eye(4)[labels], logits)
    assert sparse.item() == pytest.approx(full.item(), rel=1e-12)


@pytest.mark.parametrize("from_logits", [True, False])
@pytest.mark.parametrize(
    ("kind", "targets"),
    [
        (losses.SparseCategoricalCrossentropy, np.array([2, 0])),
        (losses.CategoricalCrossentropy, np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])),
    ],
)
def test_gradients_of_crossentropies(kind, targets, from_logits):
    predictions = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
    check_grads(lambda p: kind(from_logits)(targets, p), predictions, order=2)


def test_gradient_of_mean_squared_error():
    y = np.array([[0.5, -1.0], [2.0, 0.0]])
    check_grads(lambda p: losses.MeanSquaredError()(y, p), y + 0.3, order=2)


def test_labels_of_every_integer_type_and_of_whole_floats_are_taken():
    logits = np.zeros((2, 3), np.float32)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    for labels in (np.uint8([0, 2]), np.int64([[0], [2]]), np.float32([0, 2]), [0, 2]):
        assert loss(labels, logits).item() == pytest.approx(math.log(3), rel=1e-6)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 3], r"label 3 at index 1 is not a whole number in 0 … 2"),
        ([-1, 0], r"label -1 at index 0"),
        ([0.5, 1], r"label 0.5 at index 0"),
        ([np.nan, 1], r"label nan at index 0"),
        ([[1, 0, 0], [0, 1, 0]], r"one-hot targets use 'categorical_crossentropy'"),
        ([[0, 1], [1, 0]], r"the labels have shape \(N, 2\)"),
    ],
)
def test_labels_that_are_no_classes_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        losses.SparseCategoricalCrossentropy()(labels, np.full((2, 3), 1 / 3))


def test_labels_that_are_no_numbers_are_refused():
    with pytest.raises(TypeError, match="the labels need whole numbers, got <U3"):
        losses.SparseCategoricalCrossentropy()(["cat", "dog"], np.full((2, 3), 1 / 3))


def test_targets_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"the targets have shape \(N,\).*outputs \(N, 3\)"):
        losses.MeanSquaredError()([1, 2], np.zeros((2, 3)))


def test_names_are_resolved_and_the_nearest_is_named():
    assert isinstance(losses.get("MSE"), losses.MeanSquaredError)
    assert isinstance(losses.get(losses.MeanSquaredError), losses.MeanSquaredError)
    with pytest.raises(ValueError, match="did you mean 'sparse_categorical_crossentropy'"):
        losses.get("sparse_categorical_crossentropie")


def test_a_loss_is_differentiable_through_the_model():
    minidl.set_random_seed(0)
    layer = minidl.layers.Dense(3)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    value = loss([0, 1], layer(np.ones((2, 4), np.float32)))
    assert isinstance(value, Tensor)
    value.backward()
    assert layer.kernel.grad.shape == (4, 3)
