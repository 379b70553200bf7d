"""Matrices, against OpenCV's, and their laws."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import matrices

from minidl.image import geometry

sizes = st.tuples(st.integers(1, 50), st.integers(1, 50))
numbers = st.floats(-50, 50).map(lambda v: round(v, 3))
angles = st.floats(-1000, 1000).map(lambda v: round(v, 2))


@given(angle=angles, size=sizes)
def test_rotation_is_opencvs(angle, size):
    expected = cv2.getRotationMatrix2D((size[1] / 2, size[0] / 2), angle, 1)
    np.testing.assert_allclose(geometry.rotation(angle, size)[0], expected, rtol=0, atol=1e-9)


@given(quarters=st.integers(-9, 9), size=sizes)
def test_quarter_turns_are_exact(quarters, size):
    turn = geometry.rotation(90 * quarters, size)
    assert (turn * 2 == np.rint(turn * 2)).all()
    four = geometry.compose(turn, turn, turn, turn)
    np.testing.assert_array_equal(four, geometry.identity())


@given(a=matrices(), b=matrices(), c=matrices())
def test_composition(a, b, c):
    points = np.random.default_rng(0).normal(size=(5, 2)) * 10
    one_by_one = geometry.move(c, geometry.move(b, geometry.move(a, points)))
    at_once = geometry.move(geometry.compose(a, b, c), points)
    np.testing.assert_allclose(at_once, one_by_one, rtol=1e-9, atol=1e-6)
    left = geometry.compose(geometry.compose(a, b), c)
    np.testing.assert_allclose(
        left, geometry.compose(a, geometry.compose(b, c)), rtol=1e-9, atol=1e-6
    )


@given(matrix=matrices())
def test_inverse_is_opencvs_and_undoes(matrix):
    inverse = geometry.invert(matrix)
    np.testing.assert_allclose(
        inverse[0], cv2.invertAffineTransform(matrix[0]), rtol=1e-9, atol=1e-8
    )
    for both in (geometry.compose(matrix, inverse), geometry.compose(inverse, matrix)):
        np.testing.assert_allclose(both, geometry.identity(), rtol=0, atol=1e-8)


@given(size=sizes, angle=angles, factor=st.floats(0.1, 9))
def test_the_middle_stays(size, angle, factor):
    middle = [[size[1] / 2, size[0] / 2]]
    for matrix in (
        geometry.rotation(angle, size),
        geometry.scaling(factor, 1, size),
        geometry.shearing(factor, 0.1, size),
        geometry.flipping(True, True, size),
    ):
        np.testing.assert_allclose(geometry.move(matrix, middle), middle, rtol=0, atol=1e-9)


def test_one_for_each_image():
    many = geometry.rotation([10, 20, 90], (4, 6))
    assert many.shape == (3, 2, 3)
    for matrix, angle in zip(many, (10, 20, 90), strict=True):
        np.testing.assert_array_equal(matrix, geometry.rotation(angle, (4, 6))[0])
    flips = geometry.flipping([True, False], [False, False], (4, 6))
    np.testing.assert_array_equal(flips[1], geometry.identity()[0])
    shifts = geometry.translation([1, 2], 3)
    np.testing.assert_array_equal(shifts[:, :, 2], [[1, 3], [2, 3]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: geometry.invert(np.zeros((2, 3))), "invert: .* cannot be undone: it leaves no"),
        (lambda: geometry.invert([[1, 2, 0], [2, 4, 0]]), "cannot be undone"),
        (lambda: geometry.scaling(0, 1, (3, 3)) is geometry.invert(geometry.scaling(0, 1, (3, 3))),
         "cannot be undone"),
        (lambda: geometry.invert(np.full((2, 3), 1e-320) * np.eye(2, 3)), "cannot be undone"),
        (lambda: geometry.as_matrices(np.eye(3)), r"shape \(2, 3\), .* got float64 \(3, 3\)"),
        (lambda: geometry.as_matrices(np.full((2, 3), np.nan)), "finite numbers"),
        (lambda: geometry.rotation(np.inf, (3, 3)), "rotation: angle needs finite numbers"),
        (lambda: geometry.translation([1, 2], [1, 2, 3]), "translation: dx needs one number, or"),
        (lambda: geometry.move(np.ones((2, 2, 3)), [[0, 0]]), "needs one matrix, got 2"),
        (lambda: geometry.move(np.eye(2, 3), [[0, 0, 0]]), r"shape \(…, 2\), .* got \(1, 3\)"),
        (lambda: geometry.move(np.eye(2, 3), [[0, np.nan]]), "points need finite numbers"),
    ],
)  # fmt: skip
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_no_points():
    assert geometry.move(np.eye(2, 3), []).shape == (0, 2)
