"""Policies: the same bits in any batch, joined passes, warnings about labels."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minidl
from minidl import image
from minidl.data import augment
from minidl.data.augment.draws import Draws
from minidl.data.augment.transform import Move, Tone, Transform

EVERYTHING = [
    augment.Flip(),
    augment.Rotate(20, p=0.5),
    augment.Shift(0.2),
    augment.Brightness(0.2, p=0.5),
    augment.Blur((0.2, 1), p=0.3),
    augment.Zoom(0.3),
    augment.Elastic(0.03, p=0.3),
    augment.Noise((0, 0.1), p=0.5),
    augment.Cutout(p=0.3),
    augment.Some([augment.Shear(0.2), augment.Contrast(0.3), augment.Group([])], 2, p=0.7),
    augment.RandAugment(2, 8),
    augment.Crop(6),
    augment.Hue(0.1, p=0.3),
]


def images(count, dtype="uint8", size=(9, 8)):
    levels = np.random.default_rng(0).integers(0, 256, (count, *size, 3))
    return levels.astype(dtype) if dtype == "uint8" else (levels / 255).astype(dtype)


@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**40),
    epoch=st.integers(0, 1000),
    dtype=st.sampled_from(["uint8", "float32"]),
    data=st.data(),
)
def test_an_image_is_the_same_in_any_batch_and_with_any_threads(seed, epoch, dtype, data):
    policy = augment.Compose(EVERYTHING, seed)
    x = images(12, dtype)
    whole = policy(x, np.arange(100, 112), epoch)
    order = data.draw(st.permutations(range(12)))
    before = minidl.get_num_threads()
    for threads, count in ((1, 1), (2, 5), (5, 12)):
        minidl.set_num_threads(threads)
        which = order[:count]
        found = policy(x[which], [100 + i for i in which], epoch)
        np.testing.assert_array_equal(found, whole[which], strict=True)
    minidl.set_num_threads(before)
    n = order[0]
    alone = augment.Compose(EVERYTHING, seed).sample(augment.Sample(x[n]), 100 + n, epoch)
    np.testing.assert_array_equal(alone.image, whole[n], strict=True)


def test_seeds_epochs_and_indices_make_a_difference():
    policy, x = augment.Compose(EVERYTHING), images(1).repeat(20, 0)
    found = policy(x)
    assert len({each.tobytes() for each in found}) == 20
    for other in (
        policy(x, epoch=1),
        policy(x, np.arange(20, 40)),
        augment.Compose(EVERYTHING, 1)(x),
    ):
        assert (found != other).any(axis=(1, 2, 3)).all()


def steps(*transforms, size=(9, 8)):
    policy = augment.Compose(list(transforms))
    return policy.steps(images(4, size=size), Draws(0, 0, np.arange(4)))


def test_moves_and_a_tone_are_one_pass():
    shift, turn, light = augment.Shift(), augment.Rotate(p=0.1), augment.Brightness(p=0)
    assert [type(step) for step in steps(shift, turn, light)] == [Move]
    assert [type(step) for step in steps(light, shift)] == [Tone, Move]
    assert len(steps(shift, light, turn)) == 2
    assert len(steps(shift, light, light)) == 2
    assert len(steps(shift, augment.Crop(5), turn)) == 2  # pixels that a crop cut off stay away
    # Joined or not does not depend on what was drawn, or an image would on its batch.
    assert len(steps(shift, augment.Blur(p=0), turn)) == 3
    assert len(steps(augment.RandAugment(2, colour=False))) == len(
        steps(augment.RandAugment(2, colour=False, p=0))
    )


def test_one_pass_is_what_several_are():
    x = images(10, "float64", (40, 40)) * 0
    x[:, 12:28, 12:28] = 0.7
    moves = [augment.Shift(0.1), augment.Rotate(30), augment.Brightness(0.1)]
    draws = Draws(5, 0, np.arange(10))
    expected = x
    for number, move in enumerate(moves):
        own = draws.child(number)
        frame = augment.transform.Frame((40, 40), 3, (0.0, 1.0))
        expected = move.step(own, np.ones(10, bool), frame).images(expected)
    found = augment.Compose(moves, 5)(x)
    assert np.abs(found - expected).mean() < 0.01  # but for edges, blurred once instead of twice
    assert np.abs(np.diff(found, axis=1)).max() >= np.abs(np.diff(expected, axis=1)).max()


def test_probabilities_of_groups():
    x = images(1).repeat(1000, 0)
    whole = augment.Group([augment.Flip(p=1), augment.Flip("vertical", p=1)], p=0.3)
    found = augment.Compose([whole])(x)
    turned = (found == image.flip(x, "horizontal_and_vertical")).all(axis=(1, 2, 3))
    assert (turned | (found == x).all(axis=(1, 2, 3))).all()
    assert abs(turned.mean() - 0.3) < 5 * (0.21 / 1000) ** 0.5
    one = augment.Some([augment.Flip(p=1), augment.Flip("vertical", p=1), augment.Group([])])
    found = augment.Compose([one])(x)
    for expected in (x, image.flip(x), image.flip(x, "vertical")):
        share = (found == expected).all(axis=(1, 2, 3)).mean()
        assert abs(share - 1 / 3) < 5 * (2 / 9 / 1000) ** 0.5


@pytest.mark.parametrize("magnitude", [0, 1, 5, 10])
def test_randaugment_grows_with_its_magnitude(magnitude):
    x = images(200, "float64", (16, 16)) * 0.5 + 0.25
    change = np.abs(augment.Compose([augment.RandAugment(2, magnitude)])(x) - x).mean()
    assert change < 1e-12 if magnitude == 0 else change > 0.01
    if magnitude == 10:
        weak = np.abs(augment.Compose([augment.RandAugment(2, 2)])(x) - x).mean()
        assert change > 1.2 * weak


def test_fills():
    x = np.full((5, 9, 8, 1), 100, "uint8")
    move = [augment.Shift(0, (0.5, 0.5))]
    found = augment.Compose(move, fill_value=7, mask_value=255)
    assert set(np.unique(found(x)).tolist()) == {7, 100}
    sample = found.sample(augment.Sample(x[0], mask=np.ones((9, 8), "uint8")))
    assert set(np.unique(sample.mask).tolist()) == {1, 255}
    assert (augment.Compose(move, fill_mode="nearest")(x) == 100).all()


@pytest.mark.parametrize(
    "transform",
    [augment.Flip(), augment.Rotate(90), augment.Rotate((-180, 0)), augment.Crop(8)],
)
def test_what_may_change_digits_is_warned_of(transform):
    for nested in (transform, augment.Group([augment.Blur(), augment.Group([transform])], p=0.5)):
        with pytest.warns(augment.LabelWarning, match="may change the labels of digits: "):
            augment.Compose([nested], content="digits")


def test_what_leaves_digits_alone_is_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        harmless = [augment.Rotate(45), augment.Shift(), augment.Flip(p=0), augment.RandAugment()]
        augment.Compose(harmless, content="digits")
        augment.Compose([augment.Flip(), augment.Rotate(180)])
        augment.digits()
        augment.digits(elastic=0.05, rotation=45)


def test_the_digits_policy():
    (x, _), _ = minidl.datasets.mnist.load_data()
    x = x[:200, ..., None]
    found = augment.digits(elastic=0.03)(x)
    assert (found != x).any(axis=(1, 2, 3)).all()
    ink = found.sum(axis=(1, 2, 3), dtype=float) / x.sum(axis=(1, 2, 3), dtype=float)
    assert (ink > 0.5).all()  # nothing was pushed out of the image


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: augment.digits(rotation=90), r"rotation needs a number in \[0, 45\], got 90"),
        (lambda: augment.digits(shift=0.5), r"digits: shift needs a number in \[0, 0.25\]"),
        (lambda: augment.digits(zoom=np.nan), "digits: zoom needs a number"),
        (lambda: augment.Compose(augment.Flip()), "Group: needs a list of transforms, got Flip"),
        (lambda: augment.Compose([augment.Flip]), "needs transforms of minidl.data.augment, got t"),
        (lambda: augment.Compose([], seed=-1), "Compose: seed needs a whole number of at least 0"),
        (lambda: augment.Compose([], min_share=2), "Compose: min_share needs a number in"),
        (lambda: augment.Compose([], fill_mode="mirror"), "Compose: fill_mode 'mirror'"),
        (lambda: augment.Compose([], content="digit"), "'digit': did you mean 'digits'"),
        (lambda: augment.Some([augment.Crop(3)]), "Some: Crop would give the images different"),
        (lambda: augment.Some([augment.Flip()], 0), "Some: count needs a whole number of at least"),
        (lambda: augment.RandAugment(2, 11), r"magnitude needs a number in \[0, 10\], got 11"),
    ],
)
def test_bad_policies(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


POLICY = augment.Compose([augment.Rotate(10)])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: POLICY(np.zeros((8, 28, 28))), r"with images\[..., np.newaxis\]"),
        (lambda: POLICY(np.zeros((2, 4, 4, 1), int)), "augment: images need the dtype"),
        (lambda: POLICY(np.zeros((2, 4, 4, 1)), [1]), "augment: got 1 indices for 2 images"),
        (lambda: POLICY(np.zeros((2, 4, 4, 1)), [1, -2]), "indices need whole numbers of at least"),
        (lambda: POLICY(np.zeros((2, 4, 4, 1)), epoch=-1), "epoch needs a whole number"),
        (lambda: POLICY(np.full((2, 4, 4, 1), 9.0)), "say value_range="),
        (lambda: POLICY.sample(augment.Sample(np.zeros((2, 4, 4, 1)))), "needs one image, got"),
        (
            lambda: POLICY.sample(augment.Sample(np.zeros((4, 4)), mask=np.zeros((3, 4), int))),
            r"a mask needs whole numbers or booleans of shape \(4, 4\)",
        ),
        (
            lambda: POLICY.sample(augment.Sample(np.zeros((4, 4)), mask=np.zeros((4, 4)))),
            "a mask needs whole numbers",
        ),
        (
            lambda: POLICY.sample(augment.Sample(np.zeros((4, 4)), [[0, 0, 1, 1]], [1, 2])),
            "needs one label for each of its 1 boxes",
        ),
        (
            lambda: POLICY.sample(augment.Sample(np.zeros((4, 4)), [[2, 0, 1, 1]])),
            "augment: boxes: box 0 is",
        ),
        (
            lambda: POLICY.sample(augment.Sample(np.zeros((4, 4)), labels=[1])),
            "needs one label for each of its 0 boxes",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_one_pixel_and_none(dtype):
    policy = augment.Compose([t for t in EVERYTHING if not isinstance(t, augment.Crop)])
    assert policy(np.ones((3, 1, 1, 3), dtype)).shape == (3, 1, 1, 3)
    assert policy(np.ones((0, 5, 4, 3), dtype)).shape == (0, 5, 4, 3)


def test_what_comes_out_is_new():
    x = images(2)
    for transforms in ([], [augment.Flip(p=0)], [augment.Blur(p=0)], [augment.Brightness(p=0)]):
        found = augment.Compose(transforms)(x)
        np.testing.assert_array_equal(found, x)
        assert not np.shares_memory(found, x)


def test_one_image_keeps_its_axes():
    x = images(1)
    for one in (x[0], x[0, :, :, 0]):
        assert POLICY(one, [5]).shape == one.shape
    np.testing.assert_array_equal(POLICY(x[0], [5]), POLICY(x, [5])[0])


def test_empty_annotations():
    found = POLICY.sample(augment.Sample(np.zeros((4, 4)), [], [], None, []))
    assert (found.boxes.shape, found.labels.shape, found.points.shape) == ((0, 4), (0,), (0,))
    assert POLICY.sample(augment.Sample(np.zeros((4, 4, 1)))).boxes is None


def test_a_transform_needs_a_step():
    with pytest.raises(NotImplementedError, match="Transform needs a method step"):
        augment.Compose([Transform()])(np.zeros((1, 2, 2, 1)))
