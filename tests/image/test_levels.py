"""Thresholds and equalization, against OpenCV and the definitions."""

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pictures import DTYPES, assert_near, pictures, with_channels

from minidl import image


@given(x=pictures(), value=st.integers(0, 255))
def test_threshold_is_opencvs(x, value):
    value, white = (value, 255) if x.dtype == np.uint8 else (value / 255, 1)
    if x.dtype == np.float32:
        value = float(np.float32(value))
    _, expected = cv2.threshold(x, value, white, cv2.THRESH_BINARY)
    np.testing.assert_array_equal(
        image.threshold(x, value), with_channels(expected, x), strict=True
    )


def between(x, t):
    """The variance between the classes, from its definition."""
    lower, upper = x[x <= t].astype(float), x[x > t].astype(float)
    if not (lower.size and upper.size):
        return 0.0
    shares = lower.size / x.size, upper.size / x.size
    return shares[0] * shares[1] * (lower.mean() - upper.mean()) ** 2


@given(x=pictures(channels=[1], dtypes=["uint8"]))
def test_otsu_is_best_and_opencvs(x):
    assume(x.min() < x.max())
    found = image.otsu(x)
    variances = [between(x, t) for t in np.unique(x)]
    assert between(x, found) >= max(variances) * (1 - 1e-12)
    theirs, binary = cv2.threshold(x, 0, 255, cv2.THRESH_OTSU)
    runners_up = sum(v > max(variances) * (1 - 1e-6) for v in variances)
    if runners_up == 1:  # else rounding decides between equals in OpenCV
        assert found == theirs
        np.testing.assert_array_equal(image.threshold(x, "otsu")[..., 0], binary)


@given(x=pictures(channels=[1], dtypes=["float32", "float64"]))
def test_otsu_of_floats_is_that_of_their_bins(x):
    assume(x.max() - x.min() > 0.1)
    found = image.otsu(x)
    assert x.min() <= found < x.max()
    best = max(between(x, t) for t in np.linspace(x.min(), x.max(), 257))
    bins = (x.max() - x.min()) / 256
    assert between(x, found) >= best - 4 * bins


@pytest.mark.parametrize("dtype", DTYPES)
def test_otsu_of_one_level(dtype):
    x = np.full((3, 3), 1, dtype)
    assert image.otsu(x) == 1
    assert image.threshold(x, "otsu").max() == 0


def test_otsu_of_a_batch():
    x = np.random.default_rng(0).integers(0, 256, (5, 6, 7, 1)).astype("uint8")
    assert image.otsu(x).tolist() == [image.otsu(each) for each in x]


@given(x=pictures(channels=[1], dtypes=["uint8"]))
def test_equalize_is_opencvs(x):
    assert_near(image.equalize(x), with_channels(cv2.equalizeHist(x), x))


@given(x=pictures(dtypes=["uint8"]))
def test_floats_and_channels_are_equalized_alike(x):
    found = image.equalize(x)
    np.testing.assert_allclose(image.equalize(x / 255) * 255, found, rtol=0, atol=0.5 + 1e-9)
    for k in range(x.shape[2]):
        np.testing.assert_array_equal(found[..., k], image.equalize(x[..., k]))


@given(x=pictures(channels=[1], dtypes=["uint8"]))
def test_equalizing_keeps_the_order_and_fills_the_range(x):
    assume(x.min() < x.max())
    found = image.equalize(x)
    assert (found.min(), found.max()) == (0, 255)
    order = np.argsort(x.ravel(), kind="stable")
    assert (np.diff(found.ravel()[order].astype(int)) >= 0).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: image.threshold(np.zeros((2, 2)), "best"), "value needs a number or 'otsu'"),
        (lambda: image.threshold(np.zeros((2, 2)), np.nan), "value needs finite numbers, got nan"),
        (lambda: image.threshold(np.zeros((2, 2, 3)), "otsu"), "otsu: images need one channel"),
        (lambda: image.otsu(np.array([[0.0, np.nan]])), "otsu: images need finite numbers"),
        (lambda: image.equalize(np.array([[0.0, np.nan]])), "equalize: images need numbers"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()
