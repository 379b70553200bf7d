"""Defaults of losses, and where their arguments, targets and weights begin to be wrong."""

import inspect
import re

import numpy as np
import pytest

import minidl
from minidl import Tensor, losses

DEFAULTS = {
    "BinaryCrossentropy": {"from_logits": False, "label_smoothing": 0.0},
    "CategoricalCrossentropy": {"from_logits": False, "label_smoothing": 0.0},
    "CosineSimilarity": {"axis": -1},
    "Dice": {"axis": None},
    "Hinge": {},
    "Huber": {"delta": 1.0},
    "KLDivergence": {},
    "MeanAbsoluteError": {},
    "MeanSquaredError": {},
    "SparseCategoricalCrossentropy": {"from_logits": False},
    "TripletLoss": {"margin": 0.2},
}
FUNCTIONS = {
    "BinaryCrossentropy": losses.binary_crossentropy,
    "CategoricalCrossentropy": losses.categorical_crossentropy,
    "CosineSimilarity": losses.cosine_similarity,
    "Dice": losses.dice,
    "Huber": losses.huber,
    "SparseCategoricalCrossentropy": losses.sparse_categorical_crossentropy,
    "TripletLoss": lambda y, p, *margin: losses.triplet(p, *margin),
}
RNG = np.random.default_rng(0)
MAPS, GUESSES = RNG.dirichlet(np.ones(3), (2, 3, 4)), RNG.dirichlet(np.ones(3), (2, 3, 4))


def test_defaults():
    assert set(DEFAULTS) == {
        name
        for name, kind in vars(losses).items()
        if inspect.isclass(kind) and issubclass(kind, losses.Loss) and kind is not losses.Loss
    }
    for name, expected in DEFAULTS.items():
        loss = getattr(losses, name)()
        assert loss.get_config() == expected
        assert losses.get(name).get_config() == expected
        if name in FUNCTIONS and name != "TripletLoss":
            parameters = list(inspect.signature(FUNCTIONS[name]).parameters.values())
            assert {p.name: p.default for p in parameters[2:]} == expected


@pytest.mark.parametrize("name", FUNCTIONS)
def test_without_options_it_is_as_with_the_defaults(name):
    f, options = FUNCTIONS[name], DEFAULTS[name].values()
    y = RNG.integers(0, 3, (2, 3, 4)) if name.startswith("Sparse") else MAPS
    p = RNG.normal(size=(2, 3, 3)) if name == "TripletLoss" else 3 * GUESSES
    np.testing.assert_array_equal(f(y, p), f(y, p, *options))
    found = getattr(losses, name)().function(y, Tensor(p))
    np.testing.assert_array_equal(found.data, f(y, p))
    smoothed = "smoothing" in str(DEFAULTS[name])
    for changed in [(True,)] * ("from_logits" in DEFAULTS[name]) + [(False, 0.1)] * smoothed:
        assert (np.asarray(f(y, p, *changed)) != f(y, p)).any()


def axis_sums(y, p, axis):
    lengths = np.sqrt((y * y).sum(axis)) * np.sqrt((p * p).sum(axis))
    return -(y * p).sum(axis) / lengths


@pytest.mark.parametrize("axis", range(-4, 4))
def test_axes_of_vectors_and_areas(axis):
    found = losses.cosine_similarity(MAPS, GUESSES, axis)
    np.testing.assert_allclose(found, axis_sums(MAPS, GUESSES, axis), rtol=1e-12)
    whole = losses.CosineSimilarity(axis)(MAPS, GUESSES)
    assert whole.item() == pytest.approx(found.mean(), rel=1e-12)
    overlap, total = (MAPS * GUESSES).sum(axis), (MAPS + GUESSES).sum(axis)
    expected = 1 - 2 * overlap / (total + 1e-7)
    np.testing.assert_allclose(losses.dice(MAPS, GUESSES, axis), expected, rtol=1e-12)
    np.testing.assert_allclose(losses.dice(MAPS, GUESSES, (axis,)), expected, rtol=1e-12)


