"""Transforms of light, colour and detail."""

import numpy as np
import pytest
from scipy import stats

from minidl import image
from minidl.data import augment
from minidl.data.augment.draws import Draws
from minidl.data.augment.pixels import rectangles

EACH = [
    augment.Brightness(0.3),
    augment.Contrast(0.5),
    augment.Saturation(0.5),
    augment.Hue(0.2),
    augment.Noise((0.05, 0.2)),
    augment.Blur((0.5, 2)),
    augment.Equalize(),
    augment.Cutout((0.3, 0.5)),
]


def images(count, dtype="uint8", channels=3):
    levels = np.random.default_rng(0).integers(30, 220, (count, 9, 8, channels))
    return levels.astype(dtype) if dtype == "uint8" else (levels / 255).astype(dtype)


@pytest.mark.parametrize("transform", EACH, ids=lambda t: type(t).__name__)
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_pixels_change_in_range_and_nothing_moves(transform, dtype):
    x = images(20, dtype)
    before = x.copy()
    policy = augment.Compose([transform])
    found = policy(x)
    np.testing.assert_array_equal(x, before)
    assert (found.dtype, found.shape) == (x.dtype, x.shape)
    assert found.min() >= 0
    assert found.max() <= (255 if dtype == "uint8" else 1)
    assert (found != x).any(axis=(1, 2, 3)).all()
    mask = np.arange(72).reshape(9, 8)
    sample = augment.Sample(x[3], [[1, 2, 5, 6]], [0], mask, [[3, 4, 1]])
    moved = policy.sample(sample, 3)
    np.testing.assert_array_equal(moved.image, found[3])
    np.testing.assert_array_equal(moved.mask, mask)
    np.testing.assert_array_equal(moved.boxes, sample.boxes)
    np.testing.assert_array_equal(moved.points, sample.points)


@pytest.mark.parametrize("transform", EACH, ids=lambda t: type(t).__name__)
def test_how_often(transform):
    kind = type(transform)
    x = images(600)
    found = augment.Compose([kind(p=0.4)])(x)
    share = (found != x).any(axis=(1, 2, 3)).mean()
    assert abs(share - 0.4) < 5 * (0.24 / 600) ** 0.5 + 0.03
    np.testing.assert_array_equal(augment.Compose([kind(p=0)])(x), x)


def test_brightness_is_uniform():
    x = np.full((2000, 1, 1, 1), 0.5)
    found = augment.Compose([augment.Brightness((-0.1, 0.4))])(x).ravel() - 0.5
    assert stats.kstest(found, stats.uniform(-0.1, 0.5).cdf).pvalue > 1e-4
    x = np.full((2000, 1, 1, 1), 50.0)
    found = augment.Compose([augment.Brightness(0.1)], value_range=(0, 100))(x).ravel() - 50
    assert stats.kstest(found, stats.uniform(-10, 20).cdf).pvalue > 1e-4


def test_factors_are_uniform_about_1():
    x = np.tile(np.array([0.4, 0.6]).reshape(1, 1, 2, 1), (2000, 1, 1, 1))
    found = np.ptp(augment.Compose([augment.Contrast(0.3)])(x), axis=2).ravel() / 0.2
    assert stats.kstest(found, stats.uniform(0.7, 0.6).cdf).pvalue > 1e-4


def test_noise_is_normal_and_independent():
    x = np.full((50, 10, 10, 2), 0.5)
    noise = augment.Compose([augment.Noise(0.1)])(x) - 0.5
    assert stats.kstest(noise.ravel() / 0.1, stats.norm.cdf).pvalue > 1e-4
    rows = noise.reshape(50, -1)
    correlations = np.corrcoef(rows) - np.eye(50)
    assert np.abs(correlations).max() < 6 / 200**0.5


def test_cutouts_cover_what_they_say():
    x = np.ones((300, 20, 30, 1), "uint8")
    found = augment.Compose([augment.Cutout(0.5, value=9)])(x)
    assert set(np.unique(found).tolist()) == {1, 9}
    shares = (found == 9).mean(axis=(1, 2, 3))
    assert shares.max() == pytest.approx(0.25, abs=0.03)
    assert shares.min() >= 0.05
    boxes = rectangles(Draws(0, 0, np.arange(300)), np.full((300, 2), 0.5), (20, 30))
    np.testing.assert_array_equal(
        image.cutout(x[:1], boxes[5]), np.where(image.mixing.inside(boxes[5], (1, 20, 30, 1)), 0, 1)
    )


@pytest.mark.parametrize("transform", [augment.Hue(), augment.Saturation(p=0)])
def test_colours_are_needed_in_every_batch(transform):
    with pytest.raises(ValueError, match="images need 3 channels, red, green and blue, got 1"):
        augment.Compose([transform])(images(2, channels=1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: augment.Brightness(1.5), "Brightness: delta needs a number"),
        (lambda: augment.Contrast((-0.1, 1)), "Contrast: factor needs a number"),
        (lambda: augment.Saturation(np.nan), "Saturation: factor needs a number"),
        (lambda: augment.Hue("red"), "Hue: turn needs a number"),
        (lambda: augment.Noise(-0.1), "Noise: std needs a number"),
        (lambda: augment.Blur((1, -1)), "Blur: sigma needs a number"),
        (lambda: augment.Cutout(1.1), "Cutout: size needs a number"),
        (lambda: augment.Cutout(value="grey"), "Cutout: value needs a number"),
        (lambda: augment.Equalize(p=2), "Equalize: p needs a number"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
