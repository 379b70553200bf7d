"""How files become arrays of one size, against pictures whose pixels are known."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from minidl.data.reader import FILTERS, ImageReader

RNG = np.random.default_rng(0)
COLOURS = RNG.integers(0, 256, (6, 9, 4), np.uint8)


@pytest.fixture
def write(tmp_path):
    def write(array):
        Image.fromarray(np.asarray(array, np.uint8)).save(tmp_path / "image.png")
        return tmp_path / "image.png"

    return write


@pytest.mark.parametrize(("mode", "channels"), [("grayscale", 1), ("rgb", 3), ("rgba", 4)])
@pytest.mark.parametrize("interpolation", FILTERS)
def test_modes(write, mode, channels, interpolation):
    path = write(COLOURS)
    x = ImageReader((6, 9), mode, interpolation)(path)
    assert x.shape == (6, 9, channels)
    assert x.dtype == np.float32
    if mode == "rgba":
        np.testing.assert_array_equal(x, COLOURS)
    if mode == "rgb":  # over white
        share = COLOURS[..., 3:] / 255
        assert np.abs(x - (COLOURS[..., :3] * share + 255 * (1 - share))).max() <= 1
    assert ImageReader((3, 4), mode, interpolation)(path).shape == (3, 4, channels)


SIZES = st.tuples(st.integers(1, 12), st.integers(1, 12))


@given(SIZES, SIZES)
def test_cropping_keeps_the_middle_and_the_proportions(tmp_path_factory, size, target):
    # The picture's value is the row in red and the column in green.
    path = tmp_path_factory.getbasetemp() / "ramp.png"
    rows, columns = np.indices(size) * 20
    Image.fromarray(np.dstack([rows, columns, 0 * rows]).astype(np.uint8)).save(path)
    x = ImageReader(target, crop_to_aspect_ratio=True)(path)
    # The middle of the window is the middle of the picture, within an 8-bit rounding.
    for channel, side in ((0, size[0]), (1, size[1])):
        assert abs(x[..., channel].mean() - 20 * (side - 1) / 2) <= 1
    whole = ImageReader(target)(path)
    if size[0] * target[1] == size[1] * target[0]:
        np.testing.assert_allclose(x, whole, atol=1)


def test_a_crop_is_the_largest_window(write):
    x = np.zeros((4, 12, 3))
    x[:, 4:8] = 200
    cropped = ImageReader((4, 4), crop_to_aspect_ratio=True)(write(x))
    np.testing.assert_array_equal(cropped, np.full((4, 4, 3), 200))


@pytest.mark.parametrize("mode", ["rgb", "rgba"])
def test_padding_is_black_or_clear_and_shares_out_the_margin(write, mode):
    path = write(np.full((2, 6, 3), 90))
    x = ImageReader((6, 6), mode, pad_to_aspect_ratio=True)(path)
    np.testing.assert_array_equal(x[2:4, :, :3], 90)
    np.testing.assert_array_equal(x[[0, 1, 4, 5]], 0)


@given(SIZES, SIZES)
def test_padding_loses_nothing(tmp_path_factory, size, target):
    path = tmp_path_factory.getbasetemp() / "full.png"
    Image.new("L", size[::-1], 200).save(path)
    scale = 8  # so that bars have whole pixels
    x = ImageReader(
        (target[0] * scale, target[1] * scale), "grayscale", "area", pad_to_aspect_ratio=True
    )(path)
    wanted = min(1, (size[0] * target[1]) / (size[1] * target[0]))
    wanted = min(wanted, (size[1] * target[0]) / (size[0] * target[1]))
    pixel = 1 / min(min(size), min(target))
    assert abs(x.mean() / 200 - wanted) <= max(0.5 * pixel, 0.02) + 1e-6


def test_arguments_are_checked():
    with pytest.raises(ValueError, match="unknown interpolation 'bicubik': did you mean 'bicubic'"):
        ImageReader(interpolation="bicubik")
    with pytest.raises(ValueError, match=r"unknown color_mode 'gray'.*'grayscale'"):
        ImageReader(color_mode="gray")
    with pytest.raises(ValueError, match="only one of"):
        ImageReader(crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)
    for size in itertools.chain([28, (28,), (0, 1)]):
        with pytest.raises(ValueError, match="image_size must be"):
            ImageReader(size)


def test_files_that_cannot_be_read_are_named(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"a\.png': not an image"):
        ImageReader()(tmp_path / "a.png")
    with pytest.raises(FileNotFoundError, match=r"b\.png"):
        ImageReader()(tmp_path / "b.png")