def test_axes_by_default():
    expected = axis_sums(MAPS, GUESSES, -1)
    np.testing.assert_allclose(losses.cosine_similarity(MAPS, GUESSES), expected, rtol=1e-12)
    dice = 1 - 2 * (MAPS * GUESSES).sum() / ((MAPS + GUESSES).sum() + 1e-7)
    assert losses.dice(MAPS, GUESSES).shape == ()
    assert losses.dice(MAPS, GUESSES).item() == pytest.approx(dice, rel=1e-12)
    both = losses.dice(MAPS, GUESSES, (1, -1))
    overlap, total = (MAPS * GUESSES).sum((1, 3)), (MAPS + GUESSES).sum((1, 3))
    np.testing.assert_allclose(both, 1 - 2 * overlap / (total + 1e-7), rtol=1e-12)


Y, P, W = np.zeros((2, 3)), np.full((2, 3), 0.5), np.ones(2)
BINARY = losses.BinaryCrossentropy
SPARSE = losses.SparseCategoricalCrossentropy


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda: losses.BinaryCrossentropy(label_smoothing=0).label_smoothing, 0),
        (lambda: losses.BinaryCrossentropy(label_smoothing=1).label_smoothing, 1),
        (lambda: losses.CategoricalCrossentropy(label_smoothing=0).label_smoothing, 0),
        (lambda: losses.CategoricalCrossentropy(label_smoothing=1).label_smoothing, 1),
        (lambda: losses.Huber(1e-300).delta, 1e-300),
        (lambda: losses.TripletLoss(0).margin, 0),
        (lambda: losses.TripletLoss(np.inf).margin, np.inf),
        (lambda: losses.Dice(-32).axis, -32),
        (lambda: losses.Dice((-32, 1)).axis, (-32, 1)),
        (lambda: losses.Dice([1, 2]).axis, (1, 2)),
        (lambda: losses.MeanSquaredError()(np.ones(2), np.ones((2, 1)) * 3).item(), 4),
        (lambda: losses.MeanSquaredError()(Y[..., None], P[..., None], Y + 4).item(), 1),
        (lambda: losses.MeanSquaredError()(Y, P[..., None], [[4] * 3, [0] * 3]).item(), 0.5),
        (lambda: losses.MeanSquaredError()(Y, P, [[4], [0]]).item(), 0.5),
        (lambda: losses.MeanSquaredError()(Y, P, [True, False]).item(), 0.125),
        (lambda: losses.MeanSquaredError()(Y, P, np.uint8([4, 0])).item(), 0.5),
        (lambda: losses.Hinge()([[-1, 1]], [[3.0, -1.0]]).item(), 3),
        (lambda: losses.Hinge()([[0, 1]], [[3.0, -1.0]]).item(), 3),
        (lambda: losses.Hinge()([[1, 1]], [[3.0, -1.0]]).item(), 1),
        (lambda: losses.Hinge()([[0, -1]], [[3.0, -1.0]]).item(), 0.5),
    ],
)
def test_the_last_that_is_right(make, value):
    assert make() == value


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BINARY(label_smoothing=-0.01), "BinaryCrossentropy: label_smoothing needs a numb"),
        (lambda: BINARY(label_smoothing=1.01), "label_smoothing needs a number in [0, 1]"),
        (lambda: losses.CategoricalCrossentropy(label_smoothing=-0.01), "CategoricalCrossentropy:"),
        (lambda: losses.CategoricalCrossentropy(label_smoothing=1.01), "a number in [0, 1]"),
        (lambda: losses.Huber(0), "Huber: delta needs a number in (0, inf), got 0"),
        (lambda: losses.Huber(np.inf), "Huber: delta needs a number in (0, inf), got inf"),
        (lambda: losses.TripletLoss(-0.01), "TripletLoss: margin needs a number in [0, inf]"),
        (lambda: losses.Dice(-33), "Dice: axis needs a whole number of at least -32, got -33"),
        (lambda: losses.Dice((1, -33)), "Dice: axis needs a whole number of at least -32"),
        (lambda: losses.CosineSimilarity(1.0), "CosineSimilarity: axis needs a whole number"),
        (lambda: losses.CosineSimilarity(True), "CosineSimilarity: axis needs a whole number"),
        *[(lambda axis=axis: losses.Dice(axis)(Y, P), f"dice: axis {axis} does not exist in shape")
          for axis in (-4, -3, 2, 3, (0, 2), (-3, 1))],
        *[(lambda axis=axis: losses.CosineSimilarity(axis)(Y, P), f"there is no axis {axis} in")
          for axis in (-4, -3, 2, 3)],
        *[(lambda shape=shape: losses.triplet(np.ones(shape)), f"(N, 3, n), the embeddings of "
           f"anchor, positive and negative stacked on axis 1, got shape {shape}")
          for shape in [(5, 3), (5, 2, 4), (5, 4, 4), (5, 3, 4, 1), (3,)]],
        (lambda: losses.MeanSquaredError()(Y, P, np.ones((2, 3))), "does not fit losses of shape"),
        (lambda: losses.MeanSquaredError()(Y, P, np.ones((2, 1, 1))), "does not fit losses"),
        (lambda: losses.MeanSquaredError()(Y, P, np.ones((3, 1))), "does not fit losses"),
        (lambda: losses.MeanSquaredError()(Y, P, np.ones((1, 2))), "does not fit losses"),
        (lambda: losses.MeanSquaredError()(Y, P, 2.0), "sample_weight of shape () does not fit"),
        (lambda: losses.Dice()(Y, P, 2.0), "of shape () does not fit one loss for the whole batch"),
        (lambda: losses.Dice()(Y, P, [2.0]), "does not fit one loss for the whole batch"),
        (lambda: losses.MeanSquaredError()(Y, P, [1, np.inf]), "sample_weight needs finite num"),
        (lambda: losses.MeanSquaredError()(Y, P, ["a", "b"]), "sample_weight needs real numbers"),
        (lambda: losses.MeanSquaredError()(Y[0], P), "have shape (N,), the model's outputs (N, 3)"),
        (lambda: losses.MeanSquaredError()(Y[:, :2], P), "the targets have shape (N, 2)"),
        (lambda: losses.MeanSquaredError()(Y[..., None], P), "the targets have shape (N, 3, 1)"),
        (lambda: losses.MeanSquaredError()(Y.astype(str), P), "the targets need real numbers"),
        (lambda: losses.mean_squared_error(Y[0], P), "targets of shape (3,) do not fit predictio"),
        (lambda: losses.mean_squared_error(Y[:1], P), "targets of shape (1, 3) do not fit"),
        (lambda: losses.Hinge()(Y + 2, P), "target 2.0 at index (0, 0) is not -1 or 1 (or 0 or 1)"),
        (lambda: losses.Hinge()(Y - 2, P), "target -2.0 at index (0, 0) is not -1 or 1"),
        (lambda: losses.Hinge()(Y * np.nan, P), "target nan at index (0, 0) is not -1 or 1"),
        (lambda: BINARY()(Y - 0.01, P), "target -0.01 at index (0, 0) is not a probability"),
        (lambda: BINARY()(Y + 1.01, P), "target 1.01 at index (0, 0) is not a probability"),
        (lambda: losses.CategoricalCrossentropy()([[0, 0, 2]], P), "target 2 at index (0, 2) is"),
        (lambda: losses.KLDivergence()([[0, -1, 0]], P), "target -1 at index (0, 1) is not a prob"),
        (lambda: SPARSE()([0, 3], P), "label 3 at index 1 is not a whole number in 0 … 2, the 3"),
        (lambda: SPARSE()([-1, 2], P), "label -1 at index 0 is not a whole number in 0 … 2"),
        (lambda: SPARSE()([1.5, 2], P), "label 1.5 at index 0 is not a whole number"),
        (lambda: SPARSE()([[0], [3]], P), "label 3 at index (1, 0) is not a whole number"),
        (lambda: SPARSE()(np.ones((2, 3), int), P), "for one-hot targets use 'categorical_cross"),
        (lambda: SPARSE()(np.ones((2, 2), int), P), "need one class number each, (N,)"),
        (lambda: SPARSE()(np.ones((2, 2), int), P[..., None]), "need one class number each, (N,"),
        (lambda: SPARSE()(np.array([None, 1]), P), "the labels need whole numbers, got object"),
    ],
)  # fmt: skip
def test_the_first_that_is_wrong(make, message):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        make()


