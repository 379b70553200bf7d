"""Near-duplicates and crops: what is found of variants of photographs and digits.

The shares that are asserted here are those that ``docs/data.md`` states.
"""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from minidl.data import near, prints
from minidl.data.grouping import components
from minidl.datasets import mnist

PHOTOGRAPHS = sorted((Path(__file__).parent / "photographs").glob("*.jpg"))


def jpeg(image, quality):
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=quality)
    return Image.open(file)


def resized(image, factor):
    width, height = (max(1, round(side * factor)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC)


def cropped(image, share, rng):
    """Cut out a window with about this share of both sides, anywhere, and store it as JPEG."""
    width, height = image.size
    stretch = np.exp(rng.uniform(-0.1, 0.1))
    w, h = min(1, share * stretch) * width, min(1, share / stretch) * height
    x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
    return jpeg(image.crop((int(x), int(y), int(x + w), int(y + h))), 70)


VARIANTS = {
    "JPEG 75": lambda image, rng: jpeg(image, 75),
    "JPEG 30": lambda image, rng: jpeg(image, 30),
    "double": lambda image, rng: resized(image, 2),
    "half": lambda image, rng: resized(image, 0.5),
    "quarter": lambda image, rng: resized(image, 0.25),
    "half, JPEG 50": lambda image, rng: jpeg(resized(image, 0.5), 50),
    "brighter, grey": lambda image, rng: image.convert("L").point(lambda v: min(255, 1.2 * v + 10)),
    **{
        f"crop {share}": lambda image, rng, share=share: cropped(image, share, rng)
        for share in (0.95, 0.9, 0.8, 0.7, 0.6, 0.5)
    },
}


def pictures_of(images):
    small = [i.convert("RGB").resize((64, 64), Image.Resampling.BILINEAR) for i in images]
    small = [i.convert("YCbCr") for i in small]
    colours = [np.asarray(i.resize((8, 8), Image.Resampling.BOX))[..., 1:] for i in small]
    return near.Pictures(np.stack([np.asarray(i)[..., 0] for i in small]), np.stack(colours))


@pytest.fixture(scope="module")
def tiles():
    """24 pictures that have nothing in common: tiles of two photographs."""
    tiles = []
    for path in PHOTOGRAPHS:
        photograph = Image.open(path)
        w, h = photograph.width // 4, photograph.height // 3
        tiles += [
            photograph.crop((x * w, y * h, (x + 1) * w, (y + 1) * h))
            for x in range(4)
            for y in range(3)
        ]
    return [tile for tile in tiles if np.asarray(tile.convert("L")).std() > 5]


@pytest.fixture(scope="module")
def digits():
    (x, _), _ = mnist.load_data()
    return [Image.fromarray(digit) for digit in x]


def count_found(originals, variant):
    """Return the share of originals whose variant is found, and how many other pairs are."""
    rng = np.random.default_rng(0)
    count = len(originals)
    found = near.find_near(
        pictures_of([*originals, *(VARIANTS[variant](image, rng) for image in originals)])
    )
    group = components(2 * count, [match[:2] for match in found.matches])
    right = np.mean([group[i] == group[i + count] for i in range(count)])
    others = sum(abs(match.first - match.second) != count for match in found.matches)
    return right, others


@pytest.mark.parametrize(
    ("variant", "share"),
    {
        "JPEG 75": 1.0,
        "JPEG 30": 1.0,
        "double": 1.0,
        "half": 1.0,
        "quarter": 1.0,
        "half, JPEG 50": 1.0,
        "brighter, grey": 1.0,
        "crop 0.95": 0.95,
        "crop 0.9": 0.95,
        "crop 0.8": 0.9,
        "crop 0.7": 0.75,
        "crop 0.6": 0.5,
        "crop 0.5": 0.4,
    }.items(),
)
def test_variants_of_photographs(tiles, variant, share):
    found, others = count_found(tiles, variant)
    assert found >= share
    assert others <= 2


@pytest.mark.parametrize(
    ("variant", "share"),
    {
        "JPEG 75": 1.0,
        "JPEG 30": 1.0,
        "double": 1.0,
        "crop 0.95": 0.8,
        "crop 0.9": 0.8,
        "crop 0.8": 0.7,
        "crop 0.7": 0.6,
    }.items(),
)
def test_variants_of_100_digits(digits, variant, share):
    found, others = count_found(digits[:100], variant)
    assert found >= share
    assert others <= 2


@pytest.mark.parametrize("variant", ["JPEG 75", "JPEG 30", "double"])
def test_variants_among_2000_digits(digits, variant):
    copies = [VARIANTS[variant](image, None) for image in digits[:50]]
    found = near.find_near(pictures_of([*digits[:2000], *copies]))
    pairs = {match[:2] for match in found.matches}
    assert {(i, 2000 + i) for i in range(50)} <= pairs
    assert len(pairs) <= 52
    assert not found.crops_searched


def test_different_pictures_are_not_alike(tiles, digits):
    assert near.find_near(pictures_of(tiles)).matches == []
    found = near.find_near(pictures_of(digits[:3000]))
    assert len(found.matches) <= 1
    assert found.threshold > 0.98


def test_a_picture_and_many_copies_of_it(tiles):
    copies = [jpeg(tiles[0], quality) for quality in (95, 85, 75, 65, 55)]
    found = near.find_near(pictures_of([*copies, *tiles[:3]]))
    assert not any(match.is_crop for match in found.matches)
    group = components(8, [match[:2] for match in found.matches])
    assert group.tolist() == [0, 0, 0, 0, 0, 0, 6, 7]
    assert len(found.matches) == 5


def test_many_frames_of_a_film_are_one_group_of_few_matches(tiles):
    rng = np.random.default_rng(0)
    frames = np.repeat(pictures_of(tiles[:1]).grey, 400, axis=0)
    frames = np.clip(frames + rng.normal(0, 2, frames.shape), 0, 255).astype(np.uint8)
    others = pictures_of(tiles[1:]).grey
    grey = np.concatenate([frames, others])
    colours = np.full((len(grey), 8, 8, 2), 128, np.uint8)
    found = near.find_near(near.Pictures(grey, colours))
    assert len(found.matches) == 399
    assert {i for match in found.matches for i in match[:2]} == set(range(400))


def test_pictures_of_other_colours_are_not_alike(tiles):
    grey = tiles[0].convert("L")
    red, blue = (
        Image.merge("RGB", bands)
        for bands in (
            [grey, grey, grey.point(lambda v: v // 3)],
            [grey.point(lambda v: v // 3), grey, grey],
        )
    )
    assert near.find_near(pictures_of([red, blue])).matches == []
    assert len(near.find_near(pictures_of([red, red.convert("L")])).matches) == 1


def test_few_pictures():
    empty = near.Pictures(np.empty((0, 64, 64), np.uint8), np.empty((0, 8, 8, 2), np.uint8))
    assert near.find_near(empty).matches == []
    one = near.Pictures(np.zeros((1, 64, 64), np.uint8), np.zeros((1, 8, 8, 2), np.uint8))
    assert near.find_near(one).matches == []


def test_the_windows_hashes_are_those_of_the_windows(tiles):
    thumbnails = pictures_of(tiles[:2]).grey
    edges = near.windows()
    hashes = near.window_hashes(thumbnails)
    assert hashes.shape == (2, len(edges))
    for n in range(0, len(edges), 50):
        coefficients = prints.transform(thumbnails, edges[n : n + 1], prints.HASHED)
        expected = prints.hashes_of(coefficients)
        assert np.bitwise_count(hashes[:, n] ^ expected).max() <= 1  # by rounding


def test_windows_cover_what_may_have_been_cut():
    edges = near.windows()
    height, width = edges[:, 1] - edges[:, 0], edges[:, 3] - edges[:, 2]
    assert (edges >= 0).all()
    assert (edges <= 1 + 1e-9).all()
    assert (height * width < 1).all()
    assert (np.maximum(height / width, width / height) <= near.ASPECT + 1e-9).all()
    assert (min(height), min(width)) == pytest.approx((0.5, 0.5))
