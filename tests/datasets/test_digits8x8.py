"""The bundled digits of 8 × 8 pixels, and their way into MNIST's frame."""

import hashlib

import numpy as np
import pytest

from minidl.datasets import digits8x8

BUNDLED = [
    ((1000, 8, 8), "9b90a6bf6250896febbb0a3815399701860669ef244785614213054cba91006b"),
    ((1000,), "b1b1d3de6a6c0cf65b0d8aa46843bd1a79c854c20ae4e367c3656e5910c5c049"),
    ((797, 8, 8), "8899fa305d70b4d5b17795e0f1b2fb3ed1dd251baad3524b2a701adf0b393b86"),
    ((797,), "dd49948a6dc3a1cc57ceb075f1d47d0b50e22b34440b680e7f8001a386efe17c"),
]


def arrays():
    return [array for pair in digits8x8.load_data() for array in pair]


def test_bundled_digits():
    for array, (shape, sha256) in zip(arrays(), BUNDLED, strict=True):
        assert array.dtype == np.uint8
        assert array.shape == shape
        assert hashlib.sha256(array.tobytes()).hexdigest() == sha256


def test_no_image_is_in_both_sets_and_all_digits_are():
    x_train, y_train, x_test, y_test = arrays()
    assert x_train.max() == x_test.max() == 16
    known = {image.tobytes() for image in x_train}
    assert not any(image.tobytes() in known for image in x_test)
    for labels in (y_train, y_test):
        assert np.bincount(labels).min() >= 70


def test_each_call_gives_arrays_to_write_in():
    first = arrays()
    for array in first:
        array[...] = 77
    assert all((array != 77).any() for array in arrays())


@pytest.mark.parametrize(("size", "frame"), [(20, 28), (8, 8), (7, 12)])
def test_framed(size, frame):
    x = arrays()[2][:50]
    large = digits8x8.framed(x, size, frame)
    assert (large.shape, large.dtype) == ((50, frame, frame), np.uint8)
    first, last = (frame - size) // 2, (frame - size) // 2 + size
    inside = np.zeros((frame, frame), bool)
    inside[first:last, first:last] = True
    assert not large[:, ~inside].any()
    # Interpolation keeps the mean ink, in 255 for 16, but for what borders are repeated.
    means = large[:, inside].mean(axis=1), x.mean(axis=(1, 2)) * 255 / 16
    np.testing.assert_allclose(*means, rtol=0.1)


def test_the_values_in_between():
    x = np.zeros((1, 8, 8), np.uint8)
    x[0, 3:5, 3:5] = 16
    large = digits8x8.framed(x, 16, 16)[0]
    assert large[7:9, 7:9].tolist() == [[255, 255], [255, 255]]
    assert large[7, 5:7].tolist() == [64, 191]  # a quarter and three quarters, half to even
    assert digits8x8.framed(x, 8, 8).max() == 255


@pytest.mark.parametrize(
    "x",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((1, 8, 8)),
        np.full((1, 8, 8), 17, np.uint8),
    ],
)
def test_what_is_not_such_digits(x):
    with pytest.raises(ValueError, match=r"framed: needs digits \(N, 8, 8\) of uint8 from 0 to 16"):
        digits8x8.framed(x)


def test_a_frame_that_is_too_small():
    with pytest.raises(ValueError, match="framed: frame needs a whole number of at least 20"):
        digits8x8.framed(arrays()[0], 20, 19)
