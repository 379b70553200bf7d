"""Confident learning: against the paper's definitions, cleanlab, and labels that were flipped."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl.data import label_errors
from minidl.data.label_errors import (
    confident_joint,
    find_label_errors,
    label_quality,
    out_of_fold,
    thresholds,
)

FILTERS = label_errors.FILTERS


@st.composite
def predictions(draw):
    classes = draw(st.integers(2, 5))
    n = draw(st.integers(1, 40))
    y = draw(hnp.arrays(np.int64, n, elements=st.integers(0, classes - 1)))
    seed = draw(st.integers(0, 1000))
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(classes, draw(st.sampled_from([0.2, 1.0]))), n)
    return y, p


def literal_joint(y, p):
    """Equation 1, example by example."""
    n, classes = p.shape
    t = [np.mean([p[k, j] for k in range(n) if y[k] == j] or [np.inf]) for j in range(classes)]
    joint = np.zeros((classes, classes))
    for k in range(n):
        reached = [j for j in range(classes) if p[k, j] >= t[j] - 1e-6]
        if reached:
            joint[y[k], max(reached, key=lambda j: p[k, j])] += 1
    return joint


@given(predictions())
def test_the_joint_is_the_papers(example):
    y, p = example
    np.testing.assert_array_equal(confident_joint(y, p, calibrate=False), literal_joint(y, p))


@given(predictions())
def test_the_calibrated_joint_has_the_labels_counts(example):
    y, p = example
    joint = confident_joint(y, p)
    np.testing.assert_allclose(joint.sum(axis=1), np.bincount(y, minlength=p.shape[1]))
    assert (joint >= 0).all()


def test_thresholds_are_mean_self_confidence():
    y, p = [0, 0, 1], [[0.6, 0.3, 0.1], [0.8, 0.1, 0.1], [0.5, 0.5, 0.0]]
    np.testing.assert_allclose(thresholds(y, p), [0.7, 0.5, np.inf])


@given(predictions(), st.sampled_from(FILTERS), st.sampled_from(label_errors.RANKINGS))
def test_what_is_found(example, filter_by, ranking):
    y, p = example
    found = find_label_errors(y, p, filter_by, ranking)
    assert len(set(found.tolist())) == len(found)
    assert (p[found].argmax(axis=1) != y[found]).all()
    assert (np.diff(label_quality(y, p, ranking)[found]) >= 0).all()


@given(predictions())
def test_both_is_what_both_find(example):
    y, p = example
    rate, of_class, both = (
        set(find_label_errors(y, p, by).tolist()) for by in ("noise_rate", "class", "both")
    )
    assert both == rate & of_class


@given(predictions())
def test_the_order_of_examples_does_not_matter(example):
    y, p = example
    order = np.random.default_rng(0).permutation(len(y))
    for by in FILTERS:
        found = set(find_label_errors(y, p, by).tolist())
        assert {order[i] for i in find_label_errors(y[order], p[order], by)} == found


def test_sure_and_right_labels_are_not_suspect():
    y = np.arange(30) % 3
    for by in FILTERS:
        assert not find_label_errors(y, np.eye(3)[y], by).size


def test_a_flipped_label_is_found():
    truth = np.arange(30) % 3
    p = 0.7 * np.eye(3)[truth] + 0.1
    y = truth.copy()
    y[4] = (y[4] + 1) % 3
    for by in FILTERS:
        np.testing.assert_array_equal(find_label_errors(y, p, by), [4])


def test_the_margin_looks_at_the_best_other_class():
    score = label_quality([0, 0], [[0.4, 0.6, 0.0], [0.4, 0.3, 0.3]], "normalized_margin")
    np.testing.assert_allclose(score, [0.4, 0.55])


def blobs(n=300, flipped=0, seed=0):
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 3
    x = np.eye(3)[truth] * 4 + rng.normal(size=(n, 3))
    y = truth.copy()
    wrong = rng.choice(n, flipped, replace=False)
    y[wrong] = (y[wrong] + 1) % 3
    return x.astype(np.float32), y, truth, wrong


def linear():
    model = minidl.Sequential([minidl.Input((3,)), minidl.layers.Dense(3, "softmax")])
    model.compile(minidl.optimizers.Adam(0.1), "sparse_categorical_crossentropy")
    return model


def test_out_of_fold_never_asks_a_model_about_what_it_learnt(monkeypatch):
    x, y, _, _ = blobs(60)
    seen = []

    class Spy:
        def fit(self, x, y, **options):
            self.learnt = {row.tobytes() for row in x}

        def predict(self, x, **options):
            asked = {row.tobytes() for row in x}
            assert not asked & self.learnt
            assert len(asked) + len(self.learnt) == 60
            seen.extend(asked)
            return np.full((len(x), 3), 1 / 3)

    calls = []
    p = out_of_fold(Spy, x, y, folds=4, on_fold=lambda *call: calls.append(call))
    assert p.shape == (60, 3)
    assert len(set(seen)) == 60
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_out_of_fold_puts_predictions_where_they_belong():
    x, y, truth, _ = blobs()
    p = out_of_fold(linear, x, y, folds=3, epochs=10)
    assert (p.argmax(axis=1) == truth).mean() > 0.95


def test_the_same_seed_gives_the_same_bits_and_leaves_the_global_state():
    x, y, _, _ = blobs(60)
    before = minidl.runtime.random.generator()
    state = before.bit_generator.state
    first = out_of_fold(linear, x, y, seed=3)
    np.testing.assert_array_equal(first, out_of_fold(linear, x, y, seed=3))
    assert not np.array_equal(first, out_of_fold(linear, x, y, seed=4))
    assert minidl.runtime.random.generator() is before
    assert before.bit_generator.state == state


def test_flipped_digits_stand_first():
    """A smaller form of ``python -m benchmarks.label_errors``: fewer images, a smaller network."""
    (x, truth), _ = minidl.datasets.mnist.load_data()
    x, truth = x[:2000] / np.float32(255), truth[:2000].astype(int)
    rng = np.random.default_rng(0)
    wrong = rng.choice(2000, 100, replace=False)
    y = truth.copy()
    y[wrong] = (y[wrong] + rng.integers(1, 10, 100)) % 10

    def make_model():
        layers = minidl.layers
        model = minidl.Sequential(
            [
                minidl.Input((28, 28)),
                layers.Flatten(),
                layers.Dense(64, activation="relu"),
                layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    p = out_of_fold(make_model, x, y, folds=5, epochs=8, batch_size=32)
    first = np.argsort(label_quality(y, p), kind="stable")[:100]
    assert np.isin(first, wrong).mean() >= 0.75
    suspects = find_label_errors(y, p)
    assert np.isin(wrong, suspects).mean() >= 0.75
    assert np.isin(suspects, wrong).mean() >= 0.4


def test_as_cleanlab():
    """With ``pip install -e ".[compare]"``."""
    count = pytest.importorskip("cleanlab.count")
    filters = pytest.importorskip("cleanlab.filter")
    rank = pytest.importorskip("cleanlab.rank")
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, 2000)
    y = np.where(rng.random(2000) < 0.15, rng.integers(0, 4, 2000), truth)
    logits = 3 * np.eye(4)[truth] + rng.normal(size=(2000, 4)) * 1.5
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    for ranking in label_errors.RANKINGS:
        theirs = rank.get_label_quality_scores(y, p, method=ranking)
        np.testing.assert_allclose(label_quality(y, p, ranking), theirs, atol=1e-12)
    theirs = count.compute_confident_joint(y, p, calibrate=False)
    np.testing.assert_array_equal(confident_joint(y, p, calibrate=False), theirs)
    names = {
        "noise_rate": "prune_by_noise_rate",
        "class": "prune_by_class",
        "both": "both",
        "joint": "confident_learning",
    }
    for ours, name in names.items():
        found = find_label_errors(y, p, ours)
        theirs = filters.find_label_issues(
            y, p, filter_by=name, return_indices_ranked_by="self_confidence", n_jobs=1
        )
        # The counts are rounded differently: a handful of examples may lie on the edge.
        assert len(set(found) ^ set(theirs)) <= 6, ours


@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([0, 1], [[0.5, 0.5]], "2 labels and 1 rows"),
        ([2], [[0.5, 0.5]], "from 0 to 1, got 2 at index 0"),
        ([-1], [[0.5, 0.5]], "got -1 at index 0"),
        ([0.0], [[0.5, 0.5]], "whole numbers"),
        ([0], [[2.0, 1.0]], "sum to 1"),
        ([0], [[1.5, -0.5]], "sum to 1"),
        ([0], [[np.nan, 0.5]], "sum to 1"),
        ([0], [0.5], "shape"),
        ([0], [[1.0]], "at least two classes"),
    ],
)
@pytest.mark.parametrize("function", [label_quality, confident_joint, find_label_errors])
def test_bad_input(function, y, p, message):
    with pytest.raises(ValueError, match=message) as error:
        function(y, p)
    assert function.__name__ in str(error.value)


def test_unknown_names():
    with pytest.raises(ValueError, match="did you mean 'noise_rate'"):
        find_label_errors([0], [[0.5, 0.5]], "noise rate")
    with pytest.raises(ValueError, match="did you mean 'normalized_margin'"):
        label_quality([0], [[0.5, 0.5]], "margin")


def test_a_class_must_have_an_example_a_fold():
    with pytest.raises(ValueError, match="at least 5 examples, but class 1 has 2"):
        out_of_fold(linear, np.zeros((8, 3)), [0] * 6 + [1] * 2)


def test_logits_are_refused():
    def make_model():
        model = minidl.Sequential([minidl.Input((3,)), minidl.layers.Dense(3)])
        model.compile("sgd", minidl.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    x, y, _, _ = blobs(30)
    with pytest.raises(ValueError, match="softmax"):
        out_of_fold(make_model, x, y)


def test_as_many_labels_as_examples():
    with pytest.raises(ValueError, match="4 examples and 3 labels"):
        out_of_fold(linear, np.zeros((4, 3)), [0, 1, 0])
