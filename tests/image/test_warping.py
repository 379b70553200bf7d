"""Warps, against NumPy, SciPy and OpenCV, and their identities."""

from unittest import mock

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pictures import assert_near, matrices, pictures
from scipy import ndimage

import minidl
from minidl import image
from minidl.image import geometry, warping
from minidl.runtime import threads

FILLS = {
    "constant": "grid-constant",
    "nearest": "nearest",
    "reflect": "reflect",
    "wrap": "grid-wrap",
}
fills = st.sampled_from(list(FILLS))


@pytest.fixture(autouse=True, scope="module")
def _small_tiles():
    with mock.patch.object(threads, "GRAIN", 50):
        yield


def scipys(x, matrix, size, order, fill, value):
    """What SciPy makes of an image, whose pixels' centres it counts as 0, 1, …, rows first."""
    inverse = geometry.invert(matrix)[0]
    rows, columns = np.mgrid[: size[0], : size[1]] + 0.5
    px = inverse[0, 0] * columns + inverse[0, 1] * rows + inverse[0, 2] - 0.5
    py = inverse[1, 0] * columns + inverse[1, 1] * rows + inverse[1, 2] - 0.5
    channels = [
        ndimage.map_coordinates(x[..., k], [py, px], order=order, mode=FILLS[fill], cval=value)
        for k in range(x.shape[2])
    ]
    return np.stack(channels, axis=-1)


@given(
    x=pictures(dtypes=["float32", "float64"]),
    matrix=matrices(),
    size=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    fill=fills,
)
def test_affine_is_scipys(x, matrix, size, fill):
    found = image.affine(x, matrix, size, "bilinear", fill, 0.25)
    expected = scipys(x.astype(float), matrix, size, 1, fill, 0.25)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@given(x=pictures(dtypes=["uint8"]), matrix=matrices(), fill=fills)
def test_levels_are_rounded(x, matrix, fill):
    found = image.affine(x, matrix, None, "bilinear", fill, 7)
    expected = scipys(x.astype(float), matrix, x.shape[:2], 1, fill, 7.0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.5 + 1e-6)


@given(x=pictures(least=2, dtypes=["uint8", "float32"]), angle=st.floats(-180, 180))
def test_rotate_is_opencvs(x, angle):
    height, width = x.shape[:2]
    # OpenCV counts a pixel's centre as a whole number: the middle is half a pixel less.
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1)
    expected = cv2.warpAffine(x, matrix, (width, height), flags=cv2.INTER_LINEAR)
    found = image.rotate(x, angle)
    # It rounds places to 1/32 of a pixel: up to 255 / 32 levels between black and white, twice.
    assert_near(found, expected.reshape(x.shape), levels=17, exact=17 / 255)


@given(x=pictures(), quarters=st.integers(-5, 5))
def test_quarter_turns_are_numpys(x, quarters):
    square = np.zeros((max(x.shape[:2]),) * 2 + x.shape[2:], x.dtype)
    square[: x.shape[0], : x.shape[1]] = x
    found = image.rotate(square, 90 * quarters)
    np.testing.assert_array_equal(found, np.rot90(square, quarters), strict=True)


@given(
    x=pictures(),
    matrix=matrices(),
    fill=fills,
    interpolation=st.sampled_from(["bilinear", "nearest"]),
)
def test_identities(x, matrix, fill, interpolation):
    how = interpolation, fill
    for found in (
        image.rotate(x, 0, *how),
        image.rotate(x, 360, *how),
        image.shift(x, 0, 0, *how),
        image.zoom(x, 1, *how),
        image.shear(x, 0, 0, *how),
        image.affine(x, np.eye(2, 3), None, *how),
        image.warp(x, np.zeros((*x.shape[:2], 2)), *how),
        image.flip(image.flip(x, "horizontal"), "horizontal"),
        image.flip(image.flip(x, "vertical"), "vertical"),
    ):
        np.testing.assert_array_equal(found, x, strict=True)
    quarter = x[: min(x.shape[:2]), : min(x.shape[:2])]
    turned = quarter
    for _ in range(4):
        turned = image.rotate(turned, 90, *how)
    np.testing.assert_array_equal(turned, quarter, strict=True)


