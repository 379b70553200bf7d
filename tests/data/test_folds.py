"""Cross-validation's parts, for any labels."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minidl.data.folds import folds

LABELS = hnp.arrays(np.int64, st.integers(2, 60), elements=st.integers(-1, 2))
SEEDS = st.integers(0, 1000)


@given(LABELS, st.integers(2, 6), SEEDS)
def test_folds(y, count, seed):
    names, counts = np.unique(y, return_counts=True)
    assume(counts.min() >= count)
    parts = folds(y, count, np.random.default_rng(seed))
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(y.size))
    assert np.ptp([part.size for part in parts]) <= 1
    for name in names:
        assert np.ptp([(y[part] == name).sum() for part in parts]) <= 1


def test_folds_are_dealt_at_random():
    y = np.zeros(100, int)
    first, second = (folds(y, 5, np.random.default_rng(seed))[0] for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_folds_need_enough_of_each_class():
    with pytest.raises(ValueError, match="at least 3 examples, but class b has 2"):
        folds(["a", "a", "a", "b", "b"], 3, np.random.default_rng(0))
