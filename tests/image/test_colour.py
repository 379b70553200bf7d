"""Colours, against OpenCV and Python's colorsys."""

import colorsys

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import assert_near, pictures

from minidl import image

colours = pictures(channels=[3])
shares = st.floats(-1, 1)


def white(x):
    return 255.0 if x.dtype == np.uint8 else 1.0


@given(x=colours)
def test_grey_is_opencvs(x):
    x = x if x.dtype == np.uint8 else x.astype("float32")
    expected = cv2.cvtColor(x, cv2.COLOR_RGB2GRAY)[..., np.newaxis]
    assert_near(image.rgb_to_grayscale(x), expected, exact=2e-6)


@given(x=pictures(channels=[3], dtypes=["float32"]))
def test_hsv_is_opencvs(x):
    expected = cv2.cvtColor(x, cv2.COLOR_RGB2HSV) / [360, 1, 1]
    found = image.rgb_to_hsv(x)
    np.testing.assert_array_equal(found[..., 2], expected[..., 2].astype("float32"))
    # OpenCV adds an epsilon to what it divides by: where that is small, it differs.
    light = x.max(axis=-1) > 0.05
    np.testing.assert_allclose(found[light, 1], expected[light, 1], rtol=0, atol=1e-5)
    clear = np.ptp(x, axis=-1) > 0.05
    turns = np.abs(found[..., 0] - expected[..., 0])[clear]
    assert np.minimum(turns, 1 - turns).max(initial=0) < 1e-4


@given(x=pictures(channels=[3], dtypes=["float64"], most=4))
def test_hsv_is_pythons(x):
    expected = np.apply_along_axis(lambda rgb: colorsys.rgb_to_hsv(*rgb), -1, x)
    np.testing.assert_allclose(image.rgb_to_hsv(x), expected, rtol=0, atol=1e-12)
    back = np.apply_along_axis(lambda hsv: colorsys.hsv_to_rgb(*hsv), -1, x)
    np.testing.assert_allclose(image.hsv_to_rgb(x), back, rtol=0, atol=1e-12)


@given(x=colours)
def test_hsv_and_back(x):
    found = image.hsv_to_rgb(image.rgb_to_hsv(x)) * white(x)
    np.testing.assert_allclose(found, x, rtol=0, atol=1e-6 * white(x))


@given(x=pictures(), delta=shares)
def test_brightness(x, delta):
    expected = np.clip(x.astype(float) + delta * white(x), 0, white(x))
    found = image.adjust_brightness(x, delta)
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.5 + 1e-4 if white(x) > 1 else 1e-6)


@given(x=pictures(), factor=st.floats(0, 3))
def test_contrast(x, factor):
    mean = x.astype(float).mean(axis=(0, 1))
    expected = np.clip(mean + factor * (x - mean), 0, white(x))
    found = image.adjust_contrast(x, factor)
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.5 + 1e-4 if white(x) > 1 else 1e-6)


@given(x=colours, factor=st.floats(0, 3), turn=shares)
def test_saturation_and_hue_are_those_of_hsv(x, factor, turn):
    def through(change):
        hsv = np.apply_along_axis(lambda rgb: colorsys.rgb_to_hsv(*rgb), -1, x / white(x))
        change(hsv)
        rgb = np.apply_along_axis(lambda each: colorsys.hsv_to_rgb(*each), -1, hsv)
        return rgb * white(x)

    def saturate(hsv):
        hsv[..., 1] = np.minimum(hsv[..., 1] * factor, 1)

    def go_round(hsv):
        hsv[..., 0] = (hsv[..., 0] + turn) % 1

    atol = 0.51 if white(x) > 1 else 2e-5
    for found, change in (
        (image.adjust_saturation(x, factor), saturate),
        (image.adjust_hue(x, turn), go_round),
    ):
        np.testing.assert_allclose(found, through(change), rtol=0, atol=atol)


@given(x=pictures())
def test_what_changes_nothing(x):
    for found in (image.adjust_brightness(x, 0), image.adjust_contrast(x, 1)):
        assert_near(found, x, levels=0)
    if x.shape[2] == 3:
        for found in (
            image.adjust_saturation(x, 1),
            image.adjust_hue(x, 0),
            image.adjust_hue(x, 1),
        ):
            assert_near(found, x, levels=0)


def test_one_parameter_for_each_image():
    x = np.random.default_rng(0).random((3, 4, 5, 3))
    for function, values in (
        (image.adjust_brightness, [-0.1, 0, 0.2]),
        (image.adjust_contrast, [0, 1, 2]),
        (image.adjust_saturation, [0, 1, 2]),
        (image.adjust_hue, [-0.5, 0, 0.3]),
    ):
        found = function(x, values)
        for n, value in enumerate(values):
            np.testing.assert_array_equal(found[n], function(x[n], value))


def test_grey_has_no_saturation():
    x = np.random.default_rng(0).integers(0, 256, (4, 5, 3)).astype("uint8")
    assert np.ptp(image.adjust_saturation(x, 0), axis=-1).max() == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: image.adjust_brightness(x, 1.5), r"delta needs finite numbers in \[-1, 1\]"),
        (lambda x: image.adjust_contrast(x, -0.1), r"factor needs finite numbers in \[0, inf\]"),
        (lambda x: image.adjust_saturation(x, np.nan), "factor needs finite numbers"),
        (lambda x: image.adjust_hue(x, [0.1, 0.2]), "one for each of 1 images, got shape"),
        (lambda x: image.hsv_to_rgb(np.zeros((2, 2, 3), "uint8")), "float32 or float64, got uint8"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call(np.zeros((4, 6, 3)))
