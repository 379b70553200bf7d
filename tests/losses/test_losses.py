import json
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


Y = np.array([[0.5, -1.0, 0.25], [2.0, 0.0, 1.5]])
P = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
SIGNS = np.array([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]])
SMOOTH = {
    "mse": (losses.MeanSquaredError(), Y, Y + 0.3),
    "mae": (losses.MeanAbsoluteError(), Y, Y + 0.3),
    "huber": (losses.Huber(0.5), Y, Y + np.array([[0.3, -0.4, 2.0], [-2.0, 0.1, 0.7]])),
    "cosine": (losses.CosineSimilarity(), Y, Y + 0.3),
    "hinge": (losses.Hinge(), SIGNS, Y + 0.3),
    "binary": (losses.BinaryCrossentropy(label_smoothing=0.1), P > 0.25, P),
    "binary logits": (losses.BinaryCrossentropy(from_logits=True), P > 0.25, 5 * Y),
    "categorical": (losses.CategoricalCrossentropy(False, 0.2), np.eye(3)[:2], P),
    "categorical logits": (losses.CategoricalCrossentropy(True, 0.2), np.eye(3)[:2], Y),
    "kl": (losses.KLDivergence(), P[::-1], P),
    "dice": (losses.Dice(), P > 0.25, P),
    "dice each": (losses.Dice(axis=1), P > 0.25, P),
    "triplet": (
        losses.TripletLoss(5.0),
        None,
        np.stack([Y, Y[::-1] + 0.7, Y[:, ::-1] - 0.2], axis=1),
    ),
}


@pytest.mark.parametrize("weights", [None, [0.5, 2.0]])
@pytest.mark.parametrize("name", SMOOTH)
def test_gradients_and_their_gradients(name, weights):
    loss, y_true, y_pred = SMOOTH[name]
    if name == "dice" and weights:
        weights = None  # one loss for the whole batch
    check_grads(lambda p: loss(y_true, p, weights), y_pred, order=2)


def test_binary_crossentropy_from_logits_has_all_derivatives_at_0():
    loss = losses.BinaryCrossentropy(from_logits=True)
    x = Tensor(np.zeros((1, 1)), requires_grad=True)
    (slope,) = minidl.grad(loss([[0.3]], x), x, create_graph=True)
    (curvature,) = minidl.grad(slope.sum(), x)
    assert slope.item() == pytest.approx(0.5 - 0.3)
    assert curvature.item() == pytest.approx(0.25)


@pytest.mark.parametrize("kind", [losses.CosineSimilarity, losses.MeanAbsoluteError, losses.Dice])
def test_a_prediction_of_zeros_has_a_finite_gradient(kind):
    p = Tensor(np.zeros((2, 3)), requires_grad=True)
    kind()(np.zeros((2, 3)), p).backward()
    assert np.isfinite(p.grad.data).all()


@given(st.floats(-1e4, 1e4, width=32), st.floats(0, 1, width=32))
def test_binary_crossentropy_from_logits_loses_no_digits(logit, target):
    found = losses.binary_crossentropy(np.float32([[target]]), np.float32([[logit]]), True)
    exact = target * np.logaddexp(0, -logit) + (1 - target) * np.logaddexp(0, logit)
    assert found.item() == pytest.approx(exact, rel=1e-5)


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.sampled_from(sorted(SMOOTH)))
def test_weights_of_0_and_1_choose_examples(seed, n, name):
    """Whole weights count an example as often: Σ w·loss / N, whatever the loss."""
    loss, y_true, y_pred = SMOOTH[name]
    if name == "dice":
        return
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, 2, n)
    weights = rng.integers(0, 4, n)
    y_true = None if y_true is None else y_true[chosen]
    each = np.asarray(loss.function(y_true, y_pred[chosen]))
    found = loss(y_true, y_pred[chosen], weights).item()
    assert found == pytest.approx((weights * each).sum() / n, rel=1e-12, abs=1e-12)