@pytest.mark.parametrize("labels", [[2, 0], [[2], [0]], np.uint8([2, 0]), [2.0, 0.0],
                                    [True, False], np.array([[2], [0]], "float32")])  # fmt: skip
def test_labels_in_every_spelling(labels):
    p = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    picked = p[[0, 1], np.ravel(labels).astype(int)]
    assert SPARSE()(labels, p).item() == pytest.approx(-np.log(picked).mean(), rel=1e-12)
    assert SPARSE()(labels, 3 * p).item() == pytest.approx(-np.log(picked).mean(), rel=1e-12)


ROW_BY_ROW = {
    "binary": (losses.binary_crossentropy, MAPS),
    "binary logits": (lambda y, p: losses.binary_crossentropy(y, p, True, 0.2), MAPS),
    "categorical": (losses.categorical_crossentropy, MAPS),
    "categorical logits": (lambda y, p: losses.categorical_crossentropy(y, p, True, 0.2), MAPS),
    "cosine": (losses.cosine_similarity, MAPS),
    "hinge": (losses.hinge, np.sign(MAPS - 0.3)),
    "huber": (lambda y, p: losses.huber(y, p, 0.1), MAPS),
    "kl": (losses.kl_divergence, MAPS),
    "mae": (losses.mean_absolute_error, MAPS),
    "mse": (losses.mean_squared_error, MAPS),
    "sparse": (losses.sparse_categorical_crossentropy, RNG.integers(0, 3, (2, 3, 4))),
}


