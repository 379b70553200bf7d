"""Greedy k-centre, against the same done point by point."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minidl.data import k_center


@given(
    hnp.arrays(np.float64, st.tuples(st.integers(1, 15), st.just(2)), elements=st.integers(-9, 9)),
    hnp.arrays(np.float64, st.tuples(st.integers(0, 5), st.just(2)), elements=st.integers(-9, 9)),
    st.integers(1, 15),
)
def test_k_center_takes_the_farthest_each_time(f, centers, count):
    count = min(count, len(f))
    picked = k_center.k_center(f, count, centers)
    assert len(set(picked)) == count
    known = list(centers)
    for step, i in enumerate(picked):
        left = [j for j in range(len(f)) if j not in picked[:step]]
        if known:
            far = {j: min(((f[j] - c) ** 2).sum() for c in known) for j in left}
            assert far[i] == max(far.values())
        known.append(f[i])


def test_k_center_in_parts_is_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    f, centers = rng.normal(size=(50, 4)), rng.normal(size=(30, 4))
    whole = k_center.k_center(f, 10, centers)
    monkeypatch.setattr(k_center, "CHUNK", 7 * 50)
    np.testing.assert_array_equal(k_center.k_center(f, 10, centers), whole)