def test_weights_go_along_the_first_axis_or_to_each_pixel():
    y, p = np.zeros((2, 3, 3, 1)), np.ones((2, 3, 3, 1))
    loss = losses.MeanSquaredError()
    assert loss(y, p, [1.0, 3.0]).item() == 2
    pixels = np.zeros((2, 3, 3))
    pixels[0, 0, 0] = 18
    assert loss(y, p, pixels).item() == 1
    assert loss(y, p, pixels[..., np.newaxis]).item() == 1


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0, 2.0, 3.0], r"sample_weight of shape \(3,\) does not fit losses of shape \(2,\)"),
        (1.0, r"sample_weight of shape \(\) does not fit"),
        ([1.0, np.nan], "sample_weight needs finite numbers"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        losses.MeanSquaredError()(np.zeros((2, 3)), np.ones((2, 3)), weights)


def test_a_loss_of_the_whole_batch_takes_no_weights():
    with pytest.raises(ValueError, match="does not fit one loss for the whole batch"):
        losses.Dice()(np.ones((2, 3)), np.ones((2, 3)), [1.0, 2.0])


def test_triplets_are_the_formula():
    triplets = np.random.default_rng(0).normal(size=(5, 3, 4))
    expected = [max(0, sum((a - p) ** 2) - sum((a - n) ** 2) + 0.3) for a, p, n in triplets]
    assert losses.TripletLoss(0.3)(None, triplets).item() == pytest.approx(np.mean(expected))
    with pytest.raises(ValueError, match=r"needs outputs \(N, 3, n\).* got shape \(5, 4\)"):
        losses.TripletLoss()(None, np.ones((5, 4)))


def test_a_column_of_outputs_takes_a_row_of_targets():
    loss = losses.BinaryCrossentropy()
    column, row = loss([[1], [0]], [[0.9], [0.2]]), loss([1, 0], [[0.9], [0.2]])
    assert column.item() == row.item()
    with pytest.raises(ValueError, match=r"targets of shape \(2,\) do not fit .* \(2, 2\)"):
        losses.mean_squared_error([1, 2], np.ones((2, 2)))


@pytest.mark.parametrize(
    ("loss", "targets", "message"),
    [
        (losses.BinaryCrossentropy(), [[0, 2]], r"target 2 at index \(0, 1\) is not a probability"),
        (losses.CategoricalCrossentropy(), [[-1, 1]], "target -1 at index"),
        (losses.KLDivergence(), [[np.nan, 1]], "target nan at index"),
        (losses.Hinge(), [[0.5, 1]], r"target 0.5 at index \(0, 0\) is not -1 or 1"),
    ],
)
def test_targets_out_of_range_are_refused(loss, targets, message):
    with pytest.raises(ValueError, match=message):
        loss(targets, np.full((1, 2), 0.5))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: losses.BinaryCrossentropy(label_smoothing=1.5),
            r"label_smoothing needs .*\[0, 1\]",
        ),
        (lambda: losses.CategoricalCrossentropy(label_smoothing=-0.1), "label_smoothing"),
        (lambda: losses.Huber(0), r"Huber: delta needs a number in \(0, inf\), got 0"),
        (lambda: losses.TripletLoss(-1), "TripletLoss: margin"),
        (lambda: losses.Dice(axis=3)(np.ones((2, 2)), np.ones((2, 2))), "axis 3 does not exist"),
        (lambda: losses.CosineSimilarity(5)(np.ones((2, 2)), np.ones((2, 2))), "no axis 5"),
        (lambda: losses.get("hubber_loss"), "did you mean 'huber_loss'"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


ALL = [
    losses.BinaryCrossentropy(True, 0.1),
    losses.CategoricalCrossentropy(label_smoothing=0.2),
    losses.CosineSimilarity(1),
    losses.Dice((1, 2)),
    losses.Hinge(),
    losses.Huber(3.0),
    losses.KLDivergence(),
    losses.MeanAbsoluteError(),
    losses.MeanSquaredError(),
    losses.SparseCategoricalCrossentropy(True),
    losses.TripletLoss(0.5),
]


@pytest.mark.parametrize("loss", ALL, ids=lambda loss: loss.name)
def test_losses_come_back_from_their_config(loss):
    again = losses.get(json.loads(json.dumps(losses.serialize(loss))))
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()
    assert type(losses.get(loss.name)) is type(loss)
    assert type(losses.get(type(loss).__name__)) is type(loss)


@pytest.mark.parametrize(
    ("alias", "kind"),
    [
        ("bce", losses.BinaryCrossentropy),
        ("KLD", losses.KLDivergence),
        ("mae", losses.MeanAbsoluteError),
        ("MSE", losses.MeanSquaredError),
        ("huber", losses.Huber),
    ],
)
def test_keras_aliases(alias, kind):
    assert type(losses.get(alias)) is kind


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


def test_label_smoothing_shares_with_all_classes_of_every_pixel():
    rng = np.random.default_rng(0)
    targets = np.eye(5)[rng.integers(0, 5, (2, 3, 4))]
    p = rng.dirichlet(np.ones(5), (2, 3, 4))
    found = losses.categorical_crossentropy(targets, p, label_smoothing=0.3)
    expected = -((0.7 * targets + 0.3 / 5) * np.log(p)).sum(axis=-1)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_kl_divergence_holds_both_between_a_tiny_number_and_1():
    y, p = np.array([[1.7, 0.4, -0.2]]), np.array([[0.5, 1.3, 0.0]])
    held, by = np.array([[1, 0.4, 1e-7]]), np.array([[0.5, 1, 1e-7]])
    expected = (held * np.log(held / by)).sum(axis=-1)
    np.testing.assert_allclose(losses.kl_divergence(y, p), expected, rtol=1e-10)