@given(
    x=pictures(),
    fill=fills,
    mode=st.sampled_from(["horizontal", "vertical", "horizontal_and_vertical"]),
)
def test_flips_are_matrices_too(x, fill, mode):
    matrix = geometry.flipping("horizontal" in mode, "vertical" in mode, x.shape[:2])
    np.testing.assert_array_equal(
        image.flip(x, mode), image.affine(x, matrix, None, "bilinear", fill)
    )
    expected = cv2.flip(x, {"horizontal": 1, "vertical": 0}.get(mode, -1)).reshape(x.shape)
    np.testing.assert_array_equal(image.flip(x, mode), expected)


@given(x=pictures(), dx=st.integers(-9, 9), dy=st.integers(-9, 9), fill=fills)
def test_whole_shifts_are_crops_of_pads(x, dx, dy, fill):
    modes = {"constant": "constant", "nearest": "edge", "reflect": "symmetric", "wrap": "wrap"}
    padded = image.pad(x, 9, modes[fill])
    expected = image.crop(padded, 9 - dy, 9 - dx, *x.shape[:2])
    np.testing.assert_array_equal(image.shift(x, dx, dy, "bilinear", fill), expected, strict=True)


@given(x=pictures(dtypes=["float64"], least=3), flow_seed=st.integers(0, 99), fill=fills)
def test_warp_is_opencvs_and_scipys(x, flow_seed, fill):
    flow = np.random.default_rng(flow_seed).normal(size=(*x.shape[:2], 2)) * 3
    rows, columns = np.mgrid[: x.shape[0], : x.shape[1]].astype(float)
    where = [rows + flow[..., 1], columns + flow[..., 0]]
    expected = [
        ndimage.map_coordinates(x[..., k], where, order=1, mode=FILLS[fill], cval=0.5)
        for k in range(x.shape[2])
    ]
    found = image.warp(x, flow, "bilinear", fill, 0.5)
    np.testing.assert_allclose(found, np.stack(expected, -1), rtol=0, atol=1e-9)


@given(x=pictures(), matrix=matrices(), fill=fills)
def test_a_matrix_is_a_flow(x, matrix, fill):
    rows, columns = np.mgrid[: x.shape[0], : x.shape[1]] + 0.5
    centres = np.stack([columns, rows], -1)
    flow = geometry.move(geometry.invert(matrix), centres) - centres
    found = image.warp(x, flow, "bilinear", fill)
    assert_near(found, image.affine(x, matrix, None, "bilinear", fill), exact=1e-6)


