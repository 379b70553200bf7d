"""Blur and slopes, against OpenCV and SciPy."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import assert_near, pictures, with_channels
from scipy import ndimage

from minidl import image

odd = st.sampled_from([1, 3, 5, 7, 9])
sigmas = st.floats(0.2, 4)


@given(x=pictures(), sizes=st.tuples(odd, odd), sigma=st.tuples(sigmas, sigmas))
def test_blur_is_opencvs(x, sizes, sigma):
    found = image.gaussian_blur(x, sizes, sigma)
    expected = cv2.GaussianBlur(x, sizes[::-1], sigmaX=sigma[1], sigmaY=sigma[0])
    assert_near(found, with_channels(expected, x), exact=2e-6)


@given(x=pictures(dtypes=["float64"]), sigma=st.floats(0.3, 2))
def test_a_wide_window_is_scipys_gaussian(x, sigma):
    found = image.gaussian_blur(x, None, sigma)
    reach = int(np.ceil(3 * sigma))
    expected = ndimage.gaussian_filter(
        x, (sigma, sigma, 0), mode="mirror", radius=(reach, reach, 0)
    )
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("direction", "theirs"), [("x", (1, 0)), ("y", (0, 1))])
@given(x=pictures())
def test_sobel_is_opencvs(direction, theirs, x):
    depth = cv2.CV_64F if x.dtype == np.float64 else cv2.CV_32F
    expected = with_channels(cv2.Sobel(x, depth, *theirs, ksize=3), x)
    found = image.sobel(x, direction)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6 if x.max() <= 1 else 0)


@given(x=pictures())
def test_the_magnitude_is_the_length_of_the_slope(x):
    both = image.sobel(x, "x").astype(float), image.sobel(x, "y").astype(float)
    np.testing.assert_allclose(image.sobel(x), np.sqrt(both[0] ** 2 + both[1] ** 2), rtol=1e-6)


@given(x=pictures(), sigma=sigmas)
def test_blur_keeps_flat_images_and_the_range(x, sigma):
    found = image.gaussian_blur(x, 7, sigma).astype(float)
    assert found.min() >= x.min() - 1e-6
    assert found.max() <= x.max() + 1e-6


def test_sigma_0_does_nothing():
    x = np.arange(12, dtype="uint8").reshape(3, 4)
    np.testing.assert_array_equal(image.gaussian_blur(x, 5, 0), x)
    np.testing.assert_array_equal(image.gaussian_blur(x, None, 0.0), x)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2,), "kernel_size needs odd numbers"),
        (((3, 0),), "kernel_size needs a whole number of at least 1"),
        ((3, -1), r"sigma needs a number in \[0, 1e\+06\], got -1"),
        ((3, np.nan), "sigma needs a number"),
        ((3, (1, 2, 3)), "sigma needs one number or two"),
        ((3, "1"), "sigma needs a number"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError), match=f"gaussian_blur: {message}"):
        image.gaussian_blur(np.zeros((4, 4)), *arguments)


def test_unknown_direction():
    with pytest.raises(ValueError, match="unknown direction 'z'"):
        image.sobel(np.zeros((4, 4)), "z")