@pytest.mark.parametrize("name", ROW_BY_ROW)
def test_the_last_axis_is_that_of_an_example(name):
    f, y = ROW_BY_ROW[name]
    rows = zip(y.reshape(-1, *y.shape[3:]), GUESSES.reshape(-1, 3), strict=True)
    expected = np.reshape([f(row[None], p[None])[0] for row, p in rows], (2, 3, 4))
    np.testing.assert_allclose(f(y, GUESSES), expected, rtol=1e-12)


def test_a_label_for_every_pixel():
    labels = RNG.integers(0, 3, (2, 3, 4))
    for loss in (
        losses.SparseCategoricalCrossentropy(),
        losses.SparseCategoricalCrossentropy(True),
    ):
        p = np.log(GUESSES) if loss.from_logits else GUESSES
        for given in (labels, labels[..., None]):
            expected = -np.log(np.take_along_axis(GUESSES, labels[..., None], -1)).mean()
            assert loss(given, p).item() == pytest.approx(expected, rel=1e-12)
        for wrong in (labels[:, 0], labels[..., 0], labels[:, :, :2], labels[..., None, None]):
            with pytest.raises(ValueError, match="need one class number each"):
                loss(wrong, p)


def test_formulas_of_crossentropies_number_by_number():
    y, p = np.array([[0.0, 1.0, 0.25]]), np.array([[0.0, 0.6, 0.9]])
    for smoothing in (0.0, 0.3, 1.0):
        held = np.clip(p, 1e-7, 1 - 1e-7)
        soft = y * (1 - smoothing) + smoothing / 2
        expected = -(soft * np.log(held) + (1 - soft) * np.log(1 - held)).mean(axis=-1)
        found = losses.binary_crossentropy(y, p, label_smoothing=smoothing)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        x = np.array([[-1.0, 0.5, 2.0]])
        soft_3, total = y * (1 - smoothing) + smoothing / 3, p.sum()
        expected = -(soft_3 * np.log(np.clip(p / total, 1e-7, 1 - 1e-7))).sum(axis=-1)
        found = losses.categorical_crossentropy(y, p, label_smoothing=smoothing)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        expected = -(soft_3 * (x - np.log(np.exp(x).sum()))).sum(axis=-1)
        found = losses.categorical_crossentropy(y, x, True, smoothing)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
    yes, no = np.ones((1, 1)), np.zeros((1, 1))
    for y, p in ((yes, no), (no, yes)):
        np.testing.assert_allclose(losses.binary_crossentropy(y, p), [-np.log(1e-7)])
    right = np.array([[1.0, 0.0]])
    np.testing.assert_allclose(losses.categorical_crossentropy(right, right), [1e-7], rtol=1e-6)


