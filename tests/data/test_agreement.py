"""Agreement: against papers' worked examples, scikit-learn, statsmodels, and known annotators."""

import pathlib

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.data.agreement import (
    cohen_kappa,
    count_votes,
    dawid_skene,
    fleiss_kappa,
    majority_vote,
)

REFERENCE = pathlib.Path(__file__).parents[1] / "reference" / "agreement.npz"
WEIGHTS = {"none": None, "linear": "linear", "quadratic": "quadratic"}
COMPLETE = hnp.arrays(
    np.int64, st.tuples(st.integers(1, 12), st.integers(1, 5)), elements=st.integers(0, 3)
)
LABELS = hnp.arrays(
    np.int64, st.tuples(st.integers(1, 12), st.integers(1, 6)), elements=st.integers(-1, 3)
)


@pytest.fixture(scope="module")
def reference():
    with np.load(REFERENCE) as arrays:
        return dict(arrays)


@given(LABELS)
def test_majority_vote(labels):
    winners, tied = majority_vote(labels, 4)
    for row, winner, tie in zip(labels.tolist(), winners, tied, strict=True):
        counts = [row.count(c) for c in range(4)]
        if max(counts) == 0:
            assert (winner, tie) == (-1, False)
        else:
            best = [c for c in range(4) if counts[c] == max(counts)]
            assert (winner, tie) == (best[0], len(best) > 1)


@given(LABELS)
def test_votes(labels):
    votes = count_votes(labels, 5)
    assert votes.shape == (len(labels), 5)
    np.testing.assert_array_equal(votes.sum(axis=1), (labels >= 0).sum(axis=1))


def annotators(n, confusion, seed, missing=0.0):
    """Simulate what annotators say of n items, whose classes are known."""
    rng = np.random.default_rng(seed)
    classes = confusion.shape[1]
    truth = rng.integers(0, classes, n)
    drawn = rng.random((n, len(confusion), 1)) > np.cumsum(confusion[:, truth].swapaxes(0, 1), -1)
    labels = drawn.sum(axis=-1).clip(max=classes - 1)
    labels[:, 1:][rng.random((n, len(confusion) - 1)) < missing] = -1
    return truth, labels


def mixed_confusion(accuracies, classes):
    rest = (1 - np.array(accuracies)) / (classes - 1)
    same = np.eye(classes)
    return np.array(accuracies)[:, None, None] * same + rest[:, None, None] * (1 - same)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_simulated_annotators_are_recovered(missing):
    confusion = mixed_confusion([0.95, 0.9, 0.6, 0.6, 0.6], 3)
    # One mixes up two classes, always the same way.
    confusion[4] = [[0.05, 0.9, 0.05], [0.9, 0.05, 0.05], [0.05, 0.05, 0.9]]
    truth, labels = annotators(3000, confusion, 0, missing)
    found = dawid_skene(labels)
    assert found.converged
    np.testing.assert_allclose(found.confusion, confusion, atol=0.06)
    np.testing.assert_allclose(found.priors, 1 / 3, atol=0.04)
    voted = (majority_vote(labels)[0] == truth).mean()
    inferred = (found.labels == truth).mean()
    assert inferred > 0.95
    assert inferred > voted + 0.04


@given(COMPLETE, st.sampled_from([0.0, 0.01, 1.0]))
def test_the_likelihood_never_falls(labels, smoothing):
    found = dawid_skene(labels, 4, smoothing=smoothing, max_iterations=100)
    rises = np.diff(found.log_likelihood)
    assert (rises >= -1e-9 * (1 + np.abs(found.log_likelihood[1:]))).all()
    assert np.isfinite(found.log_likelihood).all()
    for shares in (found.probabilities, found.confusion, found.priors):
        np.testing.assert_allclose(shares.sum(axis=-1), 1)


