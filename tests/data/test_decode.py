"""Images of every kind, made on the spot, against what their pixels should become."""

import os

import numpy as np
import pytest
from PIL import Image

from minidl.data import decode
from minidl.data.decode import read_image

RNG = np.random.default_rng(0)
GREYS = RNG.integers(0, 256, (6, 9), np.uint8)
COLOURS = RNG.integers(0, 256, (6, 9, 3), np.uint8)
TWO_LINES = "ein Bild\nmit Ä 猫.png" if os.name == "posix" else "ein Bild mit Ä 猫.png"
LOSSLESS = {"PNG": {}, "BMP": {}, "TIFF": {}, "WEBP": {"lossless": True}}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "image"


def luma(colours):
    r, g, b = np.moveaxis(colours.astype(float), -1, 0)
    return 0.299 * r + 0.587 * g + 0.114 * b


def assert_close(result, expected, tolerance=1.0):
    assert result.dtype == np.uint8
    assert result.shape == expected.shape
    assert np.abs(result.astype(float) - expected).max() <= tolerance


@pytest.mark.parametrize("format", LOSSLESS)
def test_lossless_colours(file, format):
    Image.fromarray(COLOURS).save(file, format, **LOSSLESS[format])
    np.testing.assert_array_equal(read_image(file, (6, 9)), COLOURS, strict=True)
    assert_close(read_image(file, (6, 9), grey=True)[..., 0], luma(COLOURS))


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF", "GIF"])
def test_lossless_greys(file, format):
    Image.fromarray(GREYS).save(file, format)
    grey = read_image(file, (6, 9), grey=True)
    np.testing.assert_array_equal(grey, GREYS[..., None], strict=True)
    colour = read_image(file, (6, 9))
    np.testing.assert_array_equal(colour, np.dstack([GREYS] * 3), strict=True)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpeg(file, mode):
    Image.new("RGB", (9, 6), (200, 100, 50)).convert(mode).save(file, "JPEG", quality=95)
    result = read_image(file, (6, 9))
    expected = luma(np.array([200, 100, 50])) if mode == "L" else [200, 100, 50]
    assert_close(result, np.broadcast_to(expected, (6, 9, 3)), tolerance=4)


def test_cmyk(file):
    Image.fromarray(COLOURS).convert("CMYK").save(file, "TIFF")
    np.testing.assert_array_equal(read_image(file, (6, 9)), COLOURS)


