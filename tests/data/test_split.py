"""The stratified split, for any labels."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minidl.data import few_of_each, split
from minidl.data.split import assign

LABELS = hnp.arrays(np.int64, st.integers(2, 60), elements=st.integers(-3, 6))
FRACTIONS = st.floats(0, 1, exclude_min=True, exclude_max=True)
SEEDS = st.integers(0, 1000)


@given(LABELS, FRACTIONS, SEEDS)
def test_properties(y, fraction, seed):
    counts = {label: int((y == label).sum()) for label in y.tolist()}
    assume(max(counts.values()) >= 2)
    before = y.copy()
    train, validation = split(y, fraction, np.random.default_rng(seed))

    for indices in (train, validation):
        assert indices.dtype.kind == "i"
        assert (np.diff(indices) > 0).all()
        assert indices.size
    np.testing.assert_array_equal(np.sort(np.concatenate([train, validation])), np.arange(y.size))
    np.testing.assert_array_equal(y, before)
    for label, count in counts.items():
        taken = int((y[validation] == label).sum())
        if count == 1:
            assert taken == 0
        else:
            assert 1 <= taken <= count - 1
            assert abs(taken - fraction * count) <= 1


@given(LABELS, FRACTIONS, SEEDS)
def test_the_same_state_gives_the_same_split(y, fraction, seed):
    assume(np.unique(y).size < y.size)
    first = split(y, fraction, np.random.default_rng(seed))
    second = split(y, fraction, np.random.default_rng(seed))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_seed_gives_another_split():
    y = np.arange(1000) % 10
    first, second = (split(y, 0.2, np.random.default_rng(seed))[1] for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_every_example_is_chosen_equally_often():
    rng = np.random.default_rng(0)
    chosen = sum(np.bincount(split([0] * 10, 0.3, rng)[1], minlength=10) for _ in range(3000))
    # Binomial(3000, 0.3): mean 900, standard deviation 25.
    assert np.abs(chosen - 900).max() < 5 * 25


def test_takes_names_as_labels():
    train, validation = split(["cat", "dog", "cat", "dog"], 0.5, np.random.default_rng(0))
    assert train.size == validation.size == 2


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, 20, float("nan")])
def test_fraction_is_checked(fraction):
    with pytest.raises(ValueError, match=f"between 0 and 1, got {fraction}"):
        split([0, 0, 1, 1], fraction, np.random.default_rng(0))


@pytest.mark.parametrize("y", [[], [3], [1, 2, 3]])
def test_needs_something_to_share_out(y):
    with pytest.raises(ValueError, match=f"{len(y)} classes for {len(y)} examples"):
        split(y, 0.5, np.random.default_rng(0))


def test_y_is_one_dimensional():
    with pytest.raises(ValueError, match=r"one-dimensional, got shape \(4, 1\)"):
        split(np.zeros((4, 1)), 0.5, np.random.default_rng(0))


@pytest.mark.parametrize("rng", [0, None, np.random.RandomState(0)])
def test_rng_is_a_generator(rng):
    with pytest.raises(TypeError, match=f"got {type(rng).__name__}"):
        split([0, 0, 1, 1], 0.5, rng)


GROUPED = st.integers(4, 60).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.int64, n, elements=st.integers(0, 3)),
        hnp.arrays(np.int64, n, elements=st.integers(-5, 20)),
    )
)


@given(GROUPED, FRACTIONS, SEEDS)
def test_groups_stay_on_one_side(grouped, fraction, seed):
    y, groups = grouped
    assume(np.unique(groups).size > 1)
    train, validation = split(y, fraction, np.random.default_rng(seed), groups)
    np.testing.assert_array_equal(np.sort(np.concatenate([train, validation])), np.arange(y.size))
    assert train.size
    assert validation.size
    assert not set(groups[train]) & set(groups[validation])
    again = split(y, fraction, np.random.default_rng(seed), [f"{g + 10:03}" for g in groups])
    np.testing.assert_array_equal(again[0], train)


@given(GROUPED, FRACTIONS, SEEDS)
def test_groups_of_one_class_miss_the_share_by_half_a_group_at_most(grouped, fraction, seed):
    _, groups = grouped
    sizes = np.unique(groups, return_counts=True)[1]
    assume(sizes.size > 1)
    _, chosen = split(np.zeros(groups.size), fraction, np.random.default_rng(seed), groups)
    target = fraction * groups.size
    # A side that would be empty gets the smallest group.
    assert abs(chosen.size - target) <= sizes.max() / 2 or sizes.min() in (
        chosen.size,
        groups.size - chosen.size,
    )


def test_groups_keep_the_shares_of_classes():
    rng = np.random.default_rng(0)
    y, groups = rng.integers(0, 5, 5000), rng.integers(0, 400, 5000)
    for seed in range(5):
        _, chosen = split(y, 0.2, np.random.default_rng(seed), groups)
        shares = np.bincount(y[chosen]) / np.bincount(y)
        assert np.abs(shares - 0.2).max() < 0.04


def test_groups_are_checked():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"one group an example, shape \(4,\), got \(3,\)"):
        split([0, 0, 1, 1], 0.5, rng, [1, 2, 3])
    with pytest.raises(ValueError, match="at least two groups, got 1"):
        split([0, 0, 1, 1], 0.5, rng, ["a"] * 4)


@given(st.integers(10, 60), SEEDS, st.booleans())
def test_assign_gives_each_set_its_share(count, seed, grouped):
    y = np.arange(2 * count) % 2
    groups = np.arange(2 * count) if grouped else None
    sets = assign(y, {"test": 0.2, "val": 0.3}, np.random.default_rng(seed), groups)
    for name, share in {"test": 0.2, "val": 0.3, "train": 0.5}.items():
        for label in (0, 1):
            assert abs(np.sum((sets == name) & (y == label)) - share * count) <= 1.5


@pytest.mark.parametrize("fractions", [{"test": 1.0}, {"a": 0.5, "b": 0.5}, {"train": 0.5}])
def test_assign_leaves_something_to_train(fractions):
    with pytest.raises(ValueError, match="train"):
        assign([0, 0, 1, 1], fractions, np.random.default_rng(0))


@given(st.data())
def test_few_of_each(data):
    y = np.array(data.draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=40)))
    names, counts = np.unique(y, return_counts=True)
    count = data.draw(st.integers(1, int(counts.min())))
    seed = data.draw(st.integers(0, 5))
    chosen = few_of_each(y, count, np.random.default_rng(seed))
    assert list(chosen) == sorted(set(chosen))
    assert sorted(y[chosen]) == sorted(np.repeat(names, count))
    more = few_of_each(y, counts.min(), np.random.default_rng(seed))
    assert set(chosen) <= set(more)


def test_every_example_may_be_among_the_few():
    y = np.arange(40) % 2
    chosen = [few_of_each(y, 5, np.random.default_rng(seed)) for seed in range(60)]
    assert np.bincount(np.concatenate(chosen), minlength=40).min() > 4


def test_too_few_of_a_class():
    with pytest.raises(ValueError, match="few_of_each: class b has 1 examples, needed are 2"):
        few_of_each(["a", "a", "b"], 2, np.random.default_rng(0))
    with pytest.raises(TypeError, match="rng must be"):
        few_of_each(["a"], 1, 0)
    with pytest.raises(ValueError, match="count needs a whole number of at least 1"):
        few_of_each(["a"], 0, np.random.default_rng(0))
