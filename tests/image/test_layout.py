"""One image or a batch: every function takes both, keeps the dtype, and refuses the same things."""

import re

import numpy as np
import pytest

from minidl import image
from minidl.image.layout import in_dtype, levels_of, per_image

BOXES = (0, 0, 2, 1)
#: Everything that takes an image, with its other arguments.
GREY = {
    "add_noise": [0.1],
    "adjust_brightness": [0.1],
    "adjust_contrast": [1.5],
    "affine": [[[1, 0.5, 0], [0, 1, 1]]],
    "center_crop": [(3, 2)],
    "closing": [],
    "crop": [1, 0, 2, 3],
    "cutout": [BOXES],
    "dilate": [],
    "equalize": [],
    "erode": [(3, 5)],
    "flip": ["vertical"],
    "gaussian_blur": [],
    "normalize": [0.5, 2],
    "opening": [],
    "pad": [2, "reflect"],
    "rescale": [],
    "resize": [(3, 7), "area"],
    "rotate": [30],
    "shear": [0.2],
    "shift": [1, 0.5],
    "sobel": [],
    "standardize": [],
    "threshold": [0.4],
    "warp": [np.full((4, 5, 2), 0.5)],
    "zoom": [1.5],
}
COLOUR = {
    "adjust_hue": [0.2],
    "adjust_saturation": [0.5],
    "rgb_to_grayscale": [],
    "rgb_to_hsv": [],
}
FLOATS = {"normalize", "rescale", "sobel", "standardize", "rgb_to_hsv"}  # that uint8 becomes
BATCHES = {"cutmix", "mixup"}
OTHERS = {"ZCA", "Standardization", "boxes", "geometry", "otsu", "hsv_to_rgb", "smooth_flow"}


def images(dtype, channels=3, count=4):
    levels = np.random.default_rng(0).integers(0, 256, (count, 4, 5, channels))
    return levels.astype(dtype) if dtype == "uint8" else (levels / 255).astype(dtype)


def test_every_function_is_here():
    assert {*GREY, *COLOUR, *BATCHES, *OTHERS} == set(image.__all__)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("name", [*GREY, *COLOUR])
def test_a_batch_is_its_images(name, dtype):
    function, arguments = getattr(image, name), (GREY | COLOUR)[name]
    batch = images(dtype)
    before = batch.copy()
    found = function(batch, *arguments)
    expected = "float32" if name in FLOATS and dtype == "uint8" else dtype
    assert found.dtype == expected
    assert found.ndim == 4
    for n in range(len(batch)):
        np.testing.assert_array_equal(found[n], function(batch[n], *arguments), strict=True)
    assert function(batch[:0], *arguments).shape == (0, *found.shape[1:])
    np.testing.assert_array_equal(batch, before)


@pytest.mark.parametrize("name", GREY)
def test_grey_images_need_no_channel_axis(name):
    function, batch = getattr(image, name), images("uint8", channels=1)
    found = function(batch[0, :, :, 0], *GREY[name])
    np.testing.assert_array_equal(found, function(batch[0], *GREY[name])[..., 0], strict=True)


@pytest.mark.parametrize("name", [*GREY, *COLOUR])
def test_views_and_read_only_arrays(name):
    function, arguments = getattr(image, name), (GREY | COLOUR)[name]
    whole = np.zeros((4, 5, 8, 3), "float32")
    view = whole[:, ::-1, 2:6].transpose(0, 2, 1, 3)
    view[...] = images("float32")
    view.flags.writeable = False
    expected = function(images("float32"), *arguments)
    np.testing.assert_allclose(function(view, *arguments), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", [*GREY, *COLOUR])
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (np.zeros((4, 5), "int64"), TypeError, "got int64"),
        (np.zeros((4, 5), "complex64"), TypeError, "got complex64"),
        (np.array([["a"]]), TypeError, "got <U1"),
        (np.zeros(5, "uint8"), ValueError, "got (5,)"),
        (np.zeros((1, 2, 3, 4, 5), "uint8"), ValueError, "got (1, 2, 3, 4, 5)"),
        (np.zeros((8, 28, 28), "uint8"), ValueError, "with images[..., np.newaxis]"),
        (np.zeros((0, 5), "uint8"), ValueError, "at least one pixel, got shape (0, 5)"),
        (np.zeros((2, 5, 0, 3), "uint8"), ValueError, "at least one pixel"),
    ],
)
def test_what_is_no_image(name, wrong, error, message):
    arguments = (GREY | COLOUR)[name]
    within = {"opening": "erode", "closing": "dilate"}.get(name, name)
    with pytest.raises(error, match=f"^{within}: .*{re.escape(message)}"):
        getattr(image, name)(wrong, *arguments)


@pytest.mark.parametrize("name", [*GREY, *COLOUR])
def test_one_pixel(name):
    arguments = {
        "center_crop": [1],
        "crop": [0, 0, 1, 1],
        "warp": [np.zeros((1, 1, 2))],
    }.get(name, (GREY | COLOUR)[name])
    found = getattr(image, name)(np.full((1, 1, 3), 0.5), *arguments)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("name", COLOUR)
def test_colours_are_needed(name):
    with pytest.raises(ValueError, match=f"{name}: images need 3 channels, .* got 1"):
        getattr(image, name)(np.zeros((4, 5, 1)), *COLOUR[name])


def test_rounding_is_to_the_nearest_level_and_clips():
    values = np.array([-1e9, -0.5, 0.49, 0.51, 254.5, 255.5, 1e9])
    assert in_dtype(values, np.dtype("uint8")).tolist() == [0, 0, 0, 1, 254, 255, 255]


@pytest.mark.parametrize("wrong", [(1, 0), (0, 0), (0,), 3, (0, np.inf), (np.nan, 1)])
def test_value_range(wrong):
    with pytest.raises(ValueError, match="here: value_range needs"):
        levels_of(np.zeros((1, 1, 1, 1)), wrong, "here")


def test_floats_that_are_not_from_0_to_1_need_a_range():
    x = np.array([[0.0, 255.0]])
    with pytest.raises(ValueError, match="these go from 0 to 255; say value_range="):
        image.adjust_brightness(x, 0.1)
    assert image.adjust_brightness(x, 0.1, (0, 255)).tolist() == [[25.5, 255.0]]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, [0.1, np.nan], [0.1] * 3, "much", None, [[0.1]]])
def test_parameters_of_images(wrong):
    with pytest.raises((ValueError, TypeError), match="angle needs"):
        per_image(wrong, 2, "angle")
    with pytest.raises((ValueError, TypeError), match=r"angle|parameters for 3 images"):
        image.rotate(images("uint8", count=2), wrong)
