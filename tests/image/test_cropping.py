"""Crops and borders, against OpenCV and each other."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import pictures, with_channels

from minidl import image

widths = st.integers(0, 9)
BORDERS = {
    "constant": cv2.BORDER_CONSTANT,
    "edge": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "symmetric": cv2.BORDER_REFLECT,
    "wrap": cv2.BORDER_WRAP,
}


@pytest.mark.parametrize("mode", BORDERS)
@given(x=pictures(), top=widths, bottom=widths, left=widths, right=widths)
def test_pad_is_opencvs(mode, x, top, bottom, left, right):
    found = image.pad(x, ((top, bottom), (left, right)), mode, value=1)
    expected = cv2.copyMakeBorder(
        x, top, bottom, left, right, BORDERS[mode], value=(1,) * x.shape[2]
    )
    np.testing.assert_array_equal(found, with_channels(expected, x), strict=True)


@given(x=pictures(), top=widths, bottom=widths, left=widths, right=widths)
def test_a_crop_undoes_a_pad(x, top, bottom, left, right):
    padded = image.pad(x, ((top, bottom), (left, right)))
    found = image.crop(padded, top, left, *x.shape[:2])
    np.testing.assert_array_equal(found, x, strict=True)


@given(x=pictures(), border=widths)
def test_a_centre_crop_undoes_an_even_pad(x, border):
    padded = image.pad(x, border, "symmetric")
    np.testing.assert_array_equal(image.center_crop(padded, x.shape[:2]), x, strict=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: image.crop(x, 0, 0, 5, 1), "rows 0 … 4 and columns 0 … 0 are not all in"),
        (lambda x: image.crop(x, 0, 2, 1, 5), "images of 4 × 6 pixels; pad them first"),
        (lambda x: image.crop(x, -1, 0, 1, 1), "crop: top needs a whole number of at least 0"),
        (lambda x: image.crop(x, 0, 0, 0, 1), "crop: height needs a whole number of at least 1"),
        (lambda x: image.crop(x, 0, 0.5, 1, 1), "crop: left needs a whole number"),
        (lambda x: image.center_crop(x, (5, 6)), "at most 4 × 6 pixels is needed, .* got 5 × 6"),
        (lambda x: image.center_crop(x, 7), "got 7 × 7"),
        (lambda x: image.pad(x, -1), "pad: padding needs a whole number of at least 0, got -1"),
        (lambda x: image.pad(x, (1, 2)), r"or \(\(top, bottom\), \(left, right\)\), got \(1, 2\)"),
        (lambda x: image.pad(x, "same"), "pad: padding needs a whole number, got 'same'"),
        (lambda x: image.pad(x, 1, "mirror"), "unknown mode of padding 'mirror'"),
        (lambda x: image.pad(x, 1, value=300), r"pad: value needs a number in \[0, 255\]"),
        (lambda x: image.pad(x, 1, value=0.5), "pad: value needs a whole number for images of u"),
        (lambda x: image.pad(x, 1, value=np.nan), "pad: value needs a number"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call(np.zeros((4, 6), "uint8"))
