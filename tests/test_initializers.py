import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import minidl
from minidl import initializers

SHAPE = (3, 3, 60, 90)
FAN_IN, FAN_OUT = 3 * 3 * 60, 3 * 3 * 90


def uniform(limit, low=None):
    low = -limit if low is None else low
    return stats.uniform(low, limit - low)


def cut_off(variance):
    """A normal distribution without what is beyond two of its deviations, of this variance."""
    return stats.truncnorm(-2, 2, scale=variance**0.5 / stats.truncnorm(-2, 2).std())


DISTRIBUTIONS = {
    "glorot uniform": (initializers.GlorotUniform(), uniform((6 / (FAN_IN + FAN_OUT)) ** 0.5)),
    "glorot normal": (initializers.GlorotNormal(), cut_off(2 / (FAN_IN + FAN_OUT))),
    "he uniform": (initializers.HeUniform(), uniform((6 / FAN_IN) ** 0.5)),
    "he normal": (initializers.HeNormal(), cut_off(2 / FAN_IN)),
    "lecun uniform": (initializers.LecunUniform(), uniform((3 / FAN_IN) ** 0.5)),
    "lecun normal": (initializers.LecunNormal(), cut_off(1 / FAN_IN)),
    "uniform": (initializers.RandomUniform(-1, 3), uniform(3, -1)),
    "normal": (initializers.RandomNormal(1, 2), stats.norm(1, 2)),
    "truncated": (initializers.TruncatedNormal(1, 2), stats.truncnorm(-2, 2, loc=1, scale=2)),
    "scaled": (
        initializers.VarianceScaling(3, "fan_out", "untruncated_normal"),
        stats.norm(0, (3 / FAN_OUT) ** 0.5),
    ),
    "seeded": (initializers.RandomNormal(seed=11), stats.norm(0, 0.05)),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_numbers_have_the_distribution(name):
    initializer, expected = DISTRIBUTIONS[name]
    numbers = initializer(SHAPE, "float64").ravel()
    # Under the right distribution such a p-value has a chance of 1 in 1,000.
    assert stats.kstest(numbers, expected.cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_the_wrong_distribution_would_be_noticed(name):
    initializer, expected = DISTRIBUTIONS[name]
    numbers = initializer(SHAPE, "float64").ravel() * 1.05
    assert stats.kstest(numbers, expected.cdf).pvalue < 1e-3


def test_constants():
    assert initializers.Constant(2.5)((2, 1)).tolist() == [[2.5], [2.5]]
    assert initializers.Zeros()((2,)).tolist() == [0, 0]
    assert initializers.Ones()((2,)).tolist() == [1, 1]
    assert initializers.Identity(3.0)((2, 2)).tolist() == [[3, 0], [0, 3]]


@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), st.integers(0, 100))
def test_orthogonal_columns_or_rows(shape, seed):
    array = initializers.Orthogonal(gain=2.0, seed=seed)(tuple(shape), "float64")
    assert array.shape == tuple(shape)
    matrix = array.reshape(-1, shape[-1])
    if matrix.shape[0] < matrix.shape[1]:
        matrix = matrix.T
    np.testing.assert_allclose(matrix.T @ matrix, 4 * np.eye(matrix.shape[1]), atol=1e-12)


def test_orthogonal_matrices_have_no_favourite_direction():
    """A plain QR has signs of its own: without their correction q[0, 0] would never be > 0."""
    corners = [initializers.Orthogonal()((3, 3), "float64")[0, 0] for _ in range(2000)]
    # A coordinate of a random point on the sphere in three dimensions is uniform.
    assert stats.kstest(corners, uniform(1).cdf).pvalue > 1e-3


def test_a_seed_gives_the_same_numbers_at_every_call():
    seeded, free = initializers.HeNormal(seed=3), initializers.HeNormal()
    np.testing.assert_array_equal(seeded((4, 5)), seeded((4, 5)))
    assert (free((4, 5)) != free((4, 5))).any()
    minidl.set_random_seed(1)
    first = free((4, 5))
    minidl.set_random_seed(1)
    seeded((4, 5))  # draws nothing from minidl's generator
    np.testing.assert_array_equal(free((4, 5)), first)


ALL = [
    initializers.Constant(0.5),
    initializers.GlorotNormal(1),
    initializers.GlorotUniform(),
    initializers.HeNormal(),
    initializers.HeUniform(7),
    initializers.Identity(2.0),
    initializers.LecunNormal(),
    initializers.LecunUniform(),
    initializers.Ones(),
    initializers.Orthogonal(0.5, 3),
    initializers.RandomNormal(1.0, 2.0, 3),
    initializers.RandomUniform(-1.0, 2.0),
    initializers.TruncatedNormal(0.5, 0.1),
    initializers.VarianceScaling(2.0, "fan_avg", "uniform", 4),
    initializers.Zeros(),
]


@pytest.mark.parametrize("initializer", ALL, ids=lambda i: type(i).__name__)
def test_initializers_come_back_from_their_config(initializer):
    again = initializers.get(json.loads(json.dumps(initializers.serialize(initializer))))
    assert type(again) is type(initializer)
    assert again.get_config() == initializer.get_config()


def test_names_and_classes_are_the_same():
    for name, kind in [
        ("zeros", initializers.Zeros),
        ("GlorotUniform", initializers.GlorotUniform),
        ("lecun_normal", initializers.LecunNormal),
        ("orthogonal", initializers.Orthogonal),
    ]:
        assert type(initializers.get(name)) is kind
        assert type(initializers.get(kind)) is kind
    with pytest.raises(ValueError, match="unknown initializer 'glorot': did you mean"):
        initializers.get("glorot")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: initializers.RandomUniform(1, 0), r"maxval needs a number in \[1, inf\]"),
        (lambda: initializers.RandomNormal(stddev=-1), "RandomNormal: stddev"),
        (lambda: initializers.TruncatedNormal(stddev=-1), "TruncatedNormal: stddev"),
        (lambda: initializers.HeNormal(seed=-1), "HeNormal: seed needs a whole number"),
        (lambda: initializers.VarianceScaling(0), "VarianceScaling: scale"),
        (lambda: initializers.VarianceScaling(mode="fan"), "unknown VarianceScaling mode 'fan'"),
        (lambda: initializers.VarianceScaling(distribution="unifom"), "did you mean 'uniform'"),
        (lambda: initializers.Identity()((2, 3, 4)), r"Identity needs a matrix.*\(2, 3, 4\)"),
        (lambda: initializers.Orthogonal()((5,)), r"at least two axes, got \(5,\)"),
    ],
)
def test_bad_arguments_are_refused(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_deferred_weights_take_no_memory():
    with initializers.deferred():
        array = initializers.GlorotUniform()((10**6, 10**6))
    assert array.shape == (10**6, 10**6)
    assert array.strides == (0, 0)
    assert initializers.Ones()((2,)).tolist() == [1, 1]


@pytest.mark.parametrize("shape", [(5, 7), (3, 2, 5, 7)])
def test_fans(shape):
    window = int(np.prod(shape[:-2]))
    assert initializers.fans(shape) == (window * 5, window * 7)