def test_the_likelihood_is_the_likelihood():
    """Against the sum over the unknown classes, item by item."""
    labels = np.array([[0, 0, 1], [1, -1, 0], [0, 1, 1], [1, 1, 1]])
    found = dawid_skene(labels, smoothing=0, max_iterations=3)
    again = dawid_skene(labels, smoothing=0, max_iterations=4)
    total = 0.0
    for row in labels:
        total += np.log(
            sum(
                again.priors[j]
                * np.prod([again.confusion[k, j, said] for k, said in enumerate(row) if said >= 0])
                for j in range(2)
            )
        )
    assert again.log_likelihood[-1] == pytest.approx(total)
    assert not found.converged


def test_two_hundred_annotators_do_not_underflow():
    truth, labels = annotators(50, mixed_confusion([0.6] * 200, 4), 0)
    found = dawid_skene(labels)
    assert np.isfinite(found.log_likelihood).all()
    np.testing.assert_array_equal(found.labels, truth)


def test_annotators_in_another_order():
    _, labels = annotators(200, mixed_confusion([0.9, 0.7, 0.6], 3), 1)
    first, second = dawid_skene(labels), dawid_skene(labels[:, ::-1])
    np.testing.assert_allclose(first.probabilities, second.probabilities, atol=1e-9)
    np.testing.assert_allclose(first.confusion, second.confusion[::-1], atol=1e-9)


def test_fleiss_1971():
    """The example of the paper's table 1: 30 subjects, 6 raters, 5 diagnoses."""
    votes = np.array(
        [
            [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
            [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
            [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
            [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
            [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
            [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
        ]
    )  # fmt: skip
    assert fleiss_kappa(votes) == pytest.approx(0.430, abs=0.0005)


def test_as_statsmodels_and_scikit_learn(reference):
    for i in range(int(reference["cases"])):
        labels = reference[f"labels{i}"]
        assert fleiss_kappa(count_votes(labels)) == pytest.approx(float(reference[f"fleiss{i}"]))
        for name, weights in WEIGHTS.items():
            expected = float(reference[f"cohen_{name}{i}"])
            found = cohen_kappa(*labels.T[:2], weights=weights)
            assert found == pytest.approx(expected)


def test_kappa_is_one_where_all_agree_and_below_zero_where_none_do():
    assert cohen_kappa([0, 1, 2], [0, 1, 2]) == 1
    assert cohen_kappa([0, 1], [1, 0]) == -1
    assert fleiss_kappa([[3, 0], [0, 3]]) == 1
    assert fleiss_kappa([[1, 1], [1, 1]]) == -1


def test_kappa_of_one_class_is_not_a_number():
    assert np.isnan(cohen_kappa([1, 1], [1, 1]))
    assert np.isnan(fleiss_kappa([[2, 0], [2, 0]]))


def test_items_that_one_left_out_do_not_count():
    assert cohen_kappa([0, 1, 1, -1, 0], [0, 1, 0, 1, -1]) == cohen_kappa([0, 1, 1], [0, 1, 0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: majority_vote([0, 1]), r"shape \(N, annotators\)"),
        (lambda: majority_vote([[0.0]]), "float64"),
        (lambda: majority_vote([[0, 2]], 2), "from 0 to 1, or -1"),
        (lambda: majority_vote([[-2]]), "or -1 for none"),
        (lambda: dawid_skene([[0], [-1]]), "item 1 has none"),
        (lambda: dawid_skene(np.zeros((0, 3), int)), "no items"),
        (lambda: dawid_skene([[0]], smoothing=-1), "smoothing"),
        (lambda: dawid_skene([[0]], max_iterations=0), "max_iterations"),
        (lambda: cohen_kappa([0], [0, 1]), "equal length"),
        (lambda: cohen_kappa([-1, 0], [0, -1]), "no item that both"),
        (lambda: cohen_kappa([0, 1], [0, 1], weights="squared"), "unknown weights 'squared'"),
        (lambda: fleiss_kappa([[1, 0]]), "at least two"),
        (lambda: fleiss_kappa([[2, 0], [2, 1]]), "from 2 to 3"),
        (lambda: fleiss_kappa([[-1, 3]]), "counts of votes"),
        (lambda: fleiss_kappa([0.5]), "counts of votes"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
