"""Metrics against their definitions, written out; and what they refuse."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl import metrics

examples = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 20), st.integers(0, 3)), min_size=1, max_size=30
)


def columns(rows):
    """Targets, predictions that tie or lie farther apart than thresholds, whole weights."""
    y, p, w = map(np.array, zip(*rows, strict=True))
    return y, (p * 10 + 5) / 215, w


@given(examples)
def test_auc_is_the_chance_to_rank_a_positive_higher(rows):
    y, p, w = columns(rows)
    metric = metrics.AUC(num_thresholds=431)
    metric.update_state(y, p, w)
    pairs = [
        (w[i] * w[j], (p[i] > p[j]) + 0.5 * (p[i] == p[j]))
        for i in range(len(y))
        for j in range(len(y))
        if y[i] and not y[j]
    ]
    total = sum(weight for weight, _ in pairs)
    expected = sum(weight * right for weight, right in pairs) / total if total else 0.0
    if total:
        assert metric.result() == pytest.approx(expected, abs=1e-12)


@given(examples, st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_precision_and_recall_count(rows, thresholds):
    y, p, w = columns(rows)
    precision, recall = metrics.Precision(thresholds), metrics.Recall(thresholds)
    for metric in (precision, recall):
        metric.update_state(y, p, w)
    for i, threshold in enumerate(thresholds):
        found = p > threshold
        right = (w * found * y).sum()
        for metric, whole in ((precision, (w * found).sum()), (recall, (w * y).sum())):
            expected = right / whole if whole else 0.0
            assert np.ravel(metric.result())[i] == pytest.approx(expected, rel=1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 40))
def test_iou_of_areas_is_counted_pixel_by_pixel(seed, classes, n):
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, classes, (2, n))
    metric = metrics.MeanIoU(classes)
    metric.update_state(y, p)
    each = [
        (np.sum((y == c) & (p == c)) / np.sum((y == c) | (p == c)))
        for c in range(classes)
        if c in y or c in p
    ]
    assert metric.result() == pytest.approx(np.mean(each))


@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_f1_is_the_harmonic_mean_of_precision_and_recall(seed, n):
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 2, (n, 3)), rng.random((n, 3))
    f1 = metrics.F1Score(threshold=0.5)
    f1.update_state(y, p)
    for c in range(3):
        precision, recall = metrics.Precision(class_id=c), metrics.Recall(class_id=c)
        precision.update_state(y, p)
        recall.update_state(y, p)
        a, b = precision.result(), recall.result()
        assert f1.result()[c] == pytest.approx(2 * a * b / (a + b) if a + b else 0)


ALL = [
    metrics.AUC(50, "PR", name="area", from_logits=True),
    metrics.Accuracy(),
    metrics.BinaryAccuracy(threshold=0.2),
    metrics.CategoricalAccuracy(),
    metrics.F1Score("macro", 0.5),
    metrics.MeanAbsoluteError(),
    metrics.MeanIoU(3, ignore_class=255, sparse_y_pred=False),
    metrics.MeanSquaredError("error"),
    metrics.Precision([0.2, 0.5]),
    metrics.Recall(top_k=2, class_id=1),
    metrics.Recall(np.array([0.5, 0.75])),
    metrics.SparseCategoricalAccuracy(),
    metrics.SparseTopKCategoricalAccuracy(3),
    metrics.TopKCategoricalAccuracy(3),
]


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: type(metric).__name__)
def test_metrics_come_back_from_their_config(metric):
    again = metrics.get(json.loads(json.dumps(metrics.serialize(metric))))
    assert type(again) is type(metric)
    assert again.get_config() == metric.get_config()


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: type(metric).__name__)
def test_nothing_seen_is_0(metric):
    metric.reset_state()
    assert np.all(np.asarray(metric.result()) == 0)


def test_names_are_keras():
    names = ["precision", "recall", "auc", "f1_score", "mean_io_u"]
    made = [metrics.Precision(), metrics.Recall(), metrics.AUC(), metrics.F1Score()]
    assert [metric.name for metric in [*made, metrics.MeanIoU(2)]] == names
    assert metrics.get("mse").name == "mse"
    assert isinstance(metrics.get("AUC"), metrics.AUC)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: metrics.AUC(num_thresholds=1), "num_thresholds needs a whole number of at le"),
        (lambda: metrics.AUC(num_thresholds=1_000_001), "at most 1,000,000, got 1,000,001"),
        (lambda: metrics.AUC(num_thresholds=10**30), "AUC: num_thresholds needs at most"),
        (lambda: metrics.AUC(curve="POC"), "unknown AUC curve 'POC': did you mean 'ROC'"),
        (lambda: metrics.AUC().update_state([1], [3.5]), "got 3.5; for logits give from_logits"),
        (lambda: metrics.Precision(1.5), r"Precision: thresholds needs a number in \[0, 1\]"),
        (lambda: metrics.Precision([]), "thresholds needs at least one number"),
        (lambda: metrics.Recall(top_k=0), "Recall: top_k"),
        (lambda: metrics.Recall(top_k=4).update_state([[1, 0]], [[1, 0]]), "there are 2 outputs"),
        (lambda: metrics.Recall(class_id=2).update_state([[1, 0]], [[1, 0]]), "no class 2"),
        (lambda: metrics.F1Score("macrow"), "did you mean 'macro'"),
        (lambda: metrics.F1Score(threshold=0), r"F1Score: threshold needs a number in \(0, 1\]"),
        (lambda: metrics.F1Score().update_state([1], [0.5]), r"needs predictions \(N, classes\)"),
        (lambda: metrics.MeanIoU(0), "MeanIoU: num_classes"),
        (lambda: metrics.MeanIoU(2).update_state([0, 2], [0, 1]), "label 2 is not a whole number"),
        (lambda: metrics.MeanIoU(2).update_state([0], [0.5]), "prediction 0.5 is not a whole"),
        (lambda: metrics.TopKCategoricalAccuracy(0), "k needs a whole number"),
        (lambda: metrics.BinaryAccuracy(threshold=2), "threshold"),
        (
            lambda: metrics.MeanSquaredError().update_state([1, 2, 3], [[1, 2, 3]]),
            r"the targets have shape \(3,\), the predictions \(1, 3\)",
        ),
        (
            lambda: metrics.MeanSquaredError().update_state([[1], [2]], [[1], [2]], [1, 2, 3]),
            r"sample_weight of shape \(3,\) does not fit values of shape \(2, 1\)",
        ),
        (
            lambda: metrics.SparseCategoricalAccuracy().update_state([1, 0, 1], np.ones((2, 2))),
            r"the labels have shape \(3,\)",
        ),
        (
            lambda: metrics.SparseTopKCategoricalAccuracy(1).update_state([5], np.ones((1, 2))),
            "label 5 is not a class in 0 … 1",
        ),
        (lambda: metrics.get("acuracy"), "did you mean 'accuracy'"),
    ],
)
def test_bad_input_is_refused(act, message):
    with pytest.raises(ValueError, match=message):
        act()
