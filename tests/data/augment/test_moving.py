"""Transforms that move things: how far, how often, and with boxes, masks and points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from minidl import image
from minidl.data import augment
from minidl.data.augment.draws import Draws

SIZE = 40, 60
MANY = np.arange(2000)


def matrices(transform, count=2000):
    return transform.matrices(Draws(0, 0, np.arange(count)), SIZE)


def uniform_between(values, low, high):
    return stats.kstest(values, stats.uniform(low, high - low).cdf).pvalue > 1e-4


def test_how_far():
    shifts = matrices(augment.Shift(0.1, (0.1, 0.3)))[:, :, 2]
    assert uniform_between(shifts[:, 0], 6, 18)
    assert uniform_between(shifts[:, 1], -4, 4)
    turns = matrices(augment.Rotate((-10, 30)))
    assert uniform_between(np.rad2deg(np.arctan2(turns[:, 0, 1], turns[:, 0, 0])), -10, 30)
    zooms = matrices(augment.Zoom(0.5, 0.2))
    wide, high = np.log2(zooms[:, 0, 0]), np.log2(zooms[:, 1, 1])
    assert uniform_between((wide + high) / 2, -0.5, 0.5)
    assert uniform_between(wide - high, -0.2, 0.2)
    shears = matrices(augment.Shear(0.2, (0, 0.1)))
    assert uniform_between(shears[:, 0, 1], -0.2, 0.2)
    assert uniform_between(shears[:, 1, 0], 0, 0.1)


def test_parameters_of_one_transform_are_independent():
    shifts = matrices(augment.Shift(0.1))[:, :, 2]
    assert abs(np.corrcoef(shifts.T)[0, 1]) < 5 / 2000**0.5


@pytest.mark.parametrize("p", [0, 0.3, 1])
def test_how_often(p):
    for transform in (augment.Rotate(20, p=p), augment.Elastic(p=p), augment.Shift(0.2, p=p)):
        x = np.random.default_rng(0).integers(0, 256, (1000, 6, 7, 1)).astype("uint8")
        found = augment.Compose([transform])(x)
        share = (found != x).any(axis=(1, 2, 3)).mean()
        assert abs(share - p) <= 5 * (p * (1 - p) / 1000) ** 0.5 + 0.01


def test_flips():
    x = np.random.default_rng(0).integers(0, 256, (1000, 6, 7, 1)).astype("uint8")
    found = augment.Compose([augment.Flip("horizontal_and_vertical", 0.3)])(x)
    for mode, share in (
        ("horizontal", 0.21),
        ("vertical", 0.21),
        ("horizontal_and_vertical", 0.09),
    ):
        seen = (found == image.flip(x, mode)).all(axis=(1, 2, 3)).mean()
        assert abs(seen - share) < 5 * (share * (1 - share) / 1000) ** 0.5
    only = augment.Compose([augment.Flip("vertical", 1)])(x)
    np.testing.assert_array_equal(only, image.flip(x, "vertical"))


def test_crops_are_parts_and_lie_anywhere():
    x = np.arange(1, 31, dtype="uint8").reshape(1, 6, 5, 1).repeat(600, 0)
    found = augment.Compose([augment.Crop(4)])(x)
    corners = found[:, 0, 0, 0].astype(int) - 1
    assert set(corners.tolist()) == {0, 1, 5, 6, 10, 11}
    for crop, corner in zip(found, corners, strict=True):
        top, left = divmod(corner, 5)
        np.testing.assert_array_equal(crop, x[0, top : top + 4, left : left + 4])
    padded = augment.Compose([augment.Crop((6, 5), padding=2)])(x)
    assert padded.shape == x.shape
    assert len({each.tobytes() for each in padded}) == 25
    assert (padded == 0).any()


def test_a_crop_that_does_not_fit():
    with pytest.raises(ValueError, match="Crop: 9 × 5 pixels do not fit in images of 6 × 5 with"):
        augment.Compose([augment.Crop((9, 5), padding=1)])(np.zeros((1, 6, 5, 1)))


def rectangle(box, size=SIZE):
    canvas = np.zeros(size, "uint8")
    x0, y0, x1, y1 = box
    canvas[y0:y1, x0:x1] = 255
    return canvas


def bright(canvas):
    rows, columns = np.nonzero(canvas)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


POLICIES = [
    [augment.Flip("horizontal_and_vertical")],
    [augment.Shift(0.3)],
    [augment.Rotate(180)],
    [augment.Zoom(0.5, 0.3)],
    [augment.Shear(0.3, 0.2)],
    [augment.Crop((30, 40), padding=3)],
    [augment.Rotate(30), augment.Crop(35), augment.Shift(0.1), augment.Brightness(0.1)],
    [augment.Elastic(0.03, 0.15)],
    [augment.RandAugment(3, 10, colour=False)],
    [augment.Some([augment.Rotate(20), augment.Flip(), augment.Blur()], 2), augment.Shear(0.1)],
]


@pytest.mark.parametrize("transforms", POLICIES, ids=lambda ts: type(ts[0]).__name__)
@given(index=st.integers(0, 10**6))
def test_boxes_masks_and_points_follow_the_pixels(transforms, index):
    rng = np.random.default_rng(index)
    low = rng.integers([2, 2], [40, 24])
    box = np.array([*low, *(low + rng.integers(8, 15, 2))])
    mask = (rectangle(box) > 0).astype("int32") * 7
    middle = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
    policy = augment.Compose(transforms, seed=3, min_share=0)
    sample = augment.Sample(rectangle(box), [box], ["thing"], mask, [[*middle, 2]])
    found = policy.sample(sample, index)
    assert set(np.unique(found.mask).tolist()) <= {0, 7}
    assert found.mask.shape == found.image.shape
    assert found.mask.dtype == mask.dtype
    if not (found.mask == 7).any():
        return
    # The mask is right to the pixel but for its border; a box is tight around turned corners, and
    # around each step's: pixels never reach beyond it.
    seen, (moved,) = bright(found.mask), found.boxes
    assert list(found.labels) == ["thing"]
    assert (moved[:2] <= seen[:2] + 1).all()
    assert (moved[2:] >= seen[2:] - 1).all()
    loose = 2 if len(transforms) == 1 and not isinstance(transforms[0], augment.Some) else 16
    assert np.abs(moved - seen).max() <= loose
    x, y, visibility = found.points[0]
    if visibility:
        row, column = (int(min(v, n - 1)) for v, n in zip((y, x), found.mask.shape, strict=True))
        assert found.mask[row, column] == 7
    else:
        assert not (0 <= x <= found.mask.shape[1] and 0 <= y <= found.mask.shape[0])


@given(index=st.integers(0, 10**6))
def test_masks_agree_with_images(index):
    box = (20, 10, 45, 30)
    policy = augment.Compose([augment.Rotate(40), augment.Zoom(0.3), augment.Shift(0.1)])
    found = policy.sample(augment.Sample(rectangle(box), mask=rectangle(box)), index)
    assert np.mean((found.image > 127) != (found.mask > 0)) < 0.01


def test_boxes_that_leave_go_with_their_labels():
    boxes = [[0, 0, 10, 10], [0, 0, 30, 10], [25, 0, 30, 10]]
    sample = augment.Sample(np.zeros(SIZE, "uint8"), boxes, np.array([5, 6, 7]))
    for min_share, left in ((0, [6, 7]), (0.3, [6, 7]), (0.7, [7])):
        policy = augment.Compose([augment.Shift(0, (-0.25, -0.25))], min_share=min_share)
        found = policy.sample(sample)
        assert found.labels.tolist() == left
        assert found.boxes[-1].tolist() == [10, 0, 15, 10]
    # What is left counts from the beginning: twice a half is a quarter.
    halves = [augment.Shift(0, (-0.25, -0.25)), augment.Crop(SIZE), augment.Shift(0, (0.25, 0.25))]
    policy = augment.Compose([*halves, augment.Crop(SIZE), halves[0]], min_share=0.6)
    found = policy.sample(augment.Sample(np.zeros(SIZE, "uint8"), [[0, 0, 30, 10]], [1]))
    assert found.boxes.shape == (0, 4)
    assert found.labels.tolist() == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: augment.Flip("diagonal"), "Flip: mode 'diagonal'"),
        (lambda: augment.Flip(p=1.5), r"Flip: p needs a number in \[0, 1\], got 1.5"),
        (lambda: augment.Rotate(p=-0.1), r"Rotate: p needs a number in \[0, 1\], got -0.1"),
        (lambda: augment.Rotate(np.nan), "Rotate: degrees needs a number"),
        (lambda: augment.Rotate(361), "Rotate: degrees needs a number"),
        (lambda: augment.Rotate((1, 2, 3)), "Rotate: degrees needs a number, or two of them"),
        (lambda: augment.Shift(1.5), "Shift: height needs a number"),
        (lambda: augment.Shift(0.1, "far"), "Shift: width needs a number, got 'far'"),
        (lambda: augment.Zoom(np.inf), "Zoom: octaves needs a number"),
        (lambda: augment.Shear(1), "Shear: x_shear needs a number"),
        (lambda: augment.Crop(0), "Crop: size needs a whole number of at least 1"),
        (lambda: augment.Crop(4, -1), "Crop: padding needs a whole number of at least 0"),
        (lambda: augment.Elastic(0.2), "Elastic: alpha needs a number in"),
        (lambda: augment.Elastic(0.1, 0.1), "Elastic: alpha needs at most half of sigma"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
