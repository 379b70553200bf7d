"""The scripts that measure labels: how labels are flipped, and how labels needed are counted."""

import numpy as np
import pytest

from benchmarks import active, label_errors
from minidl.data.active import LearningCurve


def test_flipped_labels_are_all_wrong_and_spread_over_the_other_classes():
    y = np.repeat(np.arange(10), 1000)
    noisy, flipped = label_errors.flip(y, 0.05, np.random.default_rng(0))
    assert len(flipped) == len(set(flipped)) == 500
    np.testing.assert_array_equal(np.flatnonzero(noisy != y), flipped)
    apart = np.bincount((noisy - y)[flipped] % 10, minlength=10)
    assert apart[0] == 0
    assert apart[1:].min() > 30


def curve(accuracy, labels=(100, 200, 300, 400)):
    return LearningCurve("margin", np.array(labels), np.array(accuracy), np.arange(labels[-1]))


@pytest.mark.parametrize(
    ("accuracies", "first", "lasting"),
    [
        ([[0.8, 0.92, 0.93, 0.95]], 300, 300),
        ([[0.8, 0.94, 0.92, 0.95]], 200, 400),
        ([[0.9, 0.92, 0.94, 0.95], [0.8, 0.9, 0.9, 0.95]], 400, 400),
        ([[0.8, 0.8, 0.8, 0.8]], None, None),
        ([[0.8, 0.94, 0.94, 0.8]], 200, None),
        ([[0.94, 0.95, 0.96, 0.97]], 100, 100),
    ],
)
def test_labels_needed(accuracies, first, lasting):
    curves = [curve(accuracy) for accuracy in accuracies]
    assert active.labels_needed(curves) == {"first": first, "lasting": lasting}
