"""The article's two formulas, against numbers computed by hand and against SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate

from minidl import formulas


@st.composite
def images(draw, smallest=1):
    shape = draw(st.tuples(st.integers(smallest, 8), st.integers(smallest, 8)))
    return np.random.default_rng(draw(st.integers(0, 2**32))).integers(-9, 10, shape)


def test_convolution_by_hand():
    A = [[1, 2, 0], [0, 1, 3], [2, 0, 1]]
    K = [[1, -1], [2, 10]]
    # f(0, 0) = 1·1 − 2·1 + 0·2 + 1·10, and so on: K is not flipped.
    assert formulas.convolution(A, K).tolist() == [[9, 34], [3, 8]]


def test_x_is_the_first_axis():
    A = np.zeros((4, 5), int)
    A[2, 1] = 7
    K = np.zeros((2, 2), int)
    K[1, 0] = 1
    f = formulas.convolution(A, K)
    assert f.shape == (3, 4)
    assert np.argwhere(f).tolist() == [[1, 1]]


@given(data=st.data())
def test_convolution_is_correlation(data):
    A = data.draw(images())
    k = data.draw(st.integers(1, min(A.shape)))
    K = np.random.default_rng(k).integers(-9, 10, (k, k))
    assert np.array_equal(formulas.convolution(A, K), correlate(A, K, mode="valid"))


def test_max_pooling_by_hand():
    A = [[1, 9, 2, 0], [8, 7, 6, 5], [3, 1, -4, 2]]
    assert formulas.max_pooling(A, 1).tolist() == [[9, 9, 6], [8, 7, 6]]
    assert formulas.max_pooling(A, 2).tolist() == [[3, 9]]  # corners alone: not 8, not 7


def test_max_pooling_of_negative_numbers():
    assert formulas.max_pooling(-np.ones((3, 3)), 1).tolist() == [[-1, -1], [-1, -1]]


@given(data=st.data())
def test_max_pooling_takes_four_corners(data):
    A = data.draw(images(smallest=2))
    k = data.draw(st.integers(1, min(A.shape) - 1))
    corners = [A[:-k, :-k], A[k:, :-k], A[:-k, k:], A[k:, k:]]
    assert np.array_equal(formulas.max_pooling(A, k), np.max(corners, axis=0))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_dtype_is_kept(dtype):
    A = np.ones((3, 3), dtype)
    assert formulas.convolution(A, A).dtype == dtype
    assert formulas.max_pooling(A, 1).dtype == dtype


def test_k_may_be_a_numpy_integer():
    assert formulas.max_pooling(np.eye(3), np.int64(2)).tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("A", "K", "message"),
    [
        (np.ones(4), np.ones((2, 2)), r"A needs an \(H, W\) array.*got float64 of shape \(4,\)"),
        (np.ones((4, 4, 1)), np.ones((2, 2)), r"A needs .*\(4, 4, 1\)"),
        (np.ones((4, 4)), np.ones(4), r"K needs an \(H, W\) array"),
        (np.ones((4, 4)), np.ones((2, 3)), r"as many rows as columns, got \(2, 3\)"),
        (np.ones((4, 4)), np.ones((0, 0)), r"as many rows as columns, got \(0, 0\)"),
        (np.ones((4, 2)), np.ones((3, 3)), "3 × 3 kernel does not fit in the 4 × 2 image"),
        (np.ones((2, 4)), np.ones((3, 3)), "3 × 3 kernel does not fit in the 2 × 4 image"),
        (np.ones((4, 4)) * 1j, np.ones((2, 2)), "real numbers, got complex128"),
        ([["a"]], [["b"]], "real numbers, got <U1"),
    ],
)
def test_convolution_refuses(A, K, message):
    with pytest.raises(ValueError, match=f"convolution: .*{message}|convolution: {message}"):
        formulas.convolution(A, K)


@pytest.mark.parametrize("k", [0, -1, 1.5, 2.0, True, "2", None, float("nan")])
def test_max_pooling_refuses_what_is_no_distance(k):
    with pytest.raises(ValueError, match="max_pooling: k needs a whole number of at least 1, got"):
        formulas.max_pooling(np.ones((4, 4)), k)


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (1, 1), (0, 9)])
def test_max_pooling_refuses_corners_outside(shape):
    with pytest.raises(ValueError, match="corners 3 apart do not fit"):
        formulas.max_pooling(np.ones(shape), 3)