@given(x=pictures(dtypes=["float64"]), matrix=matrices())
def test_tone_is_applied_after(x, matrix):
    toned = image.affine(x, matrix, tone=(1.5, -0.2, 0.0, 1.0))
    expected = np.clip(image.affine(x, matrix) * 1.5 - 0.2, 0, 1)
    np.testing.assert_allclose(toned, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", ["bool", "int16", "uint16", "int32", "int64", "uint8", "float32"])
def test_class_numbers_stay(dtype):
    mask = np.random.default_rng(0).integers(0, 2 if dtype == "bool" else 100, (9, 8)).astype(dtype)
    found = image.rotate(mask, 33, "nearest")
    assert found.dtype == dtype
    assert set(found.ravel().tolist()) <= {*mask.ravel().tolist(), 0}
    np.testing.assert_array_equal(image.rotate(mask, 0, "nearest"), mask, strict=True)
    if dtype not in ("uint8", "float32"):
        with pytest.raises(TypeError, match=f"got {dtype}"):
            image.rotate(mask, 33)


@given(x=pictures(), matrix=matrices())
def test_threads_and_batches_make_no_difference(x, matrix):
    before = minidl.get_num_threads()
    batch = np.stack([x, x[::-1], x[:, ::-1]])
    flow = np.random.default_rng(0).normal(size=(*x.shape[:2], 2))
    found = []
    for n in (1, 2, 5):
        minidl.set_num_threads(n)
        found.append((image.affine(batch, matrix), image.warp(batch, flow)))
    minidl.set_num_threads(before)
    for affine, warped in found:
        np.testing.assert_array_equal(affine, found[0][0])
        np.testing.assert_array_equal(warped, found[0][1])
        np.testing.assert_array_equal(affine[1], image.affine(batch[1], matrix))
        np.testing.assert_array_equal(warped[2], image.warp(batch[2], flow))


@given(seed=st.integers(0, 999), alpha=st.floats(0.1, 0.5), sigma=st.floats(2, 4))
def test_points_go_where_pixels_are_seen(seed, alpha, sigma):
    rng = np.random.default_rng(seed)
    flow = warping.smooth_flow(rng.normal(size=(1, 24, 20, 2)), alpha, sigma)[0]
    points = rng.uniform(5, 15, (7, 2))
    seen = warping.move_through(flow, points)
    np.testing.assert_allclose(seen + warping._look_up(flow, seen), points, rtol=0, atol=1e-4)


def test_a_smooth_flow_has_the_size_asked_for():
    rng = np.random.default_rng(0)
    flow = warping.smooth_flow(rng.normal(size=(20, 60, 60, 2)), [0.5] * 10 + [3] * 10, 2.0)
    inner = flow[:, 8:-8, 8:-8]
    assert np.sqrt((inner[:10] ** 2).mean()) == pytest.approx(0.5, rel=0.1)
    assert np.sqrt((inner[10:] ** 2).mean()) == pytest.approx(3, rel=0.1)
    assert np.abs(np.diff(inner[:10], axis=1)).mean() < 0.5 * np.abs(inner[:10]).mean()


def test_nan_stays_nan():
    x = np.ones((5, 5))
    x[2, 2] = np.nan
    found = image.shift(x, 0.5, 0)
    assert np.isnan(found[2, 2:4]).all()
    assert np.isfinite(np.delete(found, [1, 2], axis=0)).all()


@given(x=pictures(least=2), factor=st.floats(1.0, 4))
def test_zooming_in_shows_nothing_beyond_the_border(x, factor):
    assume(x.min() > 0.02)
    assert image.zoom(x, factor).min() >= x.min() - 1e-6


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: image.rotate(x, np.nan), "angle needs finite numbers, got nan"),
        (lambda x: image.zoom(x, 0), "zoom: factor needs numbers above 0, got 0"),
        (lambda x: image.zoom(x, -1), "zoom: factor needs numbers above 0, got -1"),
        (lambda x: image.zoom(x, np.nan), "zoom: factor needs numbers above 0, got nan"),
        (lambda x: image.zoom(x, "2"), "scaling: x_factor needs a number"),
        (
            lambda x: image.shear(x, 1, 1),
            "shear: .* cannot be undone: it leaves no area",
        ),
        (lambda x: image.rotate(x, 5, "cubic"), "unknown interpolation 'cubic'"),
        (lambda x: image.rotate(x, 5, "bilinear", "mirror"), "unknown fill_mode 'mirror'"),
        (lambda x: image.rotate(x, 5, fill_value=256), r"rotate: fill_value needs a number in \[0"),
        (lambda x: image.rotate(x, 5, fill_value=np.nan), "rotate: fill_value needs a number"),
        (lambda x: image.affine(x, np.eye(3)), r"a matrix needs numbers of shape \(2, 3\)"),
        (lambda x: image.affine(x, np.eye(2, 3), 0), "affine: size needs a whole number"),
        (
            lambda x: image.affine(x, np.tile(np.eye(2, 3), (2, 1, 1))),
            "for 2 images, but there are 1",
        ),
        (lambda x: image.warp(x, np.zeros((3, 3, 2))), "a flow of shape .* does not fit images"),
        (lambda x: image.warp(x, np.zeros((4, 6))), r"a flow needs numbers of shape \(H, W, 2\)"),
        (lambda x: image.warp(x, np.full((4, 6, 2), np.inf)), "a flow needs finite numbers"),
        (lambda x: image.flip(x, "diagonal"), "unknown mode 'diagonal'"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call(np.zeros((4, 6), "uint8"))
