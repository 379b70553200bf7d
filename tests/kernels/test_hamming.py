"""Distances of hashes, against NumPy's count of bits."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minidl.kernels.hamming import nearest


@given(
    hnp.arrays(np.uint64, st.integers(0, 5)),
    hnp.arrays(np.uint64, st.tuples(st.integers(0, 4), st.integers(1, 6))),
)
def test_nearest(hashes, candidates):
    distance, which = nearest(hashes, candidates)
    expected = np.bitwise_count(hashes[:, None, None] ^ candidates)
    np.testing.assert_array_equal(distance, expected.min(axis=2))
    np.testing.assert_array_equal(which, expected.argmin(axis=2))


def test_the_number_of_threads_does_not_matter(set_num_threads):
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 1 << 63, 100, np.uint64)
    candidates = rng.integers(0, 1 << 63, (120, 10), np.uint64)
    set_num_threads(1)
    alone = nearest(hashes, candidates)
    set_num_threads(4)
    for one, other in zip(alone, nearest(hashes, candidates), strict=True):
        np.testing.assert_array_equal(one, other)