def test_palette(file):
    image = Image.fromarray(COLOURS).quantize(54)
    image.save(file, "PNG")
    np.testing.assert_array_equal(read_image(file, (6, 9)), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF", "GIF"])
def test_one_bit(file, format):
    bits = GREYS > 127
    Image.fromarray(bits).save(file, format)
    np.testing.assert_array_equal(read_image(file, (6, 9), grey=True)[..., 0], bits * 255)


@pytest.mark.parametrize("format", ["GIF", "TIFF", "WEBP", "PNG"])
def test_the_first_of_several_frames(file, format):
    frames = [Image.new("RGB", (9, 6), colour) for colour in ("red", "blue")]
    options = LOSSLESS.get(format, {})
    frames[0].save(file, format, save_all=True, append_images=frames[1:], **options)
    np.testing.assert_array_equal(read_image(file, (1, 1)), [[[255, 0, 0]]])


DEEP = {
    "I;16": GREYS.astype(np.uint16) * 257,
    "I": GREYS.astype(np.int32) * 257,
    "F, 1": GREYS.astype(np.float32) / 255,
    "F, 255": np.maximum(GREYS, 2).astype(np.float32),
    "F, 65535": GREYS.astype(np.float32) * 257,
}


@pytest.mark.parametrize("grey", [True, False])
@pytest.mark.parametrize("name", DEEP)
def test_deep_greys_are_scaled_in_tiff(file, name, grey):
    Image.fromarray(DEEP[name]).save(file, "TIFF")
    expected = np.maximum(GREYS, 2) if name == "F, 255" else GREYS
    result = read_image(file, (6, 9), grey)
    np.testing.assert_array_equal(result, np.dstack([expected] * (1 if grey else 3)))


def test_deep_greys_are_scaled_in_png(file):
    Image.fromarray(DEEP["I;16"]).save(file, "PNG")
    np.testing.assert_array_equal(read_image(file, (6, 9), grey=True)[..., 0], GREYS)


def test_deep_greys_are_rounded(file):
    values = np.arange(0, 65536, 97, dtype=np.uint16)[None]
    Image.fromarray(values).save(file, "PNG")
    result = read_image(file, values.shape, grey=True)[..., 0]
    np.testing.assert_array_equal(result, np.rint(values / 257))


@pytest.mark.parametrize("value", [-1.0, 65536.0, np.nan, np.inf])
def test_floats_of_no_known_scale(file, value):
    Image.fromarray(np.full((6, 9), value, np.float32)).save(file, "TIFF")
    with pytest.raises(ValueError, match=r"values from .* outside 0\.\.65535"):
        read_image(file)


@pytest.mark.parametrize("value", [-1, 65536])
def test_integers_of_no_known_scale(file, value):
    Image.fromarray(np.full((6, 9), value, np.int32)).save(file, "TIFF")
    with pytest.raises(ValueError, match=rf"values from {value} to {value}"):
        read_image(file)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_alpha_is_laid_over_white(file, format):
    alpha = RNG.integers(0, 256, (6, 9, 1), np.uint8)
    options = {"lossless": True, "exact": True} if format == "WEBP" else {}
    Image.fromarray(np.dstack([COLOURS, alpha])).save(file, format, **options)
    share = alpha / 255
    expected = COLOURS * share + 255 * (1 - share)
    assert_close(read_image(file, (6, 9)), expected)
    assert_close(read_image(file, (6, 9), grey=True)[..., 0], luma(expected), tolerance=2)


def test_grey_with_alpha(file):
    alpha = RNG.integers(0, 256, (6, 9), np.uint8)
    Image.merge("LA", [Image.fromarray(GREYS), Image.fromarray(alpha)]).save(file, "PNG")
    share = alpha / 255
    assert_close(read_image(file, (6, 9), grey=True)[..., 0], GREYS * share + 255 * (1 - share))


@pytest.mark.parametrize("mode", ["P", "RGB", "L", "1"])
@pytest.mark.parametrize("grey", [True, False])
def test_a_transparent_colour_is_white(file, mode, grey):
    image = Image.new("L", (9, 6), "black").convert(mode)
    image.save(file, "PNG", transparency=(0, 0, 0) if mode == "RGB" else 0)
    assert (read_image(file, grey=grey) == 255).all()


def test_a_transparent_palette(file):
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    image.save(file, "PNG", transparency=bytes([0, 255]))
    np.testing.assert_array_equal(read_image(file, (1, 2)), [[[255, 255, 255], [0, 0, 255]]])


UPRIGHT = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("stored", [COLOURS, DEEP["I;16"]], ids=["RGB", "I;16"])
def test_exif_orientation(file, stored, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(stored).save(file, "PNG", exif=exif)
    expected = UPRIGHT[orientation](COLOURS if stored is COLOURS else np.dstack([GREYS] * 3))
    np.testing.assert_array_equal(read_image(file, expected.shape[:2]), expected)


def test_image_size_is_height_and_width(file):
    Image.fromarray(COLOURS).save(file, "PNG")
    assert read_image(file).shape == (28, 28, 3)
    assert read_image(file, (5, 7)).shape == (5, 7, 3)
    assert read_image(file, (np.int64(5), 7), grey=True).shape == (5, 7, 1)


def test_the_whole_image_is_stretched(file):
    quarters = np.kron(np.array([[0, 90], [170, 250]], np.uint8), np.ones((40, 100), np.uint8))
    Image.fromarray(quarters).save(file, "PNG")
    result = read_image(file, (8, 8), grey=True)[..., 0]
    np.testing.assert_array_equal(result[::7, ::7], [[0, 90], [170, 250]])


def test_shrinking_does_not_alias(file):
    checks = np.indices((64, 64)).sum(axis=0) % 2 * 255
    Image.fromarray(checks.astype(np.uint8)).save(file, "PNG")
    assert_close(read_image(file, (8, 8), grey=True), np.full((8, 8, 1), 127.5), tolerance=2)


@pytest.mark.parametrize("name", ["image.jpg", "IMAGE.PNG", "image.txt", TWO_LINES])
def test_the_content_counts_and_not_the_name(tmp_path, name):
    Image.fromarray(COLOURS).save(tmp_path / name, "PNG")
    np.testing.assert_array_equal(read_image(str(tmp_path / name), (6, 9)), COLOURS)


def test_the_result_may_be_written_to(file):
    Image.fromarray(COLOURS).save(file, "PNG")
    read_image(file)[...] = 0


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no image file '.*missing\.png'"):
        read_image(tmp_path / "missing.png")


def test_the_error_names_the_file_in_one_line(tmp_path):
    path = tmp_path / TWO_LINES
    path.write_text("not an image")
    with pytest.raises(ValueError, match="cannot read image") as error:
        read_image(path)
    assert repr(str(path)) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("data", [b"", b"text", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF-3.0\n"])
def test_what_is_no_image(file, data):
    file.write_bytes(data)
    with pytest.raises(ValueError, match="not an image of a known format"):
        read_image(file)


def test_a_folder(tmp_path):
    with pytest.raises(ValueError, match="it is a folder"):
        read_image(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(file):
    os.mkfifo(file)
    with pytest.raises(ValueError, match="not a regular file"):
        read_image(file)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP"])
def test_truncated_anywhere(file, format):
    Image.fromarray(COLOURS).resize((32, 32)).save(file, format)
    whole = file.read_bytes()
    for length in range(0, len(whole), 1 + len(whole) // 200):
        file.write_bytes(whole[:length])
        try:
            read_image(file)
        except ValueError:
            continue
        # What ends the file may be missing without harm.
        assert length > 0.9 * len(whole)


@pytest.mark.parametrize("pixels", [20, 50])
def test_a_decompression_bomb(file, pixels, monkeypatch):
    Image.fromarray(COLOURS).save(file, "PNG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pixels)
    with pytest.raises(ValueError, match=f"more than {pixels} pixels"):
        read_image(file)


def test_permission_denied(file, monkeypatch):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    Image.fromarray(COLOURS).save(file, "PNG")
    monkeypatch.setattr(decode, "open", denied, raising=False)
    with pytest.raises(ValueError, match="Permission denied"):
        read_image(file)


@pytest.mark.parametrize("image_size", [28, (28,), (28, 28, 3), (0, 28), (28, -1), (28, 2.5), "ab"])
def test_image_size_is_checked(file, image_size):
    with pytest.raises(ValueError, match="two positive whole numbers") as error:
        read_image(file, image_size)
    assert repr(image_size) in str(error.value)
