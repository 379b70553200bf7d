"""Cut, covered and mixed images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import DTYPES, assert_near, pictures

from minidl import image

corners = st.integers(-3, 15)


@given(x=pictures(), box=st.tuples(corners, corners, corners, corners), value=st.integers(0, 1))
def test_cutout(x, box, value):
    found = image.cutout(x, box, value)
    expected = x.copy()
    left, top, right, bottom = (max(v, 0) for v in box)
    expected[top:bottom, left:right] = value
    np.testing.assert_array_equal(found, expected, strict=True)


@pytest.mark.parametrize("dtype", DTYPES)
@given(box=st.tuples(corners, corners, corners, corners))
def test_cutmix(dtype, box):
    rng = np.random.default_rng(0)
    a, b = (rng.integers(0, 200, (2, 9, 8, 3)).astype(dtype) for _ in range(2))
    mixed, share = image.cutmix(a, b + 50, [box, (0, 0, 4, 3)])
    assert mixed.dtype == dtype
    is_own = (mixed == a).all(axis=3)
    assert ((mixed == a) | (mixed == b + 50)).all()
    np.testing.assert_allclose(share[1], 1 - 12 / 72)
    np.testing.assert_allclose(share, is_own.mean(axis=(1, 2)), atol=0.1)
    np.testing.assert_array_equal(mixed[1], image.cutmix(a, b + 50, (0, 0, 4, 3))[0][1])


@given(x=pictures(), share=st.floats(0, 1))
def test_mixup(x, share):
    a, b = x[np.newaxis], x[np.newaxis, ::-1]
    expected = share * a.astype(float) + (1 - share) * b.astype(float)
    if x.dtype == np.uint8:
        expected = np.rint(expected)
    assert_near(image.mixup(a, b, share), expected.astype(x.dtype), levels=1)
    np.testing.assert_array_equal(image.mixup(a, b, 1), a)
    np.testing.assert_array_equal(image.mixup(a, b, 0), b)


@given(x=pictures(), seed=st.integers(0, 99))
def test_noise_is_added_and_held_in_range(x, seed):
    white = 255 if x.dtype == np.uint8 else 1
    noise = np.random.default_rng(seed).normal(size=(1, *x.shape)) * 0.3
    expected = np.clip(x + white * noise[0], 0, white)
    found = image.add_noise(x, noise)
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.5 + 1e-4 if white > 1 else 1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: image.cutout(x, (0, 0, 1)), r"whole numbers of shape \(4,\), or \(2, 4\)"),
        (lambda x: image.cutout(x, (0, 0, 1.5, 2)), "boxes need whole numbers"),
        (lambda x: image.cutmix(x, x[:1], (0, 0, 1, 1)), "cutmix: both need one shape and dtype"),
        (lambda x: image.cutmix(x[0], x[0], (0, 0, 1, 1)), r"cutmix: images need the shape \(N"),
        (lambda x: image.mixup(x, x.astype("float32"), 0.5), "mixup: both need one shape and"),
        (
            lambda x: image.mixup(x.astype(int), x.astype(int), 0.5),
            "mixup: needs uint8, .* got int",
        ),
        (
            lambda x: image.cutout(x.astype("uint8"), (0, 0, 1, 1), 256),
            "cutout: value needs a number",
        ),
        (lambda x: image.cutout(x, (0, 0, 1, 1), np.nan), "cutout: value needs a number"),
        (lambda x: image.mixup(x, x, 1.5), r"share needs finite numbers in \[0, 1\], got 1.5"),
        (lambda x: image.mixup(x, x, [0.5] * 3), "one for each of 2 images"),
        (
            lambda x: image.add_noise(x, np.zeros((3, 2, 4, 6, 1))),
            "add_noise: noise .* does not fit",
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call(np.zeros((2, 4, 6, 1)))
