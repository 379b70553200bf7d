"""Resizing, against OpenCV, and against the mean of repeated pixels."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import assert_near, pictures, with_channels

from minidl import image

sides = st.integers(1, 20)


@given(x=pictures(), height=sides, width=sides)
def test_bilinear_is_opencvs(x, height, width):
    expected = with_channels(cv2.resize(x, (width, height), interpolation=cv2.INTER_LINEAR), x)
    assert_near(image.resize(x, (height, width)), expected, exact=2e-6)


@given(x=pictures(), height=sides, width=sides)
def test_nearest_is_opencvs_but_for_centres_on_an_edge(x, height, width):
    found = image.resize(x, (height, width), "nearest")
    theirs = cv2.resize(x, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    clear = [
        [i for i in range(m) if (2 * i + 1) * n % (2 * m)]
        for n, m in zip(x.shape, (height, width), strict=False)
    ]
    kept = np.ix_(*clear)
    np.testing.assert_array_equal(found[kept], with_channels(theirs, x)[kept], strict=True)


@given(x=pictures(), data=st.data())
def test_area_is_opencvs_where_images_shrink(x, data):
    height = data.draw(st.integers(1, x.shape[0]))
    width = data.draw(st.integers(1, x.shape[1]))
    expected = cv2.resize(x, (width, height), interpolation=cv2.INTER_AREA)
    assert_near(image.resize(x, (height, width), "area"), with_channels(expected, x), exact=2e-6)


@given(x=pictures(dtypes=["float64"]), height=sides, width=sides)
def test_area_is_the_mean_of_what_is_covered(x, height, width):
    fine = np.repeat(np.repeat(x, height, 0), width, 1)
    parts = fine.reshape(height, x.shape[0], width, x.shape[1], -1)
    np.testing.assert_allclose(
        image.resize(x, (height, width), "area"), parts.mean(axis=(1, 3)), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest", "area"])
@given(x=pictures())
def test_the_same_size_changes_nothing(interpolation, x):
    found = image.resize(x, x.shape[:2], interpolation)
    assert_near(found, x, levels=0, exact=1e-7)


@pytest.mark.parametrize("size", [0, (3, 0), (3, 3, 3), 2.5, "big", None, True])
def test_bad_sizes(size):
    with pytest.raises((ValueError, TypeError), match="resize: size needs"):
        image.resize(np.zeros((4, 4)), size)


def test_unknown_interpolation():
    with pytest.raises(ValueError, match="'biliner': did you mean 'bilinear'"):
        image.resize(np.zeros((4, 4)), 2, "biliner")
