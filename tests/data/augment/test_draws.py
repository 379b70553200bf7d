"""Random numbers of images: the same in any batch, and distributed as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from minidl.data.augment.draws import Draws

MANY = np.arange(4000)
seeds = st.integers(0, 2**70)


def all_kinds(draws):
    """Some of each, (N, …) one after the other."""
    return [
        draws.uniform(),
        draws.uniform(-2, 3, (3,)),
        draws.normal((2, 3)),
        draws.integers(0, 10),
        draws.chance(0.3),
        draws.beta(0.4),
        draws.child(7).child(0).uniform(),
    ]


@given(seed=seeds, epoch=st.integers(0, 2**40), data=st.data())
def test_numbers_belong_to_the_image(seed, epoch, data):
    indices = data.draw(st.lists(st.integers(0, 2**62), min_size=1, max_size=8))
    batch = all_kinds(Draws(seed, epoch, indices))
    for n, index in enumerate(indices):
        for found, alone in zip(batch, all_kinds(Draws(seed, epoch, [index])), strict=True):
            np.testing.assert_array_equal(found[n : n + 1], alone)
    which = np.arange(len(indices))[::2]
    for found, taken in zip(batch, all_kinds(Draws(seed, epoch, indices).take(which)), strict=True):
        np.testing.assert_array_equal(found[which], taken)


def test_everything_makes_a_difference():
    numbers = {
        "first": Draws(0, 0, MANY).uniform(),
        "seed": Draws(1, 0, MANY).uniform(),
        "large seed": Draws(2**64, 0, MANY).uniform(),
        "epoch": Draws(0, 1, MANY).uniform(),
        "indices": Draws(0, 0, MANY + 4000).uniform(),
        "far indices": Draws(0, 0, MANY + 2**32).uniform(),
        "child": Draws(0, 0, MANY).child(0).uniform(),
        "other child": Draws(0, 0, MANY).child(1).uniform(),
        "grandchild": Draws(0, 0, MANY).child(0).child(0).uniform(),
    }
    draws = Draws(0, 0, MANY)
    draws.uniform()
    numbers["second call"] = draws.uniform()
    correlations = np.corrcoef(list(numbers.values()))
    assert np.abs(correlations - np.eye(len(numbers))).max() < 5 / 4000**0.5
    neighbours = np.corrcoef(numbers["first"][:-1], numbers["first"][1:])[0, 1]
    assert abs(neighbours) < 5 / 4000**0.5


@pytest.mark.parametrize(
    ("draw", "distribution"),
    [
        (lambda draws: draws.uniform(), stats.uniform()),
        (lambda draws: draws.uniform(-1, 3), stats.uniform(-1, 4)),
        (lambda draws: draws.normal(), stats.norm()),
        (lambda draws: draws.normal((3,))[:, 2], stats.norm()),
        (lambda draws: draws.beta(0.2), stats.beta(0.2, 0.2)),
        (lambda draws: draws.beta(1.0), stats.beta(1, 1)),
        (lambda draws: draws.beta(5), stats.beta(5, 5)),
    ],
)
def test_distributions(draw, distribution):
    found = draw(Draws(0, 0, MANY))
    assert stats.kstest(found, distribution.cdf).pvalue > 1e-4


@pytest.mark.parametrize("alpha", [0.01, 100])
def test_extreme_beta_is_finite(alpha):
    found = Draws(0, 0, MANY).beta(alpha)
    assert np.isfinite(found).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_whole_numbers_and_chances():
    counts = np.bincount(Draws(0, 0, MANY).integers(0, 8), minlength=8)
    assert stats.chisquare(counts).pvalue > 1e-4
    high = np.where(MANY % 2, 1, 3)
    found = Draws(0, 0, MANY).integers(0, high)
    assert set(found[::2].tolist()) == {0, 1, 2}
    assert set(found[1::2].tolist()) == {0}
    assert Draws(0, 0, MANY).chance(1).all()
    assert not Draws(0, 0, MANY).chance(0).any()
    assert abs(Draws(0, 0, MANY).chance(0.2).mean() - 0.2) < 5 * (0.16 / 4000) ** 0.5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Draws(-1, 0, [0]), "seed needs a whole number of at least 0"),
        (lambda: Draws(0.5, 0, [0]), "seed needs a whole number"),
        (lambda: Draws(0, -1, [0]), "epoch needs a whole number of at least 0"),
        (lambda: Draws(0, 0, [-1]), "indices need whole numbers of at least 0, got -1"),
        (lambda: Draws(0, 0, [0.5]), "indices need whole numbers of shape"),
        (lambda: Draws(0, 0, 3), r"indices need whole numbers of shape \(N,\)"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
