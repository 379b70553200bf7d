"""Connected components, against SciPy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from minidl.data.grouping import components, equal_pairs, groups_of

GRAPHS = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40)
    )
)


@given(GRAPHS)
def test_components(graph):
    count, pairs = graph
    rows, columns = np.array(pairs, int).reshape(-1, 2).T
    matrix = coo_array((np.ones(len(pairs)), (rows, columns)), (count, count))
    _, expected = connected_components(matrix, directed=False)
    found = components(count, pairs)
    np.testing.assert_array_equal(found[:, None] == found, expected[:, None] == expected)
    assert all(first == min(np.flatnonzero(found == first)) for first in found)
    groups = groups_of(count, pairs)
    assert all(len(set(expected[group])) == 1 for group in groups)
    assert sum(map(len, groups)) == sum(n for n in np.bincount(expected) if n > 1)


@given(st.lists(st.sampled_from(["a", "b", "c", None])))
def test_equal_keys_are_joined_and_none_is_no_key(keys):
    found = components(len(keys), equal_pairs(keys))
    for i, j in np.ndindex(len(keys), len(keys)):
        joined = i == j or (keys[i] is not None and keys[i] == keys[j])
        assert (found[i] == found[j]) == joined
