"""Erosion and its kin, against OpenCV and their laws."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import pictures, with_channels

from minidl import image

odd = st.sampled_from([1, 3, 5])


@st.composite
def footprints(draw):
    shape = draw(odd), draw(odd)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    footprint = rng.random(shape) < draw(st.sampled_from([0.4, 1.0]))
    footprint[rng.integers(shape[0]), rng.integers(shape[1])] = True
    return footprint


@given(x=pictures(), footprint=footprints())
def test_opencv(x, footprint):
    kernel = footprint.astype("uint8")
    mirrored = np.ascontiguousarray(kernel[::-1, ::-1])  # which OpenCV leaves to the user
    for ours, theirs in (
        (image.erode, cv2.erode(x, kernel)),
        (image.dilate, cv2.dilate(x, mirrored)),
        (image.opening, cv2.dilate(cv2.erode(x, kernel), mirrored)),
        (image.closing, cv2.erode(cv2.dilate(x, mirrored), kernel)),
    ):
        expected = with_channels(theirs, x)
        if (
            np.isfinite(ours(x, footprint)).all()
            and footprint[tuple(n // 2 for n in footprint.shape)]
        ):
            np.testing.assert_array_equal(ours(x, footprint), expected, strict=True)


@given(x=pictures(), size=st.tuples(odd, odd))
def test_sizes_are_full_footprints(x, size):
    for function in (image.erode, image.dilate, image.opening, image.closing):
        np.testing.assert_array_equal(function(x, size), function(x, np.ones(size)))


@given(x=pictures(), footprint=footprints())
def test_laws(x, footprint):
    opened, closed = image.opening(x, footprint), image.closing(x, footprint)
    assert (opened <= x).all()
    assert (x <= closed).all()
    np.testing.assert_array_equal(image.opening(opened, footprint), opened)
    np.testing.assert_array_equal(image.closing(closed, footprint), closed)
    if x.dtype == np.uint8:
        np.testing.assert_array_equal(
            255 - image.erode(255 - x, footprint), image.dilate(x, footprint[::-1, ::-1])
        )


@pytest.mark.parametrize(
    ("footprint", "message"),
    [
        (2, "erode: footprint needs odd numbers"),
        ((3, 4), "footprint needs odd numbers"),
        (0, "footprint needs a whole number of at least 1"),
        (np.zeros((3, 3)), "footprint needs at least one pixel that is not 0"),
        (np.ones((2, 3)), "the footprint's shape needs odd numbers"),
        (np.ones((3, 3, 3)), "got float64 of shape"),
        ("cross", "footprint"),
    ],
)
def test_bad_footprints(footprint, message):
    with pytest.raises((ValueError, TypeError), match=message):
        image.erode(np.zeros((4, 4)), footprint)