def test_other_formulas_number_by_number():
    y, p = np.array([[0.5, -1.0, 2.0, 0.0]]), np.array([[1.0, 1.0, -1.0, 0.0]])
    e = np.abs(p - y)
    for delta in (0.25, 0.5, 1.0, 2.5):
        each = np.where(e <= delta, e * e / 2, delta * e - delta * delta / 2)
        np.testing.assert_allclose(losses.huber(y, p, delta), each.mean(axis=-1), rtol=1e-14)
    np.testing.assert_allclose(losses.mean_absolute_error(y, p), [e.mean()], rtol=1e-14)
    np.testing.assert_allclose(losses.mean_squared_error(y, p), [(e * e).mean()], rtol=1e-14)
    signs = np.array([[1.0, -1.0, -1.0, 1.0]])
    expected = np.maximum(1 - signs * p, 0).mean(axis=-1)
    np.testing.assert_allclose(losses.hinge(signs, p), expected, rtol=1e-14)
    triplets = np.random.default_rng(1).normal(size=(6, 3, 3))
    a, near, far = triplets.transpose(1, 0, 2)
    gap = ((a - near) ** 2).sum(axis=1) - ((a - far) ** 2).sum(axis=1)
    np.testing.assert_allclose(losses.triplet(triplets), np.maximum(gap + 0.2, 0), rtol=1e-12)
    np.testing.assert_allclose(losses.triplet(triplets, 3), np.maximum(gap + 3, 0), rtol=1e-12)
    # Vectors shorter than 1e-7 are divided by 1e-7.
    assert losses.cosine_similarity([[1e-8, 0.0]], np.array([[3.0, 0.0]]))[0] == pytest.approx(-0.1)


def test_on_logits_keeps_the_other_arguments():
    for loss in (BINARY(label_smoothing=0.25), losses.CategoricalCrossentropy(False, 0.25)):
        assert loss.on_logits().get_config() == {"from_logits": True, "label_smoothing": 0.25}
    assert SPARSE().on_logits().from_logits is True
    kinds = {"sigmoid": BINARY, "softmax": losses.CategoricalCrossentropy}
    assert all(kind.activation == name for name, kind in kinds.items())
    assert (losses.Loss.activation, losses.Loss.from_logits) == (None, False)


def test_weights_share_the_predictions_type_and_gradients():
    p = Tensor(np.float32([[0.5, 0.5], [0.25, 1.0]]), requires_grad=True)
    loss = losses.MeanSquaredError()(np.zeros((2, 2)), p, np.array([2.0, 0.0]))
    assert loss.dtype == "float32"
    (slope,) = minidl.grad(loss, p)
    np.testing.assert_allclose(slope.data, [[0.5, 0.5], [0, 0]], rtol=1e-6)


def test_the_number_of_classes_is_the_last_axis():
    loss = losses.SparseCategoricalCrossentropy()
    labels = np.array([[[0, 4, 1, 4]] * 3] * 2)
    loss.check(labels, (None, 3, 4, 5))
    with pytest.raises(ValueError, match="4"):
        loss.check(labels, (None, 3, 4, 4))
