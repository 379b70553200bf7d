"""Joining along no axis, against NumPy; along an axis, see the table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from op_arguments import anywhere, seeds, shapes

from minidl import Tensor, check_grads, ops


@given(st.lists(shapes, min_size=1, max_size=3), seeds)
def test_joined_as_rows_of_numbers_without_an_axis(each, seed):
    arrays = [anywhere(shape, seed + i) for i, shape in enumerate(each)]
    found = ops.concatenate(arrays, axis=None)
    np.testing.assert_array_equal(found, np.concatenate(arrays, axis=None))
    assert isinstance(ops.concatenate([Tensor(arrays[0]), *arrays[1:]], axis=None), Tensor)
    check_grads(lambda *xs: ops.concatenate(xs, axis=None), *arrays, order=2)


def test_numbers_are_joined_without_an_axis_only():
    np.testing.assert_array_equal(ops.concatenate([1, 2.5], axis=None), [1, 2.5])
    with pytest.raises(ValueError, match="concatenate: axis"):
        ops.concatenate([1, 2.5])


@pytest.mark.parametrize("axis", [0, None])
def test_nothing_cannot_be_joined(axis):
    with pytest.raises(ValueError, match=r"concatenate: need at least one array"):
        ops.concatenate([], axis=axis)


def test_tile_with_more_counts_than_axes():
    x = np.array([1.0, 2.0])
    assert ops.tile(x, (3, 1, 2)).shape == (3, 1, 4)
    check_grads(lambda x: ops.tile(x, (3, 1, 2)), x, order=2)
