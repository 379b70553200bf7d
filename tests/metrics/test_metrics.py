import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl import metrics


@given(st.lists(st.integers(1, 7), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_accuracy_over_batches_is_accuracy_over_all(sizes, seed):
    rng = np.random.default_rng(seed)
    total = sum(sizes)
    labels, outputs = rng.integers(0, 3, total), rng.random((total, 3))
    metric = metrics.get("accuracy")
    start = 0
    for size in sizes:
        metric.update_state(labels[start : start + size], outputs[start : start + size])
        start += size
    right = sum(int(outputs[i].argmax() == labels[i]) for i in range(total))
    assert metric.result() == pytest.approx(right / total, rel=1e-12)


def test_accuracy_is_sparse_categorical_or_binary_as_targets_call_for():
    outputs = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    for targets in ([1, 0, 0], [[1], [0], [0]], [[0, 1], [1, 0], [1, 0]]):
        metric = metrics.Accuracy()
        metric.update_state(targets, outputs)
        assert metric.result() == pytest.approx(2 / 3)
    metric = metrics.Accuracy()
    metric.update_state([[1], [0], [1]], [[0.9], [0.6], [0.7]])
    assert metric.result() == pytest.approx(2 / 3)


def test_a_metric_starts_again_after_reset():
    metric = metrics.SparseCategoricalAccuracy()
    metric.update_state([0], [[0.1, 0.9]])
    metric.reset_state()
    assert metric.result() == 0
    metric.update_state([1], [[0.1, 0.9]])
    assert metric.result() == 1


def test_a_metric_keeps_the_name_it_was_asked_for():
    assert metrics.get("acc").name == "acc"
    with pytest.raises(ValueError, match="unknown metric 'acuracy': did you mean 'accuracy'"):
        metrics.get("acuracy")
